import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditEvent } from '@nightjar/core'
import { transcodeJson } from '@nightjar/otlp'
import { describe, expect, test } from 'vitest'
import { mapBytes } from '../../../support/otlp-request.ts'

const DATA = join(process.cwd(), '../shared/data/emitters')
const here = existsSync(DATA)

interface Truth {
  readonly calls: readonly {
    readonly method: string
    readonly tool?: string
    readonly outcome: string
    readonly toolUseId?: string
  }[]
}

const signalOf = (file: string) => (file.startsWith('traces') ? 'traces' : 'logs')

function recording(name: string, kind: 'pb' | 'json') {
  const folder = join(DATA, name)
  const requests = readdirSync(folder)
    .filter((file) => /^(traces|logs)-/.test(file) && file.endsWith(`.${kind}`))
    .sort()
    .map((file) => {
      const bytes = readFileSync(join(folder, file))
      const signal = signalOf(file) as 'traces' | 'logs'
      return { signal, bytes: kind === 'json' ? transcodeJson(signal, bytes) : bytes }
    })
  return mapBytes(requests)
}

const truthOf = (name: string) =>
  JSON.parse(readFileSync(join(DATA, name, 'truth.json'), 'utf8')) as Truth

/** What a truth's outcome may be called: recordings tell a crash from `isError`, the wire does not. */
const MEANS: Readonly<Record<string, readonly string[]>> = {
  ok: ['success'],
  tool_error: ['tool_error'],
  exception: ['tool_error', 'error'],
  protocol_error: ['error', 'tool_error'],
  denied: ['denied'],
}

const isToolCall = (event: AuditEvent) => event.kind === 'call' && event.method === 'tools/call'

const CLAUDE = ['2.1.197', '2.1.329-default', '2.1.329-details-grpc'].map((v) => `claude-code-${v}`)

describe.skipIf(!here).each(CLAUDE)('%s', (name) => {
  const { events } = here ? recording(name, 'pb') : { events: [] }
  const truth = here ? truthOf(name).calls.filter(({ toolUseId }) => toolUseId !== undefined) : []

  test('every call that ran is there once, with its outcome, and no other', () => {
    const ran = truth.filter(({ outcome }) => outcome !== 'denied' && outcome !== 'client_rejected')
    const calls = events.filter((event) => event.kind === 'call')
    expect(calls.map(({ callId }) => callId)).toEqual(ran.map(({ toolUseId }) => toolUseId))
    calls.forEach((call, i) => {
      expect(MEANS[ran[i]?.outcome ?? '']).toContain(call.outcome)
    })
  })

  test('a denial that left a record is a decision', () => {
    const denied = events.filter(({ outcome }) => outcome === 'denied')
    // 2.1.197 leaves no record of a denial at all.
    const expected = name === 'claude-code-2.1.197' ? [] : ['toolu_fake0008']
    expect(denied.map(({ kind, callId }) => [kind, callId])).toEqual(
      expected.map((id) => ['decision', id]),
    )
  })

  test('with details the real names are known', () => {
    if (!name.includes('details')) return
    for (const call of events.filter((event) => event.kind === 'call'))
      expect(call.tool).toBe(truth.find(({ toolUseId }) => toolUseId === call.callId)?.tool)
  })
})

const SERVERS = [
  { name: 'mcp-python-sdk-2.3.0-http', emitter: 'mcp-python-sdk' },
  { name: 'mcp-python-sdk-2.3.0-stdio-grpc', emitter: 'mcp-python-sdk' },
  { name: 'fastmcp-3.4.10-http', emitter: 'fastmcp' },
  { name: 'fastmcp-4.1.2-http', emitter: 'fastmcp' },
]

describe.skipIf(!here).each(SERVERS)('$name', ({ name, emitter }) => {
  const { events } = here ? recording(name, 'pb') : { events: [] }
  const truth = here ? truthOf(name).calls : []
  const server = events.filter((event) => event.vantage === 'server' && event.emitter === emitter)

  test('the server spans hold every tool call with its outcome', () => {
    const calls = truth.filter(({ method }) => method === 'tools/call')
    for (const call of calls) {
      const same = server.filter((event) => isToolCall(event) && event.tool === call.tool)
      const outcomes = same.map(({ outcome }) => outcome)
      expect(
        outcomes.some((outcome) => MEANS[call.outcome]?.includes(outcome)),
        `${call.tool} ${call.outcome}: ${outcomes}`,
      ).toBe(true)
    }
    const tools = new Set(calls.map(({ tool }) => tool))
    const others = server.filter((event) => isToolCall(event) && !tools.has(event.tool))
    // The tool of a mounted server, under its own name.
    expect(others.map(({ tool }) => tool)).toEqual(emitter === 'fastmcp' ? ['charge'] : [])
  })

  test('requests that are answered with a JSON-RPC error are errors', () => {
    for (const call of truth.filter(({ outcome, method }) => {
      return outcome === 'protocol_error' && method !== 'tools/call'
    })) {
      const failed = server.filter(
        (event) => event.method === call.method && event.outcome === 'error',
      )
      expect(failed.length, call.method).toBeGreaterThan(0)
    }
  })

  test('a client that saw no mark of failure says so', () => {
    const weak = events.filter(
      (event) => event.vantage === 'client' && event.outcomeBasis === 'span_end',
    )
    expect(weak.length).toBeGreaterThan(0)
    for (const event of weak) expect(event.quality).toContain('outcome_weak')
  })
})

test.skipIf(!here)('how many calls of each recording are found (printed)', () => {
  const rows = [...CLAUDE, ...SERVERS.map(({ name }) => name)].map((name) => {
    const truth = truthOf(name).calls.filter(({ method }) => method === 'tools/call')
    const { events, skipped } = recording(name, 'pb')
    const count = (wanted: (event: AuditEvent) => boolean) => events.filter(wanted).length
    return {
      recording: name,
      'true calls': truth.length,
      client: count((event) => isToolCall(event) && event.vantage === 'client'),
      server: count((event) => isToolCall(event) && event.vantage === 'server'),
      denied: count(({ outcome }) => outcome === 'denied'),
      rows: events.length,
      skipped,
    }
  })
  console.table(rows)
  expect(rows).toHaveLength(7)
})

const ALL = here
  ? readdirSync(DATA, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  : []

const CANARIES = [
  'correct-horse-battery-fake',
  'sk-fake-0000-not-a-real-key',
  'tok-fake-1111',
  'tok-fake-2222',
  'fake-in-exception',
]

describe.skipIf(!here).each(ALL)('%s', (name) => {
  test('no planted secret is in any column of any row', () => {
    const { events, sightings } = recording(name, 'pb')
    const text = JSON.stringify([events, sightings])
    for (const canary of CANARIES) expect(text).not.toContain(canary)
  })

  test('protobuf and JSON give the same rows', () => {
    expect(recording(name, 'json')).toEqual(recording(name, 'pb'))
  })
})
