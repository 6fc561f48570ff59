import { Button } from '@mantine/core'
import { Link, useRouteError } from 'react-router'
import { ProblemNotice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'

/** Shown where a page fails, e.g. when the service was updated under an open tab. */
export function FaultPage() {
  return (
    <main className="nj-alone">
      <Page title="This page failed">
        <ProblemNotice error={useRouteError()} />
        <Button onClick={() => window.location.reload()} mt={16}>
          Load it again
        </Button>
      </Page>
    </main>
  )
}

/** Shown for an address that leads nowhere. */
export function NotFoundPage() {
  return (
    <Page title="No such page">
      <p>
        Nothing lives at this address. Go to the <Link to="/">overview</Link>.
      </p>
    </Page>
  )
}
