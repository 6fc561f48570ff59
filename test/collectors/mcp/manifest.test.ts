import { canonicalManifest, ManifestAssembler, manifestHash } from '@nightjar/mcp'
import { describe, expect, it } from 'vitest'

const tool = (name: string, rest: object = {}) => ({
  name,
  inputSchema: { type: 'object' },
  ...rest,
})
const greeting = {
  protocolVersion: '2025-11-25',
  serverInfo: { name: 'files', version: '1.0.0' },
  instructions: 'Be careful.',
  capabilities: { tools: {}, prompts: {} },
}

describe('canonical manifest', () => {
  it('does not depend on the order of items or keys, nor on volatile keys', () => {
    const a = { tools: [tool('b', { title: 'B', _meta: { x: 1 }, ttlMs: 5 }), tool('a')] }
    const b = {
      tools: [tool('a'), { title: 'B', inputSchema: { type: 'object' }, name: 'b' }],
      protocolVersion: '2025-06-18',
    }
    expect(canonicalManifest(a)).toBe(canonicalManifest(b))
    expect(manifestHash(a)).toBe(manifestHash(b))
    expect(manifestHash(a)).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('keeps a schema property that has the name of a volatile key', () => {
    const schema = { type: 'object', properties: { _meta: { type: 'string' } } }
    expect(canonicalManifest({ tools: [tool('a', { inputSchema: schema })] })).toContain('_meta')
  })

  it('changes with any letter of a description, visible or not', () => {
    const plain = manifestHash({ tools: [tool('a', { description: 'Read a file.' })] })
    expect(manifestHash({ tools: [tool('a', { description: 'Read a file.\u200b' })] })).not.toBe(
      plain,
    )
  })

  it('prints numbers as RFC 8785 does', () => {
    expect(canonicalManifest({ tools: [tool('a', { x: [1.0, 1e21, 0.000001, -0] })] })).toContain(
      '"x":[1,1e+21,0.000001,0]',
    )
  })

  it('tells a list that was not seen from an empty one', () => {
    expect(manifestHash({ tools: [] })).not.toBe(manifestHash({ tools: [], prompts: [] }))
  })
})

describe('assembling', () => {
  it('knows the manifest once the tools were listed to the last page', () => {
    const assembler = new ManifestAssembler()
    expect(assembler.fold({ method: 'initialize', result: greeting })).toBeUndefined()
    expect(
      assembler.fold({ method: 'tools/list', result: { tools: [tool('a')], nextCursor: 'p2' } }),
    ).toBeUndefined()
    const whole = assembler.fold({
      method: 'tools/list',
      cursor: 'p2',
      result: JSON.stringify({ tools: [tool('b')] }),
    })
    expect(whole?.manifest.tools?.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(whole?.manifest).toMatchObject({
      serverInfo: { name: 'files' },
      instructions: 'Be careful.',
    })
    expect(whole?.hash).toBe(manifestHash(whole?.manifest ?? {}))
  })

  it('leaves a declared list that was not asked for absent, and an undeclared one empty', () => {
    const assembler = new ManifestAssembler()
    assembler.fold({ method: 'initialize', result: greeting })
    const first = assembler.fold({ method: 'tools/list', result: { tools: [] } })
    expect(first?.manifest.prompts).toBeUndefined()
    expect(first?.manifest.resources).toEqual([])
    const second = assembler.fold({ method: 'prompts/list', result: { prompts: [{ name: 'p' }] } })
    expect(second?.manifest.prompts).toHaveLength(1)
  })

  it('says nothing when an answer changes nothing', () => {
    const assembler = new ManifestAssembler()
    expect(assembler.fold({ method: 'tools/list', result: { tools: [tool('a')] } })).toBeDefined()
    expect(assembler.fold({ method: 'tools/list', result: { tools: [tool('a')] } })).toBeUndefined()
    expect(
      assembler.fold({ method: 'tools/list', result: { tools: [tool('a'), tool('b')] } }),
    ).toBeDefined()
  })

  it('takes serverInfo from the metadata of a discover result', () => {
    const assembler = new ManifestAssembler()
    assembler.fold({
      method: 'server/discover',
      result: {
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'new', version: '2' } },
      },
    })
    expect(
      assembler.fold({
        method: 'tools/list',
        result: { tools: [], ttlMs: 1, cacheScope: 'public' },
      })?.manifest,
    ).toMatchObject({ serverInfo: { name: 'new' }, prompts: [], instructions: '' })
  })

  it('takes serverInfo from the metadata of a list when the greeting went elsewhere', () => {
    const _meta = { 'io.modelcontextprotocol/serverInfo': { name: 'new', version: '2' } }
    const assembler = new ManifestAssembler()
    const manifest = assembler.fold({
      method: 'tools/list',
      result: { tools: [], _meta },
    })?.manifest
    expect(manifest).toEqual({ serverInfo: { name: 'new', version: '2' }, tools: [] })
  })

  it('ignores pages whose beginning was not seen, and answers that are no list', () => {
    const assembler = new ManifestAssembler()
    expect(
      assembler.fold({ method: 'tools/list', cursor: 'x', result: { tools: [] } }),
    ).toBeUndefined()
    expect(assembler.fold({ method: 'tools/list', result: { tools: 'no' } })).toBeUndefined()
    expect(assembler.fold({ method: 'tools/list', result: '{"tools":[' })).toBeUndefined()
    expect(assembler.fold({ method: 'ping', result: {} })).toBeUndefined()
  })

  it('gives no manifest for nesting without end', () => {
    let schema: object = {}
    for (let i = 0; i < 500; i++) schema = { items: schema }
    const assembler = new ManifestAssembler()
    expect(
      assembler.fold({
        method: 'tools/list',
        result: { tools: [tool('a', { inputSchema: schema })] },
      }),
    ).toBeUndefined()
  })
})
