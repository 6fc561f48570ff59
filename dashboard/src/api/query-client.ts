import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { setSignedOut } from './access.ts'
import { ApiError } from './client.ts'

function watch(error: unknown): void {
  if (error instanceof ApiError && error.problem.status === 401) setSignedOut(true)
}

/** The one cache of answers. Nothing is retried that the API refused; what did not come is tried twice again. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: watch }),
  mutationCache: new MutationCache({ onError: watch }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) =>
        failures < 2 &&
        !(error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500),
    },
  },
})
