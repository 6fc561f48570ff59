import { homedir } from 'node:os'
import { commandKey, hideSecrets, launchIdentity } from '@nightjar/tap'
import { describe, expect, it } from 'vitest'
import { root } from './parts/spawn-tap.ts'

const place = { cwd: root, path: `${root}/node_modules/.bin`, home: homedir() }

describe('the key of a launch', () => {
  it.each([
    ['npx', ['-y', '@modelcontextprotocol/server-memory']],
    ['npx', ['-y', '--package=@modelcontextprotocol/server-memory', 'mcp-server-memory']],
    ['node', ['--no-warnings', 'node_modules/@modelcontextprotocol/server-memory/dist/index.js']],
    ['mcp-server-memory', []],
    ['./node_modules/.bin/mcp-server-memory', ['x']],
  ])('%s %j is the package', (command, args) => {
    expect(launchIdentity(command, args, place)).toMatchObject({
      key: expect.stringMatching(
        /^package:npm\/@modelcontextprotocol\/server-memory@\d+\.\d+\.\d+$/,
      ),
      label: '@modelcontextprotocol/server-memory',
    })
  })

  it.each([
    ['npx', ['-y', 'no-such-package-here']],
    ['npx', ['-y', '@modelcontextprotocol/server-memory@0.0.1']],
    ['python3', ['server.py']],
    ['node', ['-e', '1']],
    ['node', ['test/collectors/tap/parts/server-2026.mjs']],
  ])('%s %j is the command', (command, args) => {
    expect(launchIdentity(command, args, place).key).toMatch(/^command:[0-9a-f]{64}$/)
  })

  it('does not depend on where the command lies, nor on secrets, but on the arguments', () => {
    expect(commandKey('/usr/bin/python3', ['a.py'])).toBe(commandKey('python3', ['a.py']))
    expect(commandKey('x', ['--token', 'one'])).toBe(commandKey('x', ['--token', 'two']))
    expect(commandKey('x', ['a'])).not.toBe(commandKey('x', ['b']))
  })

  it('hides secrets in every shape they are given', () => {
    const secret = 's3cr3t-value'
    const args = [
      ...['--api-key', secret, `--password=${secret}`, `TOKEN=${secret}`],
      ...[`postgres://user:${secret}@db/x`, 'ghp_0123456789', '--port', '80'],
    ]
    const hidden = hideSecrets(args)
    expect(hidden.join(' ')).not.toContain(secret)
    expect(hidden).toContain('postgres://<secret>@db/x')
    expect(hidden.slice(-3)).toEqual(['<secret>', '--port', '80'])
  })
})
