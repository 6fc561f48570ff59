import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Locked {
  readonly resolved?: string
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>
}

test('the lock file holds every package for another platform, or npm ci refuses it', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
    ),
  )
  expect(Object.keys(packages).length).toBeGreaterThan(100)
  expect(missing).toEqual([])
})

test('the lock file holds no download address', () => {
  const addresses = Object.values(packages).filter(({ resolved, link }) => resolved && !link)
  expect(addresses).toEqual([])
})

test('the manifests name exact versions', () => {
  const manifests = Object.keys(packages).filter((path) => !path.includes('node_modules'))
  const loose = manifests.flatMap((path) => {
    const manifest = JSON.parse(readFileSync(`${path || '.'}/package.json`, 'utf8')) as Record<
      string,
      Record<string, string>
    >
    return ['dependencies', 'devDependencies']
      .flatMap((key) => Object.entries(manifest[key] ?? {}))
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
  })
  expect(loose).toEqual([])
})
