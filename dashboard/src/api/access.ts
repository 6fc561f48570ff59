import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let signedOut = false

/** Notes that the API knows this browser, or no longer does; the page then shows how to sign in. */
export function setSignedOut(value: boolean): void {
  if (signedOut === value) return
  signedOut = value
  for (const listener of listeners) listener()
}

/** True once a request was answered 401. */
export function useSignedOut(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => signedOut,
  )
}
