import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, migrate, openStore } from '@nightjar/store'
import { afterEach, describe, expect, it } from 'vitest'
import { freshFolder } from './fresh-store.ts'

describe('a data folder', () => {
  const folder = freshFolder()
  afterEach(() => folder.remove())

  it('is refused to a second opener, who learns the pid, the address and what to do', async () => {
    const store = await openStore({ data: folder.path, serviceUrl: 'http://127.0.0.1:4680' })
    const second = await openStore({ data: folder.path }).catch((error: unknown) => error)
    expect(second).toMatchObject({ code: 'STORE_LOCKED', details: { pid: process.pid } })
    expect((second as Error).message).toContain(String(process.pid))
    expect((second as Error).message).toContain('http://127.0.0.1:4680')
    expect((second as { hint: string }).hint).toContain('NIGHTJAR_DATA')
    await store.close()
    expect(existsSync(join(folder.path, 'nightjar.lock'))).toBe(false)
  })

  it('is taken over from a process that is no more, and from one whose pid is another now', async () => {
    const ended = spawn(process.execPath, ['-e', ''])
    await once(ended, 'exit')
    for (const holder of [
      { pid: ended.pid, url: '', startedAt: '', processStart: '1' },
      { pid: process.pid, url: '', startedAt: '', processStart: '1' },
    ]) {
      const store = await openStore({ data: folder.path })
      await store.close()
      writeFileSync(join(folder.path, 'nightjar.lock'), JSON.stringify(holder))
      const again = await openStore({ data: folder.path })
      expect(JSON.parse(readFileSync(join(folder.path, 'nightjar.lock'), 'utf8'))).toMatchObject({
        pid: process.pid,
      })
      await again.close()
    }
  })

  it('is migrated once, gains columns it lacks, and takes another retention', async () => {
    const connection = await connect({ data: folder.path })
    const { client } = connection
    await migrate(client, { retentionDays: 90 })
    await client.command('ALTER TABLE nightjar.events DROP COLUMN args_preview')
    await Promise.all([
      migrate(client, { retentionDays: 31 }),
      migrate(client, { retentionDays: 31 }),
    ])
    const [row] = await client.rows(
      `SELECT (SELECT count() FROM nightjar.schema_migrations) AS steps,
        (SELECT count() FROM system.columns WHERE table = 'events' AND name = 'args_preview') AS columns,
        (SELECT countIf(engine_full LIKE '%toIntervalDay(31)%') FROM system.tables WHERE database = 'nightjar') AS retained`,
    )
    expect(row).toEqual({ steps: 1, columns: 1, retained: 6 })
    await connection.close()
  })

  it('of a newer version is refused, not touched', async () => {
    const connection = await connect({ data: folder.path })
    await migrate(connection.client, { retentionDays: 90 })
    await connection.client.insertRows('nightjar.schema_migrations', [
      { version: 99, name: 'later', applied_at: '2030-01-01T00:00:00.000Z' },
    ])
    await connection.close()
    await expect(openStore({ data: folder.path })).rejects.toMatchObject({
      code: 'STORE_SCHEMA_NEWER',
      details: { found: 99 },
    })
    expect(existsSync(join(folder.path, 'nightjar.lock'))).toBe(false)
  })
})
