import type { OtlpRecord } from '../record.ts'
import { EVENT_NAME } from './attribute-keys.ts'

const IDENTIFIER = /^[A-Za-z][\w.-]{0,63}$/

/** Name of a log event: its `event_name`, else the attribute `event.name`, else its body if that is an identifier. */
export function eventNameOf(record: OtlpRecord): string {
  const name = record.name() || record.attributes.text(EVENT_NAME)
  if (name !== '') return name
  const body = record.body()
  return IDENTIFIER.test(body) ? body : ''
}
