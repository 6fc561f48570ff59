import type { Attributes } from './record.ts'

/** Most bytes of arguments or of a result that are sent on. */
export const CONTENT_CAP = 64 * 1024

/** The beginning of a text within `cap` UTF-8 bytes, cut between characters. */
export function cutUtf8(text: string, cap: number): string {
  const bytes = Buffer.from(text.slice(0, cap), 'utf8')
  let end = Math.min(bytes.length, cap)
  while (end > 0 && end < bytes.length && ((bytes[end] as number) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

/** Attributes that carry a piece of content: its text up to 64 KiB, its exact size, and how much of it there is. */
export function contentAttributes(side: 'args' | 'result', json: string | undefined): Attributes {
  const name = side === 'args' ? 'gen_ai.tool.call.arguments' : 'gen_ai.tool.call.result'
  if (json === undefined) return { [`nightjar.${side}.state`]: 'absent' }
  const size = Buffer.byteLength(json, 'utf8')
  const whole = size <= CONTENT_CAP
  return {
    [name]: whole ? json : cutUtf8(json, CONTENT_CAP),
    [`nightjar.${side}.size`]: size,
    [`nightjar.${side}.state`]: whole ? 'full' : 'truncated',
  }
}
