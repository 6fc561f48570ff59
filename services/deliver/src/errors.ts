/** Why a command was refused. Codes are stable API and are never reused. */
export const DELIVER_CODES = {
  destinationUnknown: 'DELIVER_DESTINATION_UNKNOWN',
  destinationInvalid: 'DELIVER_DESTINATION_INVALID',
  destinationLimit: 'DELIVER_DESTINATION_LIMIT',
  destinationDisabled: 'DELIVER_DESTINATION_DISABLED',
  urlInvalid: 'DELIVER_URL_INVALID',
  addressRefused: 'DELIVER_ADDRESS_REFUSED',
  secretInvalid: 'DELIVER_SECRET_INVALID',
  deliveryUnknown: 'DELIVER_DELIVERY_UNKNOWN',
  deliveryIsTest: 'DELIVER_DELIVERY_IS_TEST',
  alertUnknown: 'DELIVER_ALERT_UNKNOWN',
  alertSuppressed: 'DELIVER_ALERT_SUPPRESSED',
  /** Thrown at construction: the list of allowed networks cannot be read. */
  allowInvalid: 'DELIVER_ALLOW_INVALID',
} as const
export type DeliverCode = (typeof DELIVER_CODES)[keyof typeof DELIVER_CODES]

/** A command that is not applied: a stable code, what is wrong, and what to do instead. */
export interface Refusal {
  readonly code: DeliverCode
  readonly message: string
}

/** Whether a decision is a {@link Refusal}. */
export function isRefusal(value: object): value is Refusal {
  return 'code' in value && 'message' in value
}
