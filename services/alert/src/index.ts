export { ALERT_CODES, type AlertCode, type Refusal } from './errors.ts'
export { alertIdOf } from './identity.ts'
export { type AlertingOptions, createAlerting } from './service.ts'
export type { AlertingState, Effects, Tally } from './state.ts'
export {
  type AlertingBody,
  type Input,
  isAlertingBody,
  MAX_ACTIVE_SUPPRESSIONS,
  step,
} from './step.ts'
