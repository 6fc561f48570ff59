import { type NightjarError, Secret } from '@nightjar/core'
import {
  type ForegroundEngine,
  openStore,
  runEngineForeground,
  type StoreClient,
} from '@nightjar/store'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshFolder } from './fresh-store.ts'

describe("the engine's HTTP interface", () => {
  const folder = freshFolder()
  let engine: ForegroundEngine
  beforeAll(async () => {
    engine = await runEngineForeground({ port: 0, data: folder.path })
  })
  afterAll(async () => {
    await engine.close()
    folder.remove()
  })

  async function ask(
    body: string | Uint8Array<ArrayBuffer>,
    search: Record<string, string> = {},
  ): Promise<{ status: number; code: string | null; text: string }> {
    const url = `${engine.url}/?${new URLSearchParams(search)}`
    const response = await fetch(url, { method: 'POST', body })
    return {
      status: response.status,
      code: response.headers.get('X-ClickHouse-Exception-Code'),
      text: await response.text(),
    }
  }

  it('answers as ClickHouse does', async () => {
    expect(await (await fetch(`${engine.url}/ping`)).text()).toBe('Ok.\n')
    expect(await ask('SELECT 1 AS x FORMAT JSONEachRow')).toEqual({
      status: 200,
      code: null,
      text: '{"x":1}\n',
    })
    expect(await ask('', { query: 'SELECT 2', default_format: 'CSV' })).toMatchObject({
      text: '2\n',
    })
    expect(await ask('SELECT * FROM nowhere')).toMatchObject({
      status: 404,
      code: '60',
      text: expect.stringMatching(/^Code: 60\. DB::Exception: /),
    })
    expect(await ask('SELEC 1')).toMatchObject({ status: 400, code: '62' })
    expect(await ask("SELECT getSetting('max_threads')", { max_threads: '3' })).toMatchObject({
      text: '3\n',
    })
    // A setting is the query's own: the next one on the same connection does not have it.
    for (let i = 0; i < 5; i++)
      expect(await ask("SELECT getSetting('max_result_rows')")).toMatchObject({ text: '0\n' })
    await ask('CREATE DATABASE IF NOT EXISTS other')
    expect(await ask('SELECT currentDatabase()', { database: 'other' })).toMatchObject({
      text: 'other\n',
    })
    expect(await ask('SELECT currentDatabase()')).toMatchObject({ text: 'default\n' })
  })

  it('runs one statement, whatever a text tries', async () => {
    await ask('CREATE TABLE victim (a String) ENGINE = MergeTree ORDER BY a')
    for (const sql of [
      'SELECT 1; DROP TABLE victim',
      "SELECT 'a;b' /* ; */ -- ;\n ; DROP TABLE victim",
      'SELECT 1;;DROP TABLE victim',
    ])
      expect(await ask(sql)).toMatchObject({ status: 400, code: '62' })
    expect(await ask("SELECT ';' AS x; -- done")).toMatchObject({ status: 200, text: ';\n' })
    expect(await ask('EXISTS TABLE victim')).toMatchObject({ text: '1\n' })
  })

  it('never takes data for SQL: a blank line in it ends nothing', async () => {
    await ask('CREATE TABLE notes (a String, b UInt8 DEFAULT 7) ENGINE = MergeTree ORDER BY a')
    const evil = '{"a":"1"}\n\nDROP TABLE notes\n\n'
    const inBody = await ask(`INSERT INTO notes FORMAT JSONEachRow\n${evil}`)
    const inUrl = await ask(evil, { query: 'INSERT INTO notes FORMAT JSONEachRow' })
    expect([inBody.status, inUrl.status]).toEqual([500, 500])
    const values = "('x\n\nDROP TABLE notes', 1), ('y', 2)"
    expect(await ask(`INSERT INTO notes (a, b) VALUES ${values}`)).toMatchObject({ status: 200 })
    expect(
      await ask('{"a":"new\\n\\nline"}\n\n{"a":"z"}', {
        query: 'INSERT INTO notes (a) FORMAT JSONEachRow',
      }),
    ).toMatchObject({ status: 200 })
    expect(await ask('SELECT a, b FROM notes ORDER BY a FORMAT JSONCompactEachRow')).toMatchObject({
      text: '["new\\n\\nline", 7]\n["x\\n\\nDROP TABLE notes", 1]\n["y", 2]\n["z", 7]\n',
    })
  })

  it('lets nobody in without the key', async () => {
    const other = freshFolder()
    const locked = await runEngineForeground({
      port: 0,
      data: other.path,
      password: new Secret('pass:word'),
    })
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${locked.url}/?query=SELECT%201`, { method: 'POST', headers })).status
    try {
      const basic = (user: string, key: string) => ({
        authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`,
      })
      expect(await status({})).toBe(403)
      expect(await status(basic('default', 'pass'))).toBe(403)
      expect(await status(basic('nobody', 'pass:word'))).toBe(403)
      expect(await status(basic('default', 'pass:word'))).toBe(200)
      expect(
        await status({ 'x-clickhouse-user': 'default', 'x-clickhouse-key': 'pass:word' }),
      ).toBe(200)
    } finally {
      await locked.close()
      other.remove()
    }
  })

  describe('with the client', () => {
    let client: StoreClient
    let close: () => Promise<void>
    beforeAll(async () => {
      const store = await openStore({ url: engine.url })
      client = store.client
      close = () => store.close()
    })
    afterAll(async () => await close())

    it('binds every text as itself', async () => {
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          "' OR 1=1 --",
          '\\',
          "\\'",
          '{y:String}',
          '\n\n;DROP',
          '\\N ',
          '`',
          '$$',
          '\0',
        ),
      )
      await fc.assert(
        fc.asyncProperty(text, fc.array(text, { maxLength: 4 }), async (one, many) => {
          fc.pre([one, ...many].every((item) => Buffer.from(item).toString() === item))
          const [row] = await client.rows<{ one: string; many: string[]; n: number }>(
            "SELECT {one:String} AS one, {many:Array(String)} AS many, {n:Int64} AS n, '{one:String}' AS not",
            { one, many, n: -5 },
          )
          expect(row).toEqual({ one, many, n: -5, not: '{one:String}' })
        }),
        { numRuns: 60 },
      )
      const long = 'x'.repeat(2_000_000)
      expect(await client.rows('SELECT length({long:String}) AS n', { long })).toEqual([
        { n: 2_000_000 },
      ])
    })

    it('says what went wrong with a stable code', async () => {
      const failing = async (sql: string) =>
        (await client
          .rows(sql, {}, { maxSeconds: 1 })
          .catch((error: unknown) => error)) as NightjarError
      expect(await failing('SELECT * FROM nowhere')).toMatchObject({
        code: 'STORE_QUERY',
        retryable: false,
        details: { code: 60 },
      })
      expect(await failing('SELECT {x:String}')).toMatchObject({ details: { code: 456 } })
      expect(await failing('SELECT sleep(2)')).toMatchObject({
        code: 'STORE_TIMEOUT',
        retryable: true,
      })
    })
  })
})
