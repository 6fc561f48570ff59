import type { Overview } from '@nightjar/core'
import { count, plural } from '../show/number.ts'
import { SEVERITIES, SEVERITY } from '../show/words.ts'

/** One sentence that says whether someone must act, and where that is done. */
export interface Headline {
  readonly text: string
  readonly tone: 'critical' | 'high' | 'waits' | 'quiet' | 'empty'
  readonly glyph: string
  readonly to?: string
}

/** The sentence for what the overview holds: alerts first, then drift, then servers that wait, then quiet. */
export function headline({ openAlerts, servers, calls, principals24h }: Overview): Headline {
  const open = SEVERITIES.map((severity) => ({ severity, n: openAlerts[severity] ?? 0 }))
  const total = open.reduce((sum, { n }) => sum + n, 0)
  if (total > 0) {
    const parts = open.filter(({ n }) => n > 0)
    const worst = parts[0]?.severity ?? 'informational'
    return {
      text: `${plural(total, 'open alert')} ${total === 1 ? 'needs' : 'need'} you: ${parts
        .map(({ severity, n }) => `${n} ${SEVERITY[severity].word}`)
        .join(', ')}.`,
      tone: worst === 'critical' ? 'critical' : worst === 'high' ? 'high' : 'waits',
      glyph: SEVERITY[worst].glyph,
      to: '/alerts',
    }
  }
  if (servers.drift > 0) {
    return {
      text: `Nothing has fired. ${plural(servers.drift, 'server')} changed and ${servers.drift === 1 ? 'waits' : 'wait'} for your judgement.`,
      tone: 'waits',
      glyph: '~',
      to: '/drift',
    }
  }
  if (calls.last24h === 0) {
    return { text: 'Nothing has been received in the last 24 h.', tone: 'empty', glyph: '○' }
  }
  const quiet = `All quiet: ${count(calls.last24h)} ${calls.last24h === 1 ? 'call' : 'calls'} by ${plural(principals24h, 'principal')} in 24 h`
  if (servers.pending > 0) {
    return {
      text: `${quiet}. ${plural(servers.pending, 'server')} ${servers.pending === 1 ? 'waits' : 'wait'} for approval.`,
      tone: 'quiet',
      glyph: '✓',
      to: '/servers?state=pending',
    }
  }
  return { text: `${quiet}, nothing waits for you.`, tone: 'quiet', glyph: '✓' }
}
