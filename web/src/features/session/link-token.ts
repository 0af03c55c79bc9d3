import { useState } from 'react'

/**
 * The token after `#token=` in the address. It is taken out of the address at once: what stands there
 * ends up in the browser's history and on screenshots.
 */
export function useLinkToken(): string {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '')
  if (location.hash) history.replaceState(history.state, '', location.pathname)
  return token
}
