import { expect, test } from 'vitest'
import { mapPlain } from '../../../support/otlp-request.ts'

test('one mapper keeps its answers when its caches have overflowed', () => {
  const records = Array.from({ length: 9000 }, (_, i) => ({
    kind: 2,
    attributes: {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': `get_token_${i % 4500}`,
      'gen_ai.tool.call.arguments': JSON.stringify({ [`password_${i}`]: 'planted-secret-7' }),
    },
  }))
  const { events } = mapPlain({ signal: 'traces', records })
  expect(events).toHaveLength(9000)
  events.forEach((event, i) => {
    expect(event.tool).toBe(`get_token_${i % 4500}`)
    expect(event.labels).toEqual(['read', 'private'])
    expect(event.argsPreview).toBe(`{"password_${i}":"[redacted]"}`)
  })
})

test('ids of requests do not depend on which request came before', () => {
  const records = ['a', 'b'].map((name) => ({
    kind: 2,
    attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': name },
  }))
  const both = mapPlain({ signal: 'traces', records }).events
  const first = mapPlain({ signal: 'traces', records: records.slice(0, 1) }).events
  expect(both[0]).toEqual(first[0])
})
