import type { OtlpRecord } from '../record.ts'
import type { Row } from './row.ts'

/**
 * What one emitter, or one convention, says of MCP. A new one is a new file and one row in `dialects.ts`. It writes
 * what it knows; the mapper adds id, times, tenant, trace ids and host.
 */
export interface Dialect {
  readonly name: string
  /** True where the record is this dialect's to judge; nobody else is asked then. Cheap: asked for every record. */
  claims(record: OtlpRecord): boolean
  /**
   * Writes the row; false, with nothing written, where the record says nothing about MCP. `kind`, `vantage`,
   * `emitter` and `outcome` are required.
   */
  write(row: Row): boolean
}
