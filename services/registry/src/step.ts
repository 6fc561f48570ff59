import type { Command, Sighting } from '@nightjar/core'
import { type CallSummary, foldCalls } from './fold/calls.ts'
import { foldCommand } from './fold/command.ts'
import type { DriftRule } from './fold/drift.ts'
import { foldSighting } from './fold/sighting.ts'
import { type Effects, NO_EFFECTS, type RegistryView } from './state.ts'

/** What the registry decides on. */
export type Input =
  | { readonly type: 'sighting'; readonly sighting: Sighting }
  | { readonly type: 'calls'; readonly calls: CallSummary }
  | { readonly type: 'command'; readonly command: Command }

/** What is the same for every decision. */
export interface StepOptions {
  readonly rule: DriftRule
}

/** Decides what one input changes. Pure: the same state, input and time give the same effects. */
export function step(view: RegistryView, input: Input, now: number, options: StepOptions): Effects {
  const effects = decide(view, input, now, options)
  if (input.type === 'command') return effects
  const entries = effects.entries.map(({ entry, urgent }) => ({
    entry: { ...entry, server: { ...entry.server, revision: entry.server.revision + 1 } },
    urgent,
  }))
  return { ...effects, entries }
}

function decide(view: RegistryView, input: Input, now: number, { rule }: StepOptions): Effects {
  switch (input.type) {
    case 'sighting': {
      const options = { rule, maxVersions: view.limits.versions }
      return { ...NO_EFFECTS, ...foldSighting(view, input.sighting, now, options) }
    }
    case 'calls':
      return { ...NO_EFFECTS, ...foldCalls(view, input.calls, now) }
    case 'command':
      return foldCommand(view, input.command, now)
  }
}
