import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { NightjarError, type Sealer, Secret } from '@nightjar/core'

const SALT = 'nightjar/v1'

/** Reads a one-line secret file, or makes it with mode 0600; two processes that start at once agree on one value. */
export function readOrCreateSecretFile(
  path: string,
  create: () => string,
): { value: Secret; created: boolean } {
  try {
    const handle = openSync(path, 'wx', 0o600)
    const value = create()
    writeSync(handle, `${value}\n`)
    fsyncSync(handle)
    closeSync(handle)
    return { value: new Secret(value), created: true }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  chmodSync(path, 0o600)
  const value = readFileSync(path, 'utf8').trim()
  if (value === '')
    throw new NightjarError('RUNTIME_SECRET_EMPTY', `The secret file ${path} is empty.`, {
      hint: 'Delete it and start again; a new one is made.',
    })
  return { value: new Secret(value), created: false }
}

/** Keys derived from the root secret, one per purpose (HKDF-SHA-256, RFC 5869). */
export interface Keyring {
  /** 32 bytes for a purpose such as `content-hash/default`. */
  derive(purpose: string): Buffer
  readonly sealer: Sealer
}

function createSealer(key: Buffer): Sealer {
  return {
    seal(plaintext) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
      return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`
    },
    open(sealed) {
      try {
        const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url')
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
        decipher.setAuthTag(bytes.subarray(12, 28))
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString(
          'utf8',
        )
      } catch (cause) {
        throw new NightjarError('RUNTIME_SEAL_BROKEN', 'A stored secret cannot be opened.', {
          hint: 'It was sealed under another NIGHTJAR_SECRET, or changed. Enter the secret again.',
          cause,
        })
      }
    },
  }
}

/** The keyring of a root secret; without one it is read from, or made in, `<data>/secret`. */
export function openKeyring(data: string, root: Secret | undefined): Keyring {
  const secret =
    root ??
    readOrCreateSecretFile(join(data, 'secret'), () => randomBytes(32).toString('hex')).value
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret.reveal(), SALT, purpose, 32))
  return { derive, sealer: createSealer(derive('seal')) }
}

/** The admin token: from a file given, or `<data>/admin-token` (0600), made at the first start. */
export function openAdminToken(
  data: string,
  file: string | undefined,
): { token: Secret; path: string; created: boolean } {
  const path = file ?? join(data, 'admin-token')
  if (file !== undefined) {
    const text = readFileSync(file, 'utf8').trim()
    if (text.length < 16)
      throw new NightjarError(
        'RUNTIME_ADMIN_TOKEN_WEAK',
        `The admin token in ${file} is shorter than 16 characters.`,
        {
          hint: 'Write a longer random token into the file.',
        },
      )
    return { token: new Secret(text), path, created: false }
  }
  const { value, created } = readOrCreateSecretFile(
    path,
    () => `njp_${randomBytes(32).toString('base64url')}`,
  )
  return { token: value, path, created }
}
