import { Button, Checkbox } from '@mantine/core'
import type { MouseEvent, ReactNode } from 'react'
import { exact } from '../show/number.ts'

/** A column of a table. `wide` columns leave first where the window is narrow. */
export interface Column<T> {
  readonly key: string
  readonly header: string
  readonly cell: (row: T) => ReactNode
  readonly align?: 'right'
  readonly width?: string
  readonly wide?: boolean
  readonly sorted?: 'ascending' | 'descending'
}

/** Which rows are ticked. */
export interface Selection {
  readonly selected: ReadonlySet<string>
  readonly toggle: (key: string) => void
  readonly setAll: (keys: readonly string[]) => void
}

interface TableProps<T> {
  readonly label: string
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly rowKey: (row: T) => string
  readonly rowLabel?: (row: T) => string
  readonly onOpen?: (row: T) => void
  readonly activeKey?: string | undefined
  readonly selection?: Selection
}

/** A real table, dense; a click on a row opens it. */
export function DataTable<T>(props: TableProps<T>) {
  const { label, rows, columns, rowKey, selection } = props
  const keys = rows.map(rowKey)
  const all = keys.length > 0 && keys.every((key) => selection?.selected.has(key))
  return (
    <div className="nj-table-scroll">
      <table className="nj-table" aria-label={label}>
        <thead>
          <tr>
            {selection && (
              <th className="nj-tick">
                <Checkbox
                  size="xs"
                  aria-label="Select all rows shown"
                  checked={all}
                  indeterminate={!all && selection.selected.size > 0}
                  onChange={() => selection.setAll(all ? [] : keys)}
                />
              </th>
            )}
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                data-wide={column.wide || undefined}
                data-align={column.align}
                style={column.width ? { width: column.width } : undefined}
                aria-sort={column.sorted}
              >
                {column.header}
                {column.sorted && (
                  <span aria-hidden="true">{column.sorted === 'descending' ? ' ↓' : ' ↑'}</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={rowKey(row)} row={row} {...props} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row<T>({ row, ...props }: TableProps<T> & { row: T }) {
  const { columns, rowKey, rowLabel, onOpen, activeKey, selection } = props
  const key = rowKey(row)
  const open = (event: MouseEvent) => {
    const target = event.target as HTMLElement
    // Links, buttons and ticks act for themselves, and a text selection is no click.
    if (target.closest('a, button, input, label') || window.getSelection()?.toString()) return
    onOpen?.(row)
  }
  return (
    <tr
      data-row={key}
      data-active={key === activeKey || undefined}
      data-selected={selection?.selected.has(key) || undefined}
      data-open={onOpen ? true : undefined}
      onClick={open}
    >
      {selection && (
        <td className="nj-tick">
          <Checkbox
            size="xs"
            aria-label={`Select ${rowLabel?.(row) ?? key}`}
            checked={selection.selected.has(key)}
            onChange={() => selection.toggle(key)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.key} data-wide={column.wide || undefined} data-align={column.align}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}

interface MoreProps {
  readonly shown: number
  readonly total: number
  readonly more: (() => void) | undefined
}

/** How much of a list is shown, and the rest on demand. */
export function More({ shown, total, more }: MoreProps) {
  return (
    <footer className="nj-more">
      <span className="nj-muted">
        {exact(shown)} of {exact(Math.max(total, shown))}
      </span>
      {more && (
        <Button variant="default" onClick={more}>
          Show more
        </Button>
      )}
    </footer>
  )
}
