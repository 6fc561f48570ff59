import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { beforeAll, describe, expect, it } from 'vitest'
import { until } from './parts/otlp-recorder.ts'
import { buildTap, finished, NOBODY, spawnTap } from './parts/spawn-tap.ts'

const node = (script: string) => [process.execPath, '-e', script]
const cat = node('process.stdin.pipe(process.stdout)')

beforeAll(buildTap)

describe('bytes', () => {
  it('pass both ways unchanged, whatever they are', async () => {
    const bytes = randomBytes(3 * 1024 * 1024)
    const tap = spawnTap(NOBODY, cat)
    const result = finished(tap)
    tap.stdin.end(bytes)
    const { stdout, code } = await result
    expect(code).toBe(0)
    expect(stdout.equals(bytes)).toBe(true)
  })

  it('pass unchanged when a line is longer than is looked at', async () => {
    const line = Buffer.concat([Buffer.alloc(9 * 1024 * 1024, 'x'), Buffer.from('\n{"a":1}\n')])
    const tap = spawnTap(NOBODY, cat)
    const result = finished(tap)
    tap.stdin.end(line)
    expect((await result).stdout.equals(line)).toBe(true)
  })

  it('of stderr pass, and none of ours are added', async () => {
    const tap = spawnTap(
      NOBODY,
      node('process.stderr.write("own words"); process.stdout.write("out")'),
    )
    const result = finished(tap)
    tap.stdin.end()
    expect(await result).toMatchObject({
      stdout: Buffer.from('out'),
      stderr: Buffer.from('own words'),
    })
  })

  it("stay the server's even when OTEL_LOG_LEVEL asks the SDK to print", async () => {
    const tap = spawnTap(
      NOBODY,
      cat,
      {},
      { OTEL_LOG_LEVEL: 'debug', OTEL_TRACES_EXPORTER: 'console' },
    )
    const result = finished(tap)
    const line = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
    tap.stdin.end(line)
    expect((await result).stdout.toString()).toBe(line)
  })

  it('hold the writer back while the reader does not read', async () => {
    const tap = spawnTap(
      NOBODY,
      node(`
        let written = 0
        const chunk = Buffer.alloc(65536)
        const write = () => { while (process.stdout.write(chunk)) written++; process.stdout.once('drain', write) }
        write()
        setInterval(() => process.stderr.write(written + '\\n'), 50)
      `),
    )
    let counts: string[] = []
    tap.stderr.on('data', (data) => {
      counts = [...counts, ...String(data).trim().split('\n')]
    })
    tap.stdout.pause()
    const held = () => counts.length >= 12 && new Set(counts.slice(-8)).size === 1
    await until(() => held() || undefined, 'the writer to be held')
    expect(Number(counts.at(-1)) * 65536).toBeLessThan(8 * 1024 * 1024)
    tap.kill('SIGKILL')
    tap.stdout.destroy()
  })

  it('to the server pass while the client does not read what the server says', async () => {
    const tap = spawnTap(
      NOBODY,
      node(`
        process.stdout.write(Buffer.alloc(1024 * 1024))
        let got = 0
        process.stdin.on('data', (chunk) => { got += chunk.length; if (got === 500000) process.stderr.write('all') })
      `),
    )
    tap.stdout.pause()
    let said = ''
    tap.stderr.on('data', (data) => {
      said += data
    })
    tap.stdin.write(Buffer.alloc(500_000))
    await until(() => (said === 'all' ? true : undefined), 'the server to get it all')
    tap.kill('SIGKILL')
    tap.stdout.destroy()
  })
})

describe('the end', () => {
  it.each([0, 1, 7, 255])('with exit code %i is passed on', async (code) => {
    const tap = spawnTap(NOBODY, node(`process.exit(${code})`))
    expect((await finished(tap)).code).toBe(code)
  })

  it('by a signal is 128 + its number', async () => {
    const tap = spawnTap(NOBODY, node("process.kill(process.pid, 'SIGKILL')"))
    expect((await finished(tap)).code).toBe(137)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const)(
    '%s reaches the server',
    async (signal) => {
      const tap = spawnTap(
        NOBODY,
        node(`
        process.on('${signal}', () => { process.stdout.write('got ${signal}'); process.exit(3) })
        setInterval(() => undefined, 1000)
        process.stdout.write('ready ')
      `),
      )
      const result = finished(tap)
      await once(tap.stdout, 'data')
      tap.kill(signal)
      expect(await result).toMatchObject({ code: 3, stdout: Buffer.from(`ready got ${signal}`) })
    },
  )

  it('of stdin reaches the server, whose last words still come through', async () => {
    const tap = spawnTap(
      NOBODY,
      node(
        "process.stdin.resume().on('end', () => process.stdout.write('bye', () => process.exit(4)))",
      ),
    )
    const result = finished(tap)
    tap.stdin.end()
    expect(await result).toMatchObject({ code: 4, stdout: Buffer.from('bye') })
  })

  it('of a server that stops reading does not end the tap early', async () => {
    const tap = spawnTap(
      NOBODY,
      node(
        "process.stdin.destroy(); setTimeout(() => { process.stdout.write('late'); process.exit(2) }, 300)",
      ),
    )
    tap.stdin.on('error', () => undefined)
    const result = finished(tap)
    tap.stdin.write(Buffer.alloc(200_000))
    expect(await result).toMatchObject({ code: 2, stdout: Buffer.from('late') })
  })

  it('before the beginning, a command that cannot start, gives 5 and says why on stderr', async () => {
    const tap = spawnTap(NOBODY, ['no-such-command-anywhere'])
    const { code, stdout, stderr } = await finished(tap)
    expect({ code, stdout: stdout.length }).toEqual({ code: 5, stdout: 0 })
    expect(stderr.toString()).toMatch(/cannot start no-such-command-anywhere: .*ENOENT/)
  })
})
