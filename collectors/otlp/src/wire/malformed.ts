import { NightjarError } from '@nightjar/core'

const HINT = 'Send an OTLP Export request as the OpenTelemetry protocol specification describes it.'

/**
 * The request cannot be read (`OTLP_MALFORMED`, not retryable). `what` names the fault or the field, never its content.
 */
export function malformed(what: string): NightjarError {
  return new NightjarError('OTLP_MALFORMED', `The request is malformed: ${what}.`, { hint: HINT })
}

/** The request holds more than one request may (`OTLP_TOO_LARGE`, not retryable). */
export function tooLarge(what: string, hint = 'Send smaller batches.'): NightjarError {
  return new NightjarError('OTLP_TOO_LARGE', `The request is too large: ${what}.`, { hint })
}
