import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Engine, EngineResult } from './engine.ts'
import { EngineError, engineError, statusOf } from './engine-error.ts'
import { multipartFields } from './multipart.ts'
import { authenticate, type EngineRequest, parseRequest } from './request.ts'
import type { Scratch } from './scratch.ts'
import { bindParameters, singleStatement, topWords } from './sql-text.ts'
import { type DataInsert, dataInsert, insertFromFile, withSettings } from './statement.ts'

const MAX_SQL_BYTES = 64 * 1024 * 1024
const MAX_DATA_BYTES = 1024 * 1024 * 1024
const MAX_URL_BYTES = 1024 * 1024

/** Who may ask. An empty user lets everyone in. */
export interface Credentials {
  readonly user: string
  readonly key: string
}

function tooLarge(): EngineError {
  return new EngineError(307, 'The request is too large. (TOO_MANY_BYTES)')
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_SQL_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** ClickHouse's HTTP interface over an {@link Engine}: what `@clickhouse/client` speaks. */
export class HttpInterface {
  readonly server: Server
  readonly #engine: Engine
  readonly #scratch: Scratch
  readonly #credentials: Credentials

  constructor(engine: Engine, scratch: Scratch, credentials: Credentials) {
    this.#engine = engine
    this.#scratch = scratch
    this.#credentials = credentials
    this.server = createServer({ maxHeaderSize: MAX_URL_BYTES }, (request, response) => {
      void this.#answer(request, response)
    })
    this.server.keepAliveTimeout = 65_000
    // An insert may take its time to arrive and to be stored.
    this.server.requestTimeout = 0
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = (request.url ?? '/').split('?', 1)[0]
      if (path === '/ping' || path === '/replicas_status') {
        response.end('Ok.\n')
        return
      }
      authenticate(request, this.#credentials.user, this.#credentials.key)
      const parsed = parseRequest(request)
      const result = await this.#execute(request, parsed)
      response.setHeader('X-ClickHouse-Query-Id', parsed.queryId)
      response.setHeader('X-ClickHouse-Summary', summary(result))
      response.setHeader('Content-Type', 'application/octet-stream')
      response.end(result.bytes)
    } catch (error) {
      fail(request, response, engineError(error))
    }
  }

  async #execute(request: IncomingMessage, parsed: EngineRequest): Promise<EngineResult> {
    const inUrl = parsed.query === '' ? undefined : dataInsert(parsed.query)
    if (inUrl !== undefined)
      return await this.#insert(inUrl, parsed, request as AsyncIterable<Uint8Array>)
    const body = await readBody(request)
    const contentType = request.headers['content-type'] ?? ''
    if (contentType.startsWith('multipart/form-data'))
      return await this.#run(fromFields(multipartFields(body, contentType), parsed), parsed)
    const inBody = parsed.query === '' ? dataInsert(body.toString('latin1')) : undefined
    if (inBody !== undefined)
      return await this.#insert(inBody, parsed, [body.subarray(inBody.dataStart)])
    const sql =
      parsed.query === '' ? body.toString('utf8') : `${parsed.query}\n${body.toString('utf8')}`
    return await this.#run(sql, parsed)
  }

  async #run(sql: string, request: EngineRequest): Promise<EngineResult> {
    const bound = bindParameters(singleStatement(sql), request.params)
    if (bound.trim() === '') throw new EngineError(62, 'Empty query. (SYNTAX_ERROR)')
    return await this.#engine.run(withSettings(bound, request.settings), {
      insert: topWords(bound).next().value?.word === 'INSERT',
      format: request.format,
      database: request.database,
    })
  }

  async #insert(
    insert: DataInsert,
    request: EngineRequest,
    data: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<EngineResult> {
    const file = this.#scratch.open()
    try {
      let size = 0
      for await (const chunk of data) {
        size += chunk.length
        if (size > MAX_DATA_BYTES) throw tooLarge()
        file.write(chunk)
      }
      file.end()
      if (size === 0) return { bytes: new Uint8Array(0), rowsRead: 0, elapsedSeconds: 0 }
      const head = bindParameters(singleStatement(insert.head), request.params)
      return await this.#engine.run(
        insertFromFile({ ...insert, head }, file.path, request.settings),
        { insert: true, format: request.format, database: request.database },
      )
    } finally {
      file.remove()
    }
  }
}

function fromFields(fields: ReadonlyMap<string, string>, request: EngineRequest): string {
  for (const [name, value] of fields)
    if (name.startsWith('param_')) request.params.set(name.slice('param_'.length), value)
  return `${request.query}${fields.get('query') ?? ''}`
}

function summary({ rowsRead, bytes, elapsedSeconds }: EngineResult): string {
  return JSON.stringify({
    read_rows: String(rowsRead),
    read_bytes: '0',
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: String(bytes.length),
    elapsed_ns: String(Math.round(elapsedSeconds * 1e9)),
  })
}

function fail(request: IncomingMessage, response: ServerResponse, error: EngineError): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  // What is left of the body is not read: the connection cannot be used again.
  if (!request.complete) response.setHeader('Connection', 'close')
  response.statusCode = statusOf(error.code)
  response.setHeader('X-ClickHouse-Exception-Code', String(error.code))
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  response.end(`${error.message}\n`)
}
