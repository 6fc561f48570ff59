import type {
  Alert,
  AuditEvent,
  CallView,
  Delivery,
  Destination,
  Finding,
  HealthView,
  ManifestVersion,
  Overview,
  Page,
  RuleView,
  Server,
  SessionView,
  Suppression,
  TenantPolicy,
} from '@nightjar/core'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type Params, pathOf, request } from './client.ts'

/** An alert with what explains it. */
export interface AlertDetail {
  readonly alert: Alert
  readonly findings: Finding[]
  readonly events: AuditEvent[]
}

/** A destination as the API gives it: never with its secret. */
export type DestinationView = Omit<Destination, 'sealedSecret'>

/** What a list shows: the rows loaded so far and how many there are in all. */
export interface ListState<T> {
  readonly items: readonly T[]
  readonly total: number
  readonly isPending: boolean
  readonly isFetching: boolean
  readonly error: unknown
  readonly more: (() => void) | undefined
  readonly refetch: () => void
}

interface ListOptions {
  readonly params?: Params
  readonly limit?: number
  readonly refetchMs?: number
  readonly enabled?: boolean
}

/** Pages of a list, loaded one after the other; the key starts with the list's path. */
export function useList<T>(path: string, options: ListOptions = {}): ListState<T> {
  const params = { ...options.params, limit: options.limit ?? 100 }
  const query = useInfiniteQuery({
    queryKey: [path, params],
    queryFn: ({ pageParam }) =>
      request<Page<T>>('GET', pathOf(path, { ...params, cursor: pageParam })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    ...(options.refetchMs ? { refetchInterval: options.refetchMs } : {}),
  })
  return {
    items: query.data?.pages.flatMap((page) => page.items) ?? [],
    total: query.data?.pages[0]?.total ?? 0,
    isPending: query.isPending,
    isFetching: query.isFetching,
    error: query.error,
    more:
      query.hasNextPage && !query.isFetchingNextPage ? () => void query.fetchNextPage() : undefined,
    refetch: () => void query.refetch(),
  }
}

function useOne<T>(key: readonly string[], path: string, refetchMs?: number) {
  return useQuery({
    queryKey: key,
    queryFn: () => request<T>('GET', path),
    ...(refetchMs ? { refetchInterval: refetchMs } : {}),
  })
}

const idPath = (list: string, id: string) => `${list}/${encodeURIComponent(id)}`

export const useOverview = () => useOne<Overview>(['/overview'], '/overview', 30_000)
export const useHealth = () => useOne<HealthView>(['/health'], '/health', 10_000)
export const usePolicy = () => useOne<TenantPolicy>(['/policy'], '/policy')
export const useAlert = (id: string) => useOne<AlertDetail>(['/alert', id], idPath('/alerts', id))
export const useSession = (id: string) =>
  useOne<SessionView>(['/session', id], idPath('/sessions', id))
export const useServer = (id: string) => useOne<Server>(['/server', id], idPath('/servers', id))
export const useSessions = (q: string) =>
  useList<SessionView>('/sessions', { params: { q }, refetchMs: 30_000 })
export const useCalls = (session: string) =>
  useList<CallView>('/calls', { params: { session }, limit: 500 })
export const useServers = (params: Params = {}) => useList<Server>('/servers', { params })
export const useManifests = (id: string) =>
  useList<ManifestVersion>(`${idPath('/servers', id)}/manifests`, { limit: 50 })
export const useRules = () => useList<RuleView>('/rules', { limit: 500 })
export const useSuppressions = () => useList<Suppression>('/suppressions')
export const useDestinations = () =>
  useList<DestinationView>('/destinations', { refetchMs: 10_000 })
export const useDeliveries = (destinationId: string) =>
  useList<Delivery>('/deliveries', { params: { destinationId }, limit: 50, refetchMs: 10_000 })
