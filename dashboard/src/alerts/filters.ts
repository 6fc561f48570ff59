import type { Alert, Severity } from '@nightjar/core'
import { useSearchParams } from 'react-router'
import type { Params } from '../api/client.ts'

/** Views of the queue, and the states each asks for; the first is the default and is not written to the address. */
export const VIEWS = {
  active: { label: 'Active', states: ['open', 'acknowledged'] },
  open: { label: 'Open', states: ['open'] },
  acknowledged: { label: 'Acknowledged', states: ['acknowledged'] },
  closed: { label: 'Closed', states: ['closed'] },
  all: { label: 'All', states: [] },
} as const
export type View = keyof typeof VIEWS

/** What the address says of the queue. */
export interface Filters {
  readonly view: View
  readonly severities: readonly Severity[]
  readonly q: string
  readonly alertId: string
}

/** The filters, held in the address so that a link shows the same, and how to change them. */
export function useFilters() {
  const [search, setSearch] = useSearchParams()
  const state = search.get('state') ?? 'active'
  const filters: Filters = {
    view: state in VIEWS ? (state as View) : 'active',
    severities: (search.get('severity') ?? '').split(',').filter(Boolean) as Severity[],
    q: search.get('q') ?? '',
    alertId: search.get('alert') ?? '',
  }
  const change = (name: 'state' | 'severity' | 'q' | 'alert', value: string, replace = true) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old)
        if (value === '' || (name === 'state' && value === 'active')) next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace },
    )
  /** The address of an alert among the same filters. */
  const linkTo = (id: string) => {
    const next = new URLSearchParams(search)
    next.set('alert', id)
    return `/alerts?${next}`
  }
  return { filters, change, linkTo }
}

/** What the API is asked for. */
export function askFor({ view, severities, q }: Filters): Params {
  return {
    state: VIEWS[view].states.join(','),
    severity: severities.join(','),
    q,
    sort: 'risk',
    // What a suppression hides is seen where nothing is left out, and among the closed.
    suppressed: view === 'all' || view === 'closed' ? '' : 'false',
  }
}

/** Whether an alert that came in belongs to the queue shown; a search is left to the API. */
export function belongs(alert: Alert, { view, severities }: Filters): boolean {
  const states: readonly string[] = VIEWS[view].states
  return (
    (states.length === 0 || states.includes(alert.state)) &&
    (severities.length === 0 || severities.includes(alert.severity)) &&
    (!alert.suppressed || view === 'all' || view === 'closed')
  )
}
