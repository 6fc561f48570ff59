export type { NativeInsert, Params, ParamValue, ReadOptions, StoreClient } from './client.ts'
