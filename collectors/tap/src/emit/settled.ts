/** What became of one export. */
export interface Settled {
  readonly records: number
  /** By {@link sizeOf}. */
  readonly bytes: number
  /** Records lost when it failed; a failed loss record counts for all it told of. */
  readonly lost: number
  readonly ok: boolean
}

interface ExportResult {
  readonly code: number
}

interface Exporter<T> {
  export(items: T[], done: (result: ExportResult) => void): void
  shutdown(): Promise<void>
  forceFlush(): Promise<void>
}

interface Item {
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

const FIXED_BYTES = 1024

/** About how many bytes a record holds in memory: its content and a fixed share for the rest. */
export function sizeOf(attributes: Readonly<Record<string, unknown>>, body: unknown): number {
  const of = (value: unknown) => (typeof value === 'string' ? value.length : 0)
  return (
    FIXED_BYTES +
    of(body) +
    of(attributes['gen_ai.tool.call.arguments']) +
    of(attributes['gen_ai.tool.call.result'])
  )
}

function lostBy(item: Item): number {
  const told = item.attributes?.['nightjar.capture.lost']
  return typeof told === 'number' ? told : 1
}

/** The exporter, telling of each export how it ended. The SDK itself only logs what it drops. */
export function countedExporter<T>(
  exporter: Exporter<T>,
  settled: (result: Settled) => void,
): Exporter<T> {
  return {
    export(items, done) {
      exporter.export(items, (result) => {
        const ok = result.code === 0
        let bytes = 0
        let lost = 0
        for (const item of items as readonly Item[]) {
          bytes += sizeOf(item.attributes ?? {}, item.body)
          if (!ok) lost += lostBy(item)
        }
        settled({ records: items.length, bytes, lost, ok })
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  }
}
