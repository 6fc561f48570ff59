import { EngineError } from './engine-error.ts'
import { quoted, topWords } from './sql-text.ts'

/** An INSERT whose data comes beside the SQL. */
export interface DataInsert {
  /** `INSERT INTO t (columns)`, with its settings clause where it has one. */
  readonly head: string
  readonly hasSettings: boolean
  readonly format: string
  /** Where the data begins in the text; its length where there is none in it. */
  readonly dataStart: number
}

/**
 * Takes an `INSERT … FORMAT x` or `INSERT … VALUES` apart; undefined for every other statement. `text` may be bytes
 * read as Latin-1: nothing before the data depends on them.
 */
export function dataInsert(text: string): DataInsert | undefined {
  let hasSettings = false
  let first = true
  for (const { word, start, end } of topWords(text)) {
    if (first && word !== 'INSERT') return undefined
    first = false
    if (word === 'SELECT' || word === 'WITH' || word === 'INFILE') return undefined
    if (word === 'SETTINGS') hasSettings = true
    if (word === 'VALUES')
      return { head: text.slice(0, start), hasSettings, format: 'Values', dataStart: end }
    if (word === 'FORMAT') {
      const named = /^\s*(\w+)[ \t]*;?\r?\n?/.exec(text.slice(end, end + 128))
      if (named === null)
        throw new EngineError(62, 'Syntax error: FORMAT without a name. (SYNTAX_ERROR)')
      const [whole, format = ''] = named
      return { head: text.slice(0, start), hasSettings, format, dataStart: end + whole.length }
    }
  }
  return undefined
}

/** Settings as a comma separated list; names are checked, values are literals. */
export function settingsList(settings: ReadonlyMap<string, string>): string {
  return [...settings]
    .map(([name, value]) => {
      if (!/^[A-Za-z_]\w*$/.test(name))
        throw new EngineError(115, `Unknown setting ${quoted(name)}. (UNKNOWN_SETTING)`)
      return `${name} = ${/^\d+$/.test(value) ? value : quoted(value)}`
    })
    .join(', ')
}

/**
 * The INSERT that takes its data from a file. Client bytes never stand beside SQL: the engine would take what follows
 * a blank line in them for further statements.
 */
export function insertFromFile(
  insert: DataInsert,
  file: string,
  settings: ReadonlyMap<string, string>,
): string {
  const list = settingsList(settings)
  const clause = list === '' ? '' : insert.hasSettings ? `, ${list}` : ` SETTINGS ${list}`
  return `${insert.head.trimEnd()}${clause} SELECT * FROM file(${quoted(file)}, ${quoted(insert.format)})`
}

const TAKES_SETTINGS = new Set([
  'SELECT',
  'WITH',
  'FROM',
  'INSERT',
  'SHOW',
  'EXPLAIN',
  'DESCRIBE',
  'DESC',
  'EXISTS',
  'OPTIMIZE',
  'ALTER',
])

/**
 * Settings in the statement itself. Given any other way they would stick to the connection. Statements that take no
 * such clause (CREATE, SYSTEM, …) run without them.
 */
export function withSettings(sql: string, settings: ReadonlyMap<string, string>): string {
  const first = topWords(sql).next().value?.word
  const takes = first === undefined ? /^\s*\(/.test(sql) : TAKES_SETTINGS.has(first)
  return takes && settings.size > 0 ? `${sql}\nSETTINGS ${settingsList(settings)}` : sql
}
