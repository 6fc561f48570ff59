export type { NativeInsert, Params, ParamValue, ReadOptions, StoreClient } from './client.ts'
export { type Connection, type ConnectOptions, connect, type EngineInfo } from './connect.ts'
export { type ForegroundEngine, runEngineForeground } from './engine/foreground.ts'
export { type MigrateOptions, migrate } from './migrate.ts'
