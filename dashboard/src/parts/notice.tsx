import { Button, Loader } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { problemFrom } from '../api/client.ts'

/** A problem in the API's words: what is wrong, what to do, and the id to look for in the logs. */
export function ProblemNotice({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = problemFrom(error)
  return (
    <div className="nj-problem" role="alert">
      <IconAlertTriangle size={18} aria-hidden="true" />
      <div>
        <strong>{problem.title}</strong>
        {problem.detail && <p>{problem.detail}</p>}
        {problem.errors?.map((each) => (
          <p key={each.pointer + each.detail}>
            <code>{each.pointer}</code> {each.detail}
          </p>
        ))}
        {problem.hint && <p>{problem.hint}</p>}
        <p className="nj-muted">
          <code>{problem.code}</code>
          {problem.requestId && (
            <>
              {' '}
              request <code>{problem.requestId}</code>
            </>
          )}
        </p>
        {retry && (
          <Button variant="default" onClick={retry} mt={8}>
            Try again
          </Button>
        )}
      </div>
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  readonly children?: ReactNode
}

/** Why a page is empty, and the next step. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="nj-empty">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

interface LoadedProps {
  readonly isPending: boolean
  readonly error: unknown
  readonly retry?: () => void
  readonly children: ReactNode
}

/** Shows content once it is there; before that a quiet sign, or the problem. */
export function Loaded({ isPending, error, retry, children }: LoadedProps) {
  if (isPending && !error) {
    return (
      <div className="nj-loading" role="status">
        <Loader size="sm" type="dots" /> <span className="nj-sr">Loading</span>
      </div>
    )
  }
  return (
    <>
      {error ? <ProblemNotice error={error} {...(retry ? { retry } : {})} /> : null}
      {isPending ? null : children}
    </>
  )
}
