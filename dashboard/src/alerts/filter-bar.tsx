import { SegmentedControl, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type RefObject, useEffect, useState } from 'react'
import { SEVERITIES, SEVERITY } from '../show/words.ts'
import { type Filters, VIEWS } from './filters.ts'

interface FilterBarProps {
  readonly filters: Filters
  readonly change: (name: 'state' | 'severity' | 'q', value: string) => void
  readonly search: RefObject<HTMLInputElement | null>
}

/** Which alerts are shown: state, severities, words. */
export function FilterBar({ filters, change, search }: FilterBarProps) {
  const [text, setText] = useState(filters.q)
  useEffect(() => setText(filters.q), [filters.q])
  const ask = useDebouncedCallback((value: string) => change('q', value.trim()), 300)
  const { severities } = filters
  return (
    <search className="nj-filters">
      <SegmentedControl
        size="xs"
        aria-label="State"
        value={filters.view}
        onChange={(value) => change('state', value)}
        data={Object.entries(VIEWS).map(([value, { label }]) => ({ value, label }))}
        transitionDuration={0}
      />
      <fieldset className="nj-inline" aria-label="Severity">
        {SEVERITIES.map((severity) => {
          const on = severities.includes(severity)
          const next = on
            ? severities.filter((each) => each !== severity)
            : [...severities, severity]
          return (
            <button
              key={severity}
              type="button"
              className="nj-badge nj-badge-toggle"
              data-severity={severity}
              aria-pressed={on}
              aria-label={`Only ${SEVERITY[severity].word}`}
              onClick={() => change('severity', next.join(','))}
            >
              <span aria-hidden="true">{SEVERITY[severity].glyph}</span> {SEVERITY[severity].short}
            </button>
          )
        })}
      </fieldset>
      <TextInput
        ref={search}
        aria-label="Search alerts"
        placeholder="Search: title, server, tool, principal  ( / )"
        leftSection={<IconSearch size={14} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          ask(event.currentTarget.value)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
        className="nj-search"
      />
    </search>
  )
}
