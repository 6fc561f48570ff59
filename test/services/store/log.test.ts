import { batchOf, type Command, type StateRecord } from '@nightjar/core'
import { openStore, type Store } from '@nightjar/store'
import { EVENTS_TOPIC } from '@nightjar/stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callEvents, freshFolder } from './fresh-store.ts'

const command = (id: string): Command => ({
  id,
  tenant: 'default',
  actor: "o'hara \\ \n\n; DROP TABLE nightjar.stream_log",
  time: '2026-06-01T00:00:00.000Z',
  body: { type: 'alert.comment', id: 'a', comment: '{x:String} 😀' },
})
const state = (key: string, value: unknown): StateRecord => ({
  key,
  tenant: 'default',
  type: 'policy',
  value,
})

describe('the log in the store', () => {
  const folder = freshFolder()
  let store: Store
  const open = async () => {
    store = await openStore({ data: folder.path, retentionDays: 3650 })
  }
  const reopen = async () => {
    await store.close()
    await open()
  }
  beforeEach(open)
  afterEach(async () => {
    await store.close()
    folder.remove()
  })

  it('gives records back by position, across a restart', async () => {
    const { log } = store
    expect(await log.endOf('nightjar.commands.v1')).toBe(1)
    const positions = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        log.append('nightjar.commands.v1', [{ key: id, value: command(id) }]),
      ),
    )
    expect(positions).toEqual([1, 2, 3])
    await reopen()
    expect(await store.log.endOf('nightjar.commands.v1')).toBe(4)
    expect(await store.log.read('nightjar.commands.v1', { from: 2, limit: 10 })).toEqual([
      { position: 2, key: 'b', value: command('b') },
      { position: 3, key: 'c', value: command('c') },
    ])
    expect(
      await store.log.append('nightjar.commands.v1', [{ key: 'd', value: command('d') }]),
    ).toBe(4)
  })

  it('keeps the newest value of each key of a compacted topic', async () => {
    await store.log.append('nightjar.state.v1', [
      { key: 'k1', value: state('k1', 1) },
      { key: 'k2', value: state('k2', 1) },
    ])
    await store.log.append('nightjar.state.v1', [{ key: 'k1', value: state('k1', 2) }])
    await store.client.command('OPTIMIZE TABLE nightjar.stream_compacted FINAL')
    await reopen()
    const latest = await store.log.readLatest('nightjar.state.v1')
    expect([...latest].map(([key, { value }]) => [key, value])).toEqual([
      ['k2', 1],
      ['k1', 2],
    ])
    expect(await store.log.endOf('nightjar.state.v1')).toBe(4)
    const rest = await store.log.read('nightjar.state.v1', { from: 1, limit: 10 })
    expect(rest.map(({ position }) => position)).toEqual([2, 3])
  })

  it('remembers how far each group came', async () => {
    await store.log.commit('detect', EVENTS_TOPIC, 5)
    await store.log.commit('detect', EVENTS_TOPIC, 9)
    await store.log.commit('archive', EVENTS_TOPIC, 2)
    await reopen()
    expect(await store.log.committed('detect', EVENTS_TOPIC)).toBe(9)
    expect(await store.log.committed('archive', EVENTS_TOPIC)).toBe(2)
    expect(await store.log.committed('nobody', EVENTS_TOPIC)).toBe(0)
  })

  it('never gives a position out again, even when retention has taken the rows', async () => {
    await store.log.appendEvents(batchOf(callEvents(0, 10)))
    await store.log.commit('detect', EVENTS_TOPIC, 11)
    await store.client.command('TRUNCATE TABLE nightjar.events')
    await reopen()
    expect((await store.log.appendEvents(batchOf(callEvents(20, 1)))).position).toBe(11)
  })

  it('reads on behind rows that are gone', async () => {
    await store.log.appendEvents(batchOf(callEvents(0, 30)))
    await store.client.command(
      'ALTER TABLE nightjar.events DELETE WHERE seq BETWEEN 11 AND 20 SETTINGS mutations_sync = 1',
    )
    const first = await store.log.readEvents({ from: 1, limit: 100 })
    expect([first.position, first.batch.rows]).toEqual([1, 10])
    const second = await store.log.readEvents({ from: 11, limit: 5 })
    expect([second.position, second.batch.rows]).toEqual([21, 5])
    const end = await store.log.readEvents({ from: 31, limit: 5 })
    expect([end.position, end.batch.rows]).toEqual([31, 0])
  })

  it('finds the position of a receive time', async () => {
    const batch = batchOf(callEvents(0, 30))
    await store.log.appendEvents(batch)
    const at = batch.columns.receivedTime.data[12] ?? 0
    expect(await store.log.positionAt(at)).toBe(13)
    expect(await store.log.positionAt(at + 1)).toBe(14)
    expect(await store.log.positionAt(0)).toBe(1)
    expect(await store.log.positionAt(4e15)).toBe(31)
  })
})
