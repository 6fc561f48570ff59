import { AppShell } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet, useLocation, useNavigate } from 'react-router'
import { useLiveStream } from '../api/live.ts'
import { useKeys } from '../parts/keys.ts'
import { Nav } from './nav.tsx'
import { ShortcutSheet } from './shortcut-sheet.tsx'
import { TopBar } from './top-bar.tsx'

const GO: Readonly<Record<string, string>> = {
  o: '/',
  a: '/alerts',
  s: '/sessions',
  i: '/servers',
  d: '/drift',
  r: '/rules',
  h: '/health',
}

/** The frame of every page: rail, bar, content, and the shortcuts that work everywhere. */
export function Shell() {
  const [menu, { toggle, close }] = useDisclosure(false)
  const [sheet, { open: openSheet, close: closeSheet }] = useDisclosure(false)
  const { pathname } = useLocation()
  useLiveStream()
  useGoTo()
  useKeys({ '?': openSheet })
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 184, breakpoint: 'md', collapsed: { mobile: !menu } }}
      padding={0}
      transitionDuration={0}
    >
      <a className="nj-skip" href="#content">
        Skip to content
      </a>
      <AppShell.Header>
        <TopBar menu={menu} onMenu={toggle} onShortcuts={openSheet} />
      </AppShell.Header>
      <AppShell.Navbar>
        <Nav onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet key={pathname.split('/')[1]} />
      </AppShell.Main>
      {sheet && <ShortcutSheet onClose={closeSheet} />}
    </AppShell>
  )
}

/** `g` then a letter goes to a page. */
function useGoTo(): void {
  const navigate = useNavigate()
  useKeys(
    Object.fromEntries(
      Object.entries(GO).map(([key, to]) => [`g ${key}`, () => void navigate(to)]),
    ),
  )
}
