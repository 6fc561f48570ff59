import { useSet } from '@mantine/hooks'
import type { Alert } from '@nightjar/core'
import { useMemo, useRef, useState } from 'react'
import { DataTable, More } from '../parts/data-table.tsx'
import { useKeys } from '../parts/keys.ts'
import { Empty, Loaded } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { tell } from '../parts/toasts.tsx'
import { legible } from '../show/foreign.ts'
import { count } from '../show/number.ts'
import { AlertPanel, linkOf, type PanelActions } from './alert-panel.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { alertColumns } from './columns.tsx'
import { FilterBar } from './filter-bar.tsx'
import { useFilters } from './filters.ts'
import { type Asking, TriageDialogs, useTriage } from './triage-dialogs.tsx'
import { useCursor } from './use-cursor.ts'
import { useQueue } from './use-queue.ts'

/** The queue: what must be looked at, worst first. */
export function AlertsPage() {
  const { filters, change, linkTo } = useFilters()
  const [asking, setAsking] = useState<Asking>()
  const selected = useSet<string>()
  const search = useRef<HTMLInputElement>(null)
  const { act } = useTriage()
  const paused = () =>
    filters.alertId !== '' ||
    selected.size > 0 ||
    asking !== undefined ||
    window.scrollY > 200 ||
    document.querySelector('.nj-table tbody:hover') !== null
  const { list, news, showNews } = useQueue(filters, paused)
  const cursor = useCursor(list.items, filters.alertId)
  const open = (id: string) => change('alert', id, filters.alertId !== '')
  const close = () => {
    change('alert', '')
    cursor.focus()
  }

  const ticked = list.items.filter(({ id }) => selected.has(id))
  const targets = ticked.length > 0 ? ticked : cursor.row ? [cursor.row] : []
  const acknowledge = (alerts: readonly Alert[]) => {
    const fresh = alerts.filter(({ state }) => state === 'open')
    if (fresh.length === 0) tell('Nothing to acknowledge: only open alerts can be.', 'failed')
    else
      void act(fresh, { type: 'acknowledge' }).then(
        () => selected.clear(),
        () => undefined,
      )
  }
  const closeThem = (alerts: readonly Alert[]) => {
    const live = alerts.filter(({ state }) => state !== 'closed')
    if (live.length === 0) tell('Nothing to close: it is closed already.', 'failed')
    else setAsking({ type: 'close', alerts: live })
  }
  const suppress = (alert: Alert | undefined) =>
    alert && setAsking({ type: 'suppress', alerts: [alert] })
  const move = (step: 1 | -1) => {
    const row = cursor.move(step)
    if (row && filters.alertId) open(row.id)
  }
  const some = (then: (alerts: readonly Alert[]) => void) => () =>
    targets.length > 0 ? then(targets) : false
  const openRow = (event: KeyboardEvent) => {
    const onControl = event.target instanceof Element && event.target.closest('a, button, summary')
    if (onControl || !cursor.row) return false
    return open(cursor.row.id)
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: openRow,
    x: () => cursor.row && toggle(selected, cursor.row.id),
    a: some(acknowledge),
    e: some(closeThem),
    c: some((alerts) => setAsking({ type: 'comment', alerts })),
    s: some((alerts) =>
      alerts.length === 1 ? suppress(alerts[0]) : tell('Suppress one alert at a time.', 'failed'),
    ),
    y: () => (cursor.row ? copyLink(cursor.row.id) : false),
    '/': () => search.current?.focus(),
  })
  const actions: PanelActions = {
    acknowledge: (alert) => acknowledge([alert]),
    close: (alert) => closeThem([alert]),
    reopen: (alert) => void act([alert], { type: 'reopen' }).catch(() => undefined),
    comment: (alert) => setAsking({ type: 'comment', alerts: [alert] }),
    assign: (alert) => setAsking({ type: 'assign', alerts: [alert] }),
    suppress,
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: links follow the address
  const columns = useMemo(() => alertColumns(linkTo), [window.location.search])
  return (
    <Page title="Alerts" lead={<Lead total={list.total} />}>
      <FilterBar filters={filters} change={change} search={search} />
      <div className="nj-news" role="status">
        {news > 0 && (
          <button type="button" onClick={showNews}>
            ▲ {count(news)} new · show
          </button>
        )}
      </div>
      <Loaded isPending={list.isPending} error={list.error} retry={list.refetch}>
        {list.items.length === 0 ? (
          <NoAlerts
            filtered={
              filters.view !== 'active' || filters.severities.length > 0 || filters.q !== ''
            }
          />
        ) : (
          <>
            <DataTable
              label="Alerts, highest risk first"
              rows={list.items}
              columns={columns}
              rowKey={({ id }) => id}
              rowLabel={({ title }) => legible(title)}
              onOpen={({ id }) => open(id)}
              activeKey={cursor.row?.id}
              selection={{
                selected,
                toggle: (key) => toggle(selected, key),
                setAll: (keys) => {
                  selected.clear()
                  for (const key of keys) selected.add(key)
                },
              }}
            />
            <More shown={list.items.length} total={list.total} more={list.more} />
          </>
        )}
      </Loaded>
      {ticked.length > 0 && (
        <BulkBar
          alerts={ticked}
          onAcknowledge={() => acknowledge(ticked)}
          onClose={() => closeThem(ticked)}
          onClear={() => selected.clear()}
        />
      )}
      {filters.alertId && <AlertPanel id={filters.alertId} onClose={close} actions={actions} />}
      <TriageDialogs
        asking={asking}
        onClose={() => setAsking(undefined)}
        onDone={() => selected.clear()}
      />
    </Page>
  )
}

function copyLink(id: string): void {
  void navigator.clipboard.writeText(linkOf(id)).then(() => tell('Link copied.'))
}

function toggle(set: Set<string>, key: string): void {
  if (!set.delete(key)) set.add(key)
}

function Lead({ total }: { total: number }) {
  return <>{total === 1 ? '1 alert matches' : `${count(total)} alerts match`}, highest risk first</>
}

function NoAlerts({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No alert matches">
      <p>Take away a filter, or look at all states.</p>
    </Empty>
  ) : (
    <Empty title="No alert waits for you">
      <p>
        When a rule fires, it appears here by itself. To see one now, run{' '}
        <code>npx nightjar demo</code>.
      </p>
    </Empty>
  )
}
