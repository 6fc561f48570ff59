import type { Alert } from '@nightjar/core'
import { type AlertAction, useAlertAction, useSuppress } from '../api/commands.ts'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { tell, tellProblem } from '../parts/toasts.tsx'
import { exact, plural } from '../show/number.ts'
import { CloseDialog } from './close-dialog.tsx'
import { SuppressDialog } from './suppress-dialog.tsx'

/** What a person is being asked about. */
export type Asking =
  | { readonly type: 'close' | 'comment' | 'assign'; readonly alerts: readonly Alert[] }
  | { readonly type: 'suppress'; readonly alerts: readonly [Alert] }

const DONE: Record<AlertAction['type'], string> = {
  acknowledge: 'acknowledged',
  close: 'closed',
  reopen: 'reopened',
  comment: 'commented',
  assign: 'assigned',
}

/** Does an action on alerts and says how many it reached. */
export function useTriage() {
  const { mutateAsync, isPending } = useAlertAction()
  const act = async (alerts: readonly Alert[], action: AlertAction): Promise<void> => {
    const { done, failed } = await mutateAsync({ ids: alerts.map(({ id }) => id), action })
    if (done > 0) {
      tell(
        alerts.length === 1
          ? `Alert ${DONE[action.type]}.`
          : `${exact(done)} of ${plural(alerts.length, 'alert')} ${DONE[action.type]}.`,
      )
    }
    const first = failed[0]
    if (first) {
      tell(
        alerts.length === 1
          ? first.why
          : `${exact(failed.length)} not ${DONE[action.type]}: ${first.why}`,
        'failed',
      )
    }
    if (done === 0) throw new Error(first?.why)
  }
  return { act, isPending }
}

interface DialogsProps {
  readonly asking: Asking | undefined
  readonly onClose: () => void
  readonly onDone: () => void
}

/** The dialog of what is being asked. */
export function TriageDialogs({ asking, onClose, onDone }: DialogsProps) {
  const { act } = useTriage()
  const suppress = useSuppress()
  if (!asking) return null
  const { alerts } = asking
  const many = plural(alerts.length, 'alert')
  const done = async (work: Promise<unknown>) => {
    await work
    onDone()
  }
  switch (asking.type) {
    case 'close':
      return (
        <CloseDialog
          alerts={alerts}
          onClose={onClose}
          onConfirm={(closeReason, comment) =>
            done(act(alerts, { type: 'close', closeReason, ...(comment ? { comment } : {}) }))
          }
        />
      )
    case 'comment':
      return (
        <ReasonDialog
          title={alerts.length === 1 ? 'Comment' : `Comment on ${many}`}
          label="Comment"
          confirm="Comment"
          onClose={onClose}
          onConfirm={(comment) => done(act(alerts, { type: 'comment', comment }))}
        />
      )
    case 'assign':
      return (
        <ReasonDialog
          title={alerts.length === 1 ? 'Assign' : `Assign ${many}`}
          label="Owner"
          confirm="Assign"
          onClose={onClose}
          onConfirm={(owner) => done(act(alerts, { type: 'assign', owner }))}
        />
      )
    case 'suppress':
      return (
        <SuppressDialog
          alert={asking.alerts[0]}
          onClose={onClose}
          onConfirm={(body) =>
            done(
              suppress.mutateAsync(body).then(
                () => tell('Suppressed.'),
                (error: unknown) => {
                  tellProblem(error)
                  throw error
                },
              ),
            )
          }
        />
      )
  }
}
