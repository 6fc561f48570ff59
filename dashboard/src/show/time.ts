import type { Zone } from '../theme/preferences.ts'

const formats = new Map<Zone, Intl.DateTimeFormat>()

function formatOf(zone: Zone): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', {
      ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      hourCycle: 'h23',
    })
    formats.set(zone, format)
  }
  return format
}

function partsOf(iso: string, zone: Zone): Record<string, string> | undefined {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return undefined
  return Object.fromEntries(
    formatOf(zone)
      .formatToParts(date)
      .map((p) => [p.type, p.value]),
  )
}

/** Name of the zone as it is printed beside a time: `UTC`, `GMT+1`. */
export function zoneName(zone: Zone, at = new Date()): string {
  if (zone === 'utc') return 'UTC'
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(at)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'local'
}

/** `2026-11-21 14:02:11`, with milliseconds where asked for; the text itself where it is no time. */
export function stamp(iso: string, zone: Zone, millis = false): string {
  const p = partsOf(iso, zone)
  if (!p) return iso
  const tail = millis ? `.${p.fractionalSecond}` : ''
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}${tail}`
}

/** Time of day: `14:02:11.482`, or `14:02`. */
export function clock(iso: string, zone: Zone, detail: 'minute' | 'milli' = 'milli'): string {
  const p = partsOf(iso, zone)
  if (!p) return iso
  const short = `${p.hour}:${p.minute}`
  return detail === 'minute' ? short : `${short}:${p.second}.${p.fractionalSecond}`
}

/** Age at `now`: `now`, `45 s`, `12 m`, `3 h`, `2 d`, then the date. */
export function age(iso: string, now: number, zone: Zone): string {
  const ms = now - Date.parse(iso)
  if (Number.isNaN(ms)) return iso
  if (ms < 10_000) return 'now'
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} m`
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h`
  if (ms < 14 * 86_400_000) return `${Math.floor(ms / 86_400_000)} d`
  return stamp(iso, zone).slice(0, 10)
}
