import { NightjarError } from '@nightjar/core'
import type { HttpTapOptions } from '../options.ts'

/** Fronts an HTTP server. Throws TAP_HTTP_UNAVAILABLE: not built yet. */
export function runHttpTap(_options: HttpTapOptions): Promise<number> {
  throw new NightjarError('TAP_HTTP_UNAVAILABLE', 'nightjar tap --http is not built yet')
}
