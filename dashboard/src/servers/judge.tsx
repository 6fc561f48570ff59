import { Button } from '@mantine/core'
import type { Server } from '@nightjar/core'
import { useState } from 'react'
import { type JudgeRequest, useJudge } from '../api/commands.ts'
import { Foreign } from '../parts/foreign.tsx'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { tell, tellProblem } from '../parts/toasts.tsx'

const DONE = { approve: 'approved', reject: 'rejected', quarantine: 'quarantined' } as const

interface Question extends Omit<JudgeRequest, 'reason' | 'serverId'> {
  readonly title: string
  readonly lead: React.ReactNode
  readonly confirm: string
}

/** Asks for the reason of a judgement and passes it on. */
function useQuestion(server: Server) {
  const [question, setQuestion] = useState<Question>()
  const judge = useJudge()
  const dialog = question && (
    <ReasonDialog
      title={question.title}
      lead={question.lead}
      confirm={question.confirm}
      danger={question.verdict !== 'approve'}
      onClose={() => setQuestion(undefined)}
      onConfirm={(reason) => {
        const { verdict, hash } = question
        return judge
          .mutateAsync({ serverId: server.id, verdict, reason, ...(hash ? { hash } : {}) })
          .then(
            () => tell(`${hash ? 'Manifest' : 'Server'} ${DONE[verdict]}.`),
            (error: unknown) => {
              tellProblem(error)
              throw error
            },
          )
      }}
    />
  )
  return { ask: setQuestion, dialog }
}

/** Approve, reject, quarantine a server. */
export function JudgeServer({ server }: { server: Server }) {
  const { ask, dialog } = useQuestion(server)
  const name = <Foreign text={server.name} />
  return (
    <>
      {server.state !== 'approved' && (
        <Button
          onClick={() =>
            ask({
              verdict: 'approve',
              title: 'Approve server',
              lead: (
                <p>{name} joins the allow-list. Its manifest as it is now becomes the baseline.</p>
              ),
              confirm: 'Approve',
            })
          }
        >
          Approve
        </Button>
      )}
      {server.state !== 'rejected' && (
        <Button
          variant="default"
          onClick={() =>
            ask({
              verdict: 'reject',
              title: 'Reject server',
              lead: <p>Calls to {name} raise an alert once the allow-list is enforced.</p>,
              confirm: 'Reject',
            })
          }
        >
          Reject
        </Button>
      )}
      {server.state !== 'quarantined' && (
        <Button
          variant="default"
          onClick={() =>
            ask({
              verdict: 'quarantine',
              title: 'Quarantine server',
              lead: <p>{name} is held apart until someone has looked at it.</p>,
              confirm: 'Quarantine',
            })
          }
        >
          Quarantine
        </Button>
      )}
      {dialog}
    </>
  )
}

/** Approve or reject one manifest. */
export function JudgeManifest({ server, hash }: { server: Server; hash: string }) {
  const { ask, dialog } = useQuestion(server)
  const name = <Foreign text={server.name} />
  return (
    <>
      <Button
        onClick={() =>
          ask({
            verdict: 'approve',
            hash,
            title: 'Approve manifest',
            lead: <p>The new manifest of {name} becomes the baseline.</p>,
            confirm: 'Approve',
          })
        }
      >
        Approve change
      </Button>
      <Button
        variant="default"
        onClick={() =>
          ask({
            verdict: 'reject',
            hash,
            title: 'Reject manifest',
            lead: <p>The baseline of {name} stays; the alert stays until someone closes it.</p>,
            confirm: 'Reject',
          })
        }
      >
        Reject change
      </Button>
      {dialog}
    </>
  )
}
