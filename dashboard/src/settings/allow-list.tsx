import { Switch } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { useSetPolicy } from '../api/commands.ts'
import { usePolicy } from '../api/queries.ts'
import { Loaded } from '../parts/notice.tsx'
import { Panel } from '../parts/page.tsx'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { tell, tellProblem } from '../parts/toasts.tsx'

/** Whether calls to servers that nobody approved raise alerts. */
export function AllowList() {
  const policy = usePolicy()
  const set = useSetPolicy()
  const [wanted, setWanted] = useState<boolean>()
  return (
    <Panel title="Allow-list">
      <Loaded isPending={policy.isPending} error={policy.error} retry={() => void policy.refetch()}>
        <p>
          When it is enforced, a call to a server that is not approved raises an alert. Approve{' '}
          <Link to="/servers?state=pending">the servers you know</Link> first.
        </p>
        <Switch
          label="Enforce the allow-list"
          w="fit-content"
          checked={policy.data?.enforceAllowList ?? false}
          onChange={(event) => setWanted(event.currentTarget.checked)}
        />
      </Loaded>
      {wanted !== undefined && (
        <ReasonDialog
          title={wanted ? 'Enforce the allow-list' : 'Stop enforcing the allow-list'}
          confirm={wanted ? 'Enforce' : 'Stop enforcing'}
          onClose={() => setWanted(undefined)}
          onConfirm={(reason) =>
            set.mutateAsync({ enforceAllowList: wanted, reason }).then(
              () =>
                tell(wanted ? 'The allow-list is enforced.' : 'The allow-list is not enforced.'),
              (error: unknown) => {
                tellProblem(error)
                throw error
              },
            )
          }
        />
      )}
    </Panel>
  )
}
