import type { Server } from '@nightjar/core'
import { Age, Time } from '../parts/time.tsx'
import { exact } from '../show/number.ts'

const PROOFS = [
  { key: 'declared', word: 'Declared', about: 'a client configuration names it' },
  { key: 'running', word: 'Running', about: 'a process or port shows it' },
  { key: 'called', word: 'Called', about: 'telemetry shows calls to it' },
] as const

/** One proof of a server: there, with its age, or not. */
export function Proof({ server, kind }: { server: Server; kind: (typeof PROOFS)[number]['key'] }) {
  const proof = server[kind]
  return proof ? (
    <span className="nj-proof" data-there>
      <span aria-hidden="true">✓</span> <Age iso={proof.lastSeen} />
    </span>
  ) : (
    <span className="nj-proof" title={`Never seen ${kind}`}>
      <span aria-hidden="true">–</span>
      <span className="nj-sr">not {kind}</span>
    </span>
  )
}

/**
 * What the proofs say together, where that is worth a look. Where no server at all is declared, nobody has looked into
 * the clients' configurations yet, and the absence says nothing.
 */
export function proofWarning(server: Server, all: readonly Server[]): string {
  if (!all.some(({ declared }) => declared)) return ''
  if (server.called && !server.declared) return 'called, never declared'
  if (server.running && !server.declared) return 'running, never declared'
  return ''
}

/** The three independent proofs, in full. */
export function Proofs({ server }: { server: Server }) {
  return (
    <div className="nj-proofs">
      {PROOFS.map(({ key, word, about }) => {
        const proof = server[key]
        return (
          <div key={key} className="nj-proof-card" data-there={proof !== undefined || undefined}>
            <h3>
              <span aria-hidden="true">{proof ? '✓' : '–'}</span> {proof ? word : `Not ${key}`}
            </h3>
            <p className="nj-muted">{about}</p>
            {proof && (
              <p>
                seen {exact(proof.count)}×, last <Age iso={proof.lastSeen} />
                <br />
                <span className="nj-muted">
                  first <Time iso={proof.firstSeen} />
                </span>
              </p>
            )}
          </div>
        )
      })}
    </div>
  )
}
