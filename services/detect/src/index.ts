export { checkpointFile } from './checkpoint-file.ts'
export type { CheckpointPort } from './judge/checkpoint.ts'
export type { Mode } from './judge/context.ts'
export { Engine, type EngineState, type EngineStats } from './judge/engine.ts'
export { DEFAULT_LIMITS, type Limits, limitsSchema } from './judge/limits.ts'
export { type ReplayOptions, replay } from './judge/replay.ts'
export { StateWorld, type World } from './match/world.ts'
export type { Fault } from './rule/faults.ts'
export { FIELD_NAMES, type Field, fieldNamed } from './rule/fields.ts'
export { type LoadOptions, loadRules, parseRules, type RuleSource } from './rule/load.ts'
export type { LoadedRules, Rule } from './rule/model.ts'
export { ruleJsonSchema, type TestCase } from './rule/schema.ts'
export { eventsOfTest, type RuleTestResult, runRuleTests } from './rule-tests.ts'
export {
  createDetector,
  type Detector,
  type DetectorOptions,
  type DetectorStats,
  type HistoryGroup,
  type HistoryReader,
} from './service.ts'
export { ruleViews } from './views.ts'
