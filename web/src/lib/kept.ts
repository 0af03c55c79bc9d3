/** Small things that are kept on this device, such as which columns a table shows. */
import { useCallback, useSyncExternalStore } from 'react'

const PREFIX = 'dotmac.'
const changes = new EventTarget()

/** What is kept under `name`, and what replaces it; `initial` where nothing is, or it is unreadable. */
export function useKept<T>(name: string, initial: T): [T, (value: T) => void] {
  const subscribe = useCallback((notify: () => void) => {
    changes.addEventListener('change', notify)
    return () => changes.removeEventListener('change', notify)
  }, [])
  const text = useSyncExternalStore(subscribe, () => localStorage.getItem(PREFIX + name))
  const keep = useCallback(
    (value: T) => {
      localStorage.setItem(PREFIX + name, JSON.stringify(value))
      changes.dispatchEvent(new Event('change'))
    },
    [name],
  )
  return [parsed(text, initial), keep]
}

function parsed<T>(text: string | null, initial: T): T {
  if (text === null) return initial
  try {
    return JSON.parse(text) as T
  } catch {
    return initial // written by something else; the next change replaces it
  }
}
