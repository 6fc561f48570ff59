import type {
  Alert,
  CloseReason,
  Delivery,
  Server,
  Suppression,
  TenantPolicy,
} from '@nightjar/core'
import { useMutation } from '@tanstack/react-query'
import { request } from './client.ts'
import type { DestinationView } from './queries.ts'
import { queryClient } from './query-client.ts'

/** What a person asks of one alert. */
export type AlertAction =
  | { readonly type: 'acknowledge'; readonly comment?: string }
  | { readonly type: 'close'; readonly closeReason: CloseReason; readonly comment?: string }
  | { readonly type: 'reopen'; readonly comment?: string }
  | { readonly type: 'comment'; readonly comment: string }
  | { readonly type: 'assign'; readonly owner: string }

/** What became of an action on several alerts. */
export interface BulkResult {
  readonly done: number
  readonly failed: { readonly id: string; readonly why: string }[]
}

const PARALLEL = 4
const segment = encodeURIComponent

/** Reads again what starts with one of these keys. */
export function refresh(...keys: string[]): void {
  for (const key of keys) void queryClient.invalidateQueries({ queryKey: [key] })
}

/** Does one action on each alert, a few at a time; one refusal does not stop the others. */
export async function actOnAlerts(
  ids: readonly string[],
  action: AlertAction,
): Promise<BulkResult> {
  const { type, ...body } = action
  const waiting = [...ids]
  const failed: { id: string; why: string }[] = []
  let done = 0
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await request<Alert>('POST', `/alerts/${segment(id)}/${type}`, body)
        done += 1
      } catch (error) {
        failed.push({ id, why: error instanceof Error ? error.message : String(error) })
      }
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return { done, failed }
}

/** Acts on alerts and reads again what that changes. */
export function useAlertAction() {
  return useMutation({
    mutationFn: ({ ids, action }: { ids: readonly string[]; action: AlertAction }) =>
      actOnAlerts(ids, action),
    onSettled: () => refresh('/alerts', '/alert', '/overview'),
  })
}

/** Creates a suppression. */
export function useSuppress() {
  return useMutation({
    mutationFn: (body: Pick<Suppression, 'match' | 'reason' | 'expiresAt'>) =>
      request<Suppression>('POST', '/suppressions', body),
    onSettled: () => refresh('/suppressions', '/alerts', '/alert', '/overview'),
  })
}

/** Ends a suppression before its time. */
export function useEndSuppression() {
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      request<Suppression>('POST', `/suppressions/${segment(id)}/end`, { reason }),
    onSettled: () => refresh('/suppressions', '/alerts'),
  })
}

/** What is judged: a server, or one of its manifests. */
export interface JudgeRequest {
  readonly serverId: string
  readonly hash?: string
  readonly verdict: 'approve' | 'reject' | 'quarantine'
  readonly reason: string
}

/** Judges a server or a manifest, with a reason; the name is the session's. */
export function useJudge() {
  return useMutation({
    mutationFn: ({ serverId, hash, verdict, reason }: JudgeRequest) => {
      const manifest = hash ? `/manifests/${segment(hash)}` : ''
      return request<Server>('POST', `/servers/${segment(serverId)}${manifest}/${verdict}`, {
        reason,
      })
    },
    onSettled: (_server, _error, { serverId }) =>
      refresh('/servers', '/server', `/servers/${segment(serverId)}/manifests`, '/overview'),
  })
}

/** Switches enforcement of the allow-list. */
export function useSetPolicy() {
  return useMutation({
    mutationFn: (body: { enforceAllowList: boolean; reason: string }) =>
      request<TenantPolicy>('PUT', '/policy', body),
    onSettled: () => refresh('/policy'),
  })
}

/** A new destination; the secret is given back once, where the API made it. */
export interface NewDestination {
  readonly name: string
  readonly type: 'webhook'
  readonly url: string
  readonly secret?: string
  readonly minSeverity: DestinationView['minSeverity']
}

/** Adds a destination. */
export function useAddDestination() {
  return useMutation({
    mutationFn: (body: NewDestination) =>
      request<DestinationView & { secret?: string }>('POST', '/destinations', body),
    onSettled: () => refresh('/destinations'),
  })
}

/** Changes a destination. */
export function useChangeDestination() {
  return useMutation({
    mutationFn: ({
      id,
      ...body
    }: { id: string } & Partial<NewDestination> & { enabled?: boolean }) =>
      request<DestinationView>('PATCH', `/destinations/${segment(id)}`, body),
    onSettled: () => refresh('/destinations'),
  })
}

/** Removes a destination. */
export function useRemoveDestination() {
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      request<unknown>('DELETE', `/destinations/${segment(id)}`, { reason }),
    onSettled: () => refresh('/destinations'),
  })
}

/** Sends a test event. */
export function useTestDestination() {
  return useMutation({
    mutationFn: (id: string) =>
      request<Partial<Delivery>>('POST', `/destinations/${segment(id)}/test`, {}),
    onSettled: () => refresh('/deliveries', '/destinations'),
  })
}

/** Sends a delivery again, under the same message id. */
export function useRedeliver() {
  return useMutation({
    mutationFn: (id: string) =>
      request<Delivery>('POST', `/deliveries/${segment(id)}/redeliver`, {}),
    onSettled: () => refresh('/deliveries', '/destinations'),
  })
}

/** Ends this browser's session. */
export function signOut(): Promise<unknown> {
  return request('POST', '/sign-out', {})
}
