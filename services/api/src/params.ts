import { readTime } from '@nightjar/store'
import { z } from 'zod'

const asList = (value: string | string[]) => [value].flat()
const stringOrList = z.union([z.string().max(1000), z.array(z.string().max(1000)).max(50)])

/** Exact values of a filter; repeated, they mean any of them. */
export const anyOf = (about: string) =>
  stringOrList
    .transform(asList)
    .optional()
    .meta({ description: `${about} Repeat it for several.` })

/** Values of a closed set, repeated or separated by commas. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T, about: string) {
  return stringOrList
    .transform((value) =>
      asList(value)
        .flatMap((one) => one.split(','))
        .filter((one) => one !== ''),
    )
    .pipe(z.array(z.enum(values)))
    .optional()
    .meta({ description: `${about} One or more of ${values.join(', ')}, separated by commas.` })
}

/** Free text. */
export const text = (about: string) => z.string().max(500).optional().meta({ description: about })

/** `true` or `false`. */
export const flag = (about: string) =>
  z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: about })

const time = (about: string) =>
  z
    .string()
    .max(64)
    .refine((value) => readTime(value, 0) !== undefined, {
      error: 'Write RFC 3339 (2026-01-31T12:00:00Z), now, or now-24h (s, m, h, d, w).',
    })
    .optional()
    .meta({ description: `${about} RFC 3339, now, or now-24h.` })

/** A time range. */
export const range = {
  from: time('First time wanted.'),
  to: time('First time no longer wanted.'),
}

/** What every list takes. */
export const paging = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .meta({ description: 'Items of a page.' }),
  cursor: z
    .string()
    .max(4000)
    .optional()
    .meta({ description: 'nextCursor of the page before, with the same filters.' }),
}

/** A W3C trace id. */
export const traceId = z
  .string()
  .regex(/^[0-9a-fA-F]{32}$/, { error: 'A trace id has 32 hex digits.' })
  .transform((value) => value.toLowerCase())
  .optional()
  .meta({ description: 'W3C trace id.' })

/** An id in a path. */
export const idParams = z.object({ id: z.string().min(1).max(1024) })

/** Why something is judged. */
export const reasonBody = z.strictObject({ reason: z.string().trim().min(1).max(1000) })

/** A body that may be left out; then it is empty. */
export function optionalBody<T extends z.ZodObject>(schema: T) {
  return schema.nullish().transform((value) => value ?? ({} as z.output<T>))
}
