import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  status,
} from '@grpc/grpc-js'
import type { GrpcStatus } from './status.ts'

const LATE = { code: status.DEADLINE_EXCEEDED, details: 'The request did not come in time.' }

/**
 * Stands before a call: refuses it before its message is read, and ends it when the message does not come in time.
 * `admit` gives the status of a refusal.
 */
export function gate(
  call: ServerInterceptingCallInterface,
  timeoutMs: number,
  admit: (metadata: Metadata) => Promise<GrpcStatus | undefined>,
): ServerInterceptingCall {
  let timer: NodeJS.Timeout | undefined
  return new ServerInterceptingCall(call, {
    start: (next) =>
      next({
        onReceiveMetadata: (metadata, pass) => {
          void admit(metadata).then((refusal) => {
            if (refusal) call.sendStatus(refusal)
            else {
              timer = setTimeout(() => call.sendStatus(LATE), timeoutMs)
              pass(metadata)
            }
          })
        },
        onReceiveMessage: (message, pass) => {
          clearTimeout(timer)
          pass(message)
        },
        onCancel: () => clearTimeout(timer),
      }),
  })
}
