import type { MantineColorScheme } from '@mantine/core'
import { Button, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core'
import type { ReactNode } from 'react'
import { setSignedOut } from '../api/access.ts'
import { signOut } from '../api/commands.ts'
import { queryClient } from '../api/query-client.ts'
import { Page, Panel } from '../parts/page.tsx'
import { tellProblem } from '../parts/toasts.tsx'
import { zoneName } from '../show/time.ts'
import { type Density, setPreferences, usePreferences, type Zone } from '../theme/preferences.ts'
import { AllowList } from './allow-list.tsx'

/** How this browser shows things, what the tenant enforces, and the way out. */
export function SettingsPage() {
  const { zone, density, shortcuts } = usePreferences()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const leave = () =>
    signOut().then(() => {
      queryClient.clear()
      setSignedOut(true)
    }, tellProblem)
  return (
    <Page title="Settings">
      <Panel title="In this browser">
        <Row label="Colours">
          <SegmentedControl
            size="xs"
            aria-label="Colours"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
            data={[
              { value: 'auto', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
            transitionDuration={0}
          />
        </Row>
        <Row label="Time zone">
          <SegmentedControl
            size="xs"
            aria-label="Time zone"
            value={zone}
            onChange={(value) => setPreferences({ zone: value as Zone })}
            data={[
              { value: 'utc', label: 'UTC' },
              { value: 'browser', label: `This browser’s (${zoneName('browser')})` },
            ]}
            transitionDuration={0}
          />
        </Row>
        <Row label="Row height">
          <SegmentedControl
            size="xs"
            aria-label="Row height"
            value={density}
            onChange={(value) => setPreferences({ density: value as Density })}
            data={[
              { value: 'compact', label: 'Compact' },
              { value: 'default', label: 'Default' },
              { value: 'cosy', label: 'Cosy' },
            ]}
            transitionDuration={0}
          />
        </Row>
        <Row label="Single-key shortcuts">
          <Switch
            aria-label="Single-key shortcuts"
            checked={shortcuts}
            onChange={(event) => setPreferences({ shortcuts: event.currentTarget.checked })}
          />
        </Row>
      </Panel>
      <AllowList />
      <Panel title="Session">
        <p>Signing out ends this browser’s session. Others stay signed in.</p>
        <Button variant="default" onClick={() => void leave()}>
          Sign out
        </Button>
      </Panel>
    </Page>
  )
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="nj-setting">
      <span>{label}</span>
      {children}
    </div>
  )
}
