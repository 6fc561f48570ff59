import type { EventBatch, Finding } from '@nightjar/core'
import { StateWorld, type World } from '../match/world.ts'
import type { LoadedRules } from '../rule/model.ts'
import { Engine } from './engine.ts'
import type { Limits } from './limits.ts'

export interface ReplayOptions {
  /** States of servers and policies; without it every server is unknown and no list is enforced. */
  readonly world?: World
  readonly limits?: Limits
}

/**
 * The findings of events in their order. Pure: the same rules, events and world give the same findings with the same
 * ids, however the events are cut into batches.
 */
export function replay(
  rules: LoadedRules,
  batches: Iterable<EventBatch>,
  options: ReplayOptions = {},
): Finding[] {
  const engine = new Engine(rules, options.limits)
  const world = options.world ?? new StateWorld()
  const findings: Finding[] = []
  for (const batch of batches) findings.push(...engine.judge(batch, world))
  return findings
}
