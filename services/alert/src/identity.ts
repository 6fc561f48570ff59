import { createHash } from 'node:crypto'

const hexOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The id of the alert of a fingerprint: `alt_` and 24 hex of sha-256 over tenant and fingerprint. */
export function alertIdOf(tenant: string, fingerprint: string): string {
  return `alt_${hexOf(`${tenant}\0${fingerprint}`).slice(0, 24)}`
}

/** The id of the suppression that a command creates; the same command gives the same id. */
export function suppressionIdOf(commandId: string): string {
  return `sup_${hexOf(`suppression\0${commandId}`).slice(0, 24)}`
}
