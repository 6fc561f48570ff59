export type { Authenticate, Authentication } from './answer.ts'
export { type KeyId, keyOf, knownKeys } from './keys.ts'
export { DEFAULT_LIMITS, type OtlpLimits } from './limits.ts'
export { createMapper, type MapperOptions } from './map/mapper.ts'
export {
  type AttributeSet,
  type IngestContext,
  type OtlpRecord,
  type RecordMapper,
  type SpanEvent,
  VALUE,
} from './record.ts'
export {
  createOtlpReceiver,
  type OtlpReceiver,
  type OtlpReceiverOptions,
  type OtlpStats,
} from './service.ts'
export { transcodeJson } from './wire/transcode.ts'
export { anyValueToJson, valueToJson } from './wire/value-json.ts'
export { RequestWalker, type WalkResult } from './wire/walk.ts'
