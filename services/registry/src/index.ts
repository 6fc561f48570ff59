export { diffManifests } from './diff/manifest.ts'
export { REGISTRY_CODES, type RegistryCode } from './errors.ts'
export { type CallSummary, summarise } from './fold/calls.ts'
export type { DriftRule } from './fold/drift.ts'
export { createRegistry, type RegistryOptions } from './service.ts'
export {
  DEFAULT_LIMITS,
  type Effects,
  type Entry,
  type RegistryLimits,
  RegistryState,
} from './state.ts'
export { type Input, type StepOptions, step } from './step.ts'
