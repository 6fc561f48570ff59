export { MAX_BATCH, readMessage, readMessages } from './codec.ts'
export {
  type AssembledManifest,
  type ManifestAnswer,
  ManifestAssembler,
} from './manifest/assembler.ts'
export { canonicalJson, canonicalManifest, manifestHash } from './manifest/canonical.ts'
export { isListMethod } from './manifest/page.ts'
export type {
  Era,
  Implementation,
  InputRequest,
  InvalidMessage,
  McpMessage,
  McpRequest,
  McpResponse,
} from './message.ts'
