import type { Alert, Page } from '@nightjar/core'
import type { InfiniteData } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { useLiveAlerts } from '../api/live.ts'
import { useList } from '../api/queries.ts'
import { queryClient } from '../api/query-client.ts'
import { askFor, belongs, type Filters } from './filters.ts'

/**
 * The queue and what comes in while it is read: an alert that is shown changes in place; one that is not waits behind
 * `news` while `paused`, so that rows do not move under the hand, and appears at once otherwise.
 */
export function useQueue(filters: Filters, paused: () => boolean) {
  const list = useList<Alert>('/alerts', { params: askFor(filters), refetchMs: 60_000 })
  const [news, setNews] = useState<ReadonlySet<string>>(new Set())
  const latest = useRef({ filters, list, paused })
  latest.current = { filters, list, paused }
  const onAlert = useCallback((alert: Alert) => {
    const now = latest.current
    if (now.list.items.some(({ id }) => id === alert.id)) {
      queryClient.setQueriesData<InfiniteData<Page<Alert>>>({ queryKey: ['/alerts'] }, (old) =>
        old ? { ...old, pages: old.pages.map((page) => withAlert(page, alert)) } : old,
      )
    } else if (belongs(alert, now.filters)) {
      if (now.paused()) setNews((old) => new Set(old).add(alert.id))
      else now.list.refetch()
    }
  }, [])
  useLiveAlerts(onAlert)
  const showNews = () => {
    setNews(new Set())
    list.refetch()
  }
  return { list, news: news.size, showNews }
}

function withAlert(page: Page<Alert>, alert: Alert): Page<Alert> {
  return {
    ...page,
    items: page.items.map((each) =>
      each.id === alert.id && each.version <= alert.version ? alert : each,
    ),
  }
}
