import type { AuditEvent, Clock, Page } from '@nightjar/core'
import type { Ask } from './ask.ts'
import { addFreeText, type Conditions, conditions } from './conditions.ts'
import { EVENT_SELECT, type EventRow, eventOf } from './event-row.ts'
import { countByHour, floorOf } from './newest.ts'
import { type Keyed, type ListQuestion, readPage, type SortKey } from './page.ts'
import { addTimeRange, micros, type TimeRange } from './range.ts'

/** Exact filters of events; several values of one mean any of them. */
export interface EventFilter extends TimeRange {
  /** Words that must all occur in tool, server, error text or a preview. */
  readonly q?: string | undefined
  readonly kind?: readonly string[] | undefined
  readonly method?: readonly string[] | undefined
  readonly tool?: readonly string[] | undefined
  readonly server?: readonly string[] | undefined
  readonly principal?: readonly string[] | undefined
  readonly client?: readonly string[] | undefined
  readonly host?: readonly string[] | undefined
  readonly outcome?: readonly string[] | undefined
  readonly vantage?: readonly string[] | undefined
  readonly session?: readonly string[] | undefined
  readonly conversation?: readonly string[] | undefined
  /** 32 hex digits. */
  readonly traceId?: string | undefined
  readonly signal?: string | undefined
  readonly label?: string | undefined
}
export interface EventsQuestion extends ListQuestion, EventFilter {}

const EXACT = [
  'kind',
  'method',
  'tool',
  'server',
  'principal',
  'client',
  'host',
  'outcome',
  'vantage',
  'session',
  'conversation',
] as const

/** Columns a free text is looked for in. */
export const TEXT_COLUMNS = ['tool', 'server', 'error_message', 'args_preview', 'result_preview']

/** Above so many rows the total is the row count: the store keeps an id once, and a set of so many costs too much. */
const COUNT_IDS_UP_TO = 4_000_000

function whereOf(question: EventsQuestion, nowMs: number, after?: SortKey): Conditions {
  const where = conditions(question.tenant)
  for (const name of EXACT) where.oneOf(name, question[name])
  addFreeText(where, question.q, TEXT_COLUMNS)
  if (question.traceId !== undefined)
    where.add('trace_id = toFixedString(unhex({0}), 16)', ['String', question.traceId])
  if (question.signal !== undefined) where.add('has(signals, {0})', ['String', question.signal])
  if (question.label !== undefined) where.add('has(labels, {0})', ['String', question.label])
  addTimeRange(where, 'time', question, nowMs)
  if (after)
    where.add(
      `time <= ${micros('{0}')} AND (time, id) < (${micros('{0}')}, toFixedString(unhex({1}), 16))`,
      ['Int64', Number(after[0])],
      ['String', String(after[1])],
    )
  return where
}

/** Two steps, so that the other fifty columns are read for the page's rows alone. */
async function readEvents(
  ask: Ask,
  where: Conditions,
  count: number,
): Promise<Keyed<AuditEvent>[]> {
  const hours = await countByHour(ask, where)
  if (hours.length === 0) return []
  const floor = floorOf(hours, count)
  if (floor > 0) where.add(`time >= ${micros('{0}')}`, ['Int64', floor])
  const rows = await ask<EventRow>(
    `SELECT ${EVENT_SELECT} FROM nightjar.events
     WHERE ${where.sql()} AND id IN (
       SELECT id FROM nightjar.events WHERE ${where.sql()} ORDER BY time DESC, id DESC LIMIT 1 BY id LIMIT ${count})
     ORDER BY time DESC, id DESC LIMIT 1 BY id`,
    where.params(),
  )
  return rows.map((row) => {
    const item = eventOf(row)
    return { item, key: [Number(row.e_time), item.id] }
  })
}

async function countEvents(ask: Ask, where: Conditions): Promise<number> {
  const from = `FROM nightjar.events WHERE ${where.sql()}`
  const [counted] = await ask<{ n: number }>(`SELECT count() AS n ${from}`, where.params())
  const rows = counted?.n ?? 0
  if (rows === 0 || rows > COUNT_IDS_UP_TO) return rows
  const [unique] = await ask<{ n: number }>(`SELECT uniqExact(id) AS n ${from}`, where.params())
  return unique?.n ?? 0
}

/** Observations, newest first, each once however often it was sent. */
export function listEvents(
  ask: Ask,
  clock: Clock,
  question: EventsQuestion,
): Promise<Page<AuditEvent>> {
  return readPage(question, clock, {
    list: 'events',
    keys: 2,
    read: async (after, count, nowMs) => ({
      rows: await readEvents(ask, whereOf(question, nowMs, after), count),
    }),
    total: (nowMs) => countEvents(ask, whereOf(question, nowMs)),
  })
}

/** The events of these ids that are kept, oldest first. `between` (microseconds) spares reading other days. */
export async function eventsByIds(
  ask: Ask,
  tenant: string,
  ids: readonly string[],
  between?: readonly [from: number, to: number],
): Promise<AuditEvent[]> {
  const wanted = ids.filter((id) => /^[0-9a-f]{32}$/.test(id))
  if (wanted.length === 0) return []
  const where = conditions(tenant)
  where.add('id IN (SELECT toFixedString(unhex(arrayJoin({0})), 16))', ['Array(String)', wanted])
  if (between)
    where.add(
      `time >= ${micros('{0}')} AND time <= ${micros('{1}')}`,
      ['Int64', between[0]],
      ['Int64', between[1]],
    )
  const rows = await ask<EventRow>(
    `SELECT ${EVENT_SELECT} FROM nightjar.events WHERE ${where.sql()} ORDER BY time, id LIMIT 1 BY id`,
    where.params(),
  )
  return rows.map(eventOf)
}
