export { type Attack, attacksOf } from './attacks.ts'
export { type BackoffOptions, LONGEST_WAIT_MS, retryAfterMsOf, retryDelayMs } from './backoff.ts'
export { type AddressGuard, createAddressGuard } from './destination/address.ts'
export { type SignedParts, signatureOf, signingKeyOf } from './destination/signature.ts'
export { MAX_BODY_BYTES, webhookBody } from './destination/webhook-body.ts'
export { DELIVER_CODES, type DeliverCode, type Refusal } from './errors.ts'
export { deliveryIdOf, messageIdOf } from './identity.ts'
export {
  type Activity,
  type DetectionFinding,
  detectionFinding,
  type EvidenceRoom,
  type OcsfContext,
} from './ocsf.ts'
export { type Answer, type Outcome, outcomeOf } from './outcome.ts'
export { createDelivery, type DeliveryOptions, type DeliveryStats } from './service.ts'
