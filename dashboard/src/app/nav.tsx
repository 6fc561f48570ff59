import {
  IconActivity,
  IconBell,
  IconGitCompare,
  IconHeartbeat,
  IconLayoutDashboard,
  IconListDetails,
  IconSend,
  IconServer,
  IconSettings,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { NavLink } from 'react-router'
import { useHealth, useOverview } from '../api/queries.ts'
import { WaitBadge } from '../parts/badges.tsx'

interface Item {
  readonly to: string
  readonly label: string
  readonly icon: ComponentType<{ size?: number; stroke?: number }>
  readonly waits?: number
  readonly waitsFor?: string
}

/** The rail: a number stands beside a page only when someone must act. */
export function Nav({ onGo }: { onGo: () => void }) {
  const { data: overview } = useOverview()
  const { data: health } = useHealth()
  const open = Object.values(overview?.openAlerts ?? {}).reduce((sum, n) => sum + n, 0)
  const items: Item[] = [
    { to: '/', label: 'Overview', icon: IconLayoutDashboard },
    { to: '/alerts', label: 'Alerts', icon: IconBell, waits: open, waitsFor: 'open alerts' },
    { to: '/sessions', label: 'Sessions', icon: IconActivity },
    {
      to: '/servers',
      label: 'Servers',
      icon: IconServer,
      waits: overview?.servers.pending ?? 0,
      waitsFor: 'servers wait for approval',
    },
    {
      to: '/drift',
      label: 'Drift',
      icon: IconGitCompare,
      waits: overview?.servers.drift ?? 0,
      waitsFor: 'servers changed',
    },
    { to: '/rules', label: 'Rules', icon: IconListDetails },
    {
      to: '/destinations',
      label: 'Destinations',
      icon: IconSend,
      waits: health?.deliver.held ?? 0,
      waitsFor: 'deliveries held',
    },
    {
      to: '/health',
      label: 'Health',
      icon: IconHeartbeat,
      waits: health && health.status !== 'ok' ? 1 : 0,
      waitsFor: `: ${health?.status}`,
    },
    { to: '/settings', label: 'Settings', icon: IconSettings },
  ]
  return (
    <nav aria-label="Pages" className="nj-nav">
      <ul>
        {items.map(({ to, label, icon: Icon, waits = 0, waitsFor = '' }) => (
          <li key={to}>
            <NavLink to={to} end={to === '/'} onClick={onGo}>
              <Icon size={17} stroke={1.7} />
              <span>{label}</span>
              <WaitBadge value={waits} label={waitsFor} />
            </NavLink>
          </li>
        ))}
      </ul>
      {health && <p className="nj-muted nj-version">Nightjar {health.version}</p>}
    </nav>
  )
}
