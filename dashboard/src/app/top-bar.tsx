import {
  ActionIcon,
  Burger,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { IconKeyboard, IconMoon, IconSun } from '@tabler/icons-react'
import { type LiveStatus, useLiveStatus } from '../api/live.ts'
import { zoneName } from '../show/time.ts'
import { setPreferences, usePreferences } from '../theme/preferences.ts'
import { BrandMark } from './brand.tsx'

const LIVE: Record<LiveStatus, { glyph: string; word: string; about: string }> = {
  connecting: { glyph: '◌', word: 'connecting', about: 'The live stream is being opened.' },
  live: { glyph: '●', word: 'live', about: 'Alerts appear as they happen.' },
  reconnecting: {
    glyph: '▲',
    word: 'reconnecting',
    about: 'The live stream broke off; what is shown may be old.',
  },
  off: { glyph: '○', word: 'paused', about: 'Paused while this tab was hidden.' },
}

interface TopBarProps {
  readonly menu: boolean
  readonly onMenu: () => void
  readonly onShortcuts: () => void
}

/** Name, connection, zone, colour scheme, shortcuts. */
export function TopBar({ menu, onMenu, onShortcuts }: TopBarProps) {
  const live = useLiveStatus()
  const { zone } = usePreferences()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('dark')
  const other = scheme === 'dark' ? 'light' : 'dark'
  return (
    <div className="nj-top">
      <Burger
        opened={menu}
        onClick={onMenu}
        hiddenFrom="md"
        size="sm"
        aria-label={menu ? 'Close menu' : 'Open menu'}
        aria-expanded={menu}
      />
      <BrandMark />
      <div className="nj-top-right">
        <Tooltip label={LIVE[live].about}>
          <span className="nj-live" data-live={live} role="status">
            <span aria-hidden="true">{LIVE[live].glyph}</span> {LIVE[live].word}
          </span>
        </Tooltip>
        <Tooltip label="Times are shown in this zone. Switch between UTC and this browser's.">
          <button
            type="button"
            className="nj-zone-switch"
            onClick={() => setPreferences({ zone: zone === 'utc' ? 'browser' : 'utc' })}
            aria-label={`Time zone: ${zoneName(zone)}. Switch.`}
          >
            {zoneName(zone)}
          </button>
        </Tooltip>
        <Tooltip label={`Use ${other} colours`}>
          <ActionIcon
            size={32}
            onClick={() => setColorScheme(other)}
            aria-label={`Use ${other} colours`}
          >
            {scheme === 'dark' ? <IconSun size={17} /> : <IconMoon size={17} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Keyboard shortcuts ( ? )">
          <ActionIcon
            size={32}
            onClick={onShortcuts}
            aria-label="Keyboard shortcuts"
            visibleFrom="md"
          >
            <IconKeyboard size={18} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  )
}
