/** Why a command was refused. Codes are stable API and are never reused. */
export const ALERT_CODES = {
  unknown: 'ALERT_UNKNOWN',
  wrongState: 'ALERT_WRONG_STATE',
  commentRequired: 'ALERT_COMMENT_REQUIRED',
  findingInvalid: 'ALERT_FINDING_INVALID',
  commandInvalid: 'ALERT_COMMAND_INVALID',
  suppressionUnknown: 'ALERT_SUPPRESSION_UNKNOWN',
  suppressionInvalid: 'ALERT_SUPPRESSION_INVALID',
  suppressionLimit: 'ALERT_SUPPRESSION_LIMIT',
} as const
export type AlertCode = (typeof ALERT_CODES)[keyof typeof ALERT_CODES]

/** A command that is not applied: a stable code, what is wrong, and what to do instead. */
export interface Refusal {
  readonly code: AlertCode
  readonly message: string
}

/** Whether a decision is a {@link Refusal}. */
export function isRefusal(value: object): value is Refusal {
  return 'code' in value && 'message' in value
}
