import { type ReactNode, useEffect } from 'react'

interface PageProps {
  readonly title: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page with its heading; the tab's title follows. */
export function Page({ title, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Nightjar`
  }, [title])
  return (
    <div className="nj-page">
      <header className="nj-page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p className="nj-lead">{lead}</p>}
        </div>
        {actions && <div className="nj-actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

interface PanelProps {
  readonly title: ReactNode
  readonly aside?: ReactNode
  readonly flush?: boolean
  readonly children: ReactNode
}

/** A framed section of a page. `flush` lets a table touch the frame. */
export function Panel({ title, aside, flush = false, children }: PanelProps) {
  return (
    <section className="nj-panel" data-flush={flush || undefined}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}

/** A name, its value, and whether it wants the whole line. */
export type Fact = readonly [name: string, value: ReactNode, extent?: 'line']

/** Facts as names and values; empty ones are left out. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="nj-facts">
      {facts
        .filter(
          ([, value]) => value !== undefined && value !== '' && value !== null && value !== false,
        )
        .map(([name, value, extent]) => (
          <div key={name} data-line={extent === 'line' || undefined}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
