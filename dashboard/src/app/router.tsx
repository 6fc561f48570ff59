import { createBrowserRouter } from 'react-router'
import { AlertsPage } from '../alerts/alerts-page.tsx'
import { OverviewPage } from '../overview/overview-page.tsx'
import { FaultPage, NotFoundPage } from './fault-page.tsx'
import { Shell } from './shell.tsx'

/** The console's routes; what is not looked at first is loaded when asked for. */
export const router = createBrowserRouter([
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: FaultPage,
    HydrateFallback: () => null,
    children: [
      { index: true, Component: OverviewPage },
      { path: 'alerts', Component: AlertsPage },
      {
        path: 'sessions',
        lazy: async () => ({
          Component: (await import('../sessions/sessions-page.tsx')).SessionsPage,
        }),
      },
      {
        path: 'sessions/:id',
        lazy: async () => ({
          Component: (await import('../sessions/session-page.tsx')).SessionPage,
        }),
      },
      {
        path: 'servers',
        lazy: async () => ({
          Component: (await import('../servers/servers-page.tsx')).ServersPage,
        }),
      },
      {
        path: 'servers/:id',
        lazy: async () => ({ Component: (await import('../servers/server-page.tsx')).ServerPage }),
      },
      {
        path: 'drift',
        lazy: async () => ({ Component: (await import('../drift/drift-page.tsx')).DriftPage }),
      },
      {
        path: 'rules',
        lazy: async () => ({ Component: (await import('../rules/rules-page.tsx')).RulesPage }),
      },
      {
        path: 'destinations',
        lazy: async () => ({
          Component: (await import('../destinations/destinations-page.tsx')).DestinationsPage,
        }),
      },
      {
        path: 'health',
        lazy: async () => ({ Component: (await import('../health/health-page.tsx')).HealthPage }),
      },
      {
        path: 'settings',
        lazy: async () => ({
          Component: (await import('../settings/settings-page.tsx')).SettingsPage,
        }),
      },
      { path: '*', Component: NotFoundPage },
    ],
  },
])
