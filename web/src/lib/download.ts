import { send } from './api'

/** Save what `path` answers as a file. Addresses of the API are not links: links carry no token. */
export async function download(path: string, name: string): Promise<void> {
  const response = await send(new Request(new URL(path, location.origin)))
  save(await response.blob(), name)
}

/** Offer `content` to be saved under `name`. */
export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content)
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  URL.revokeObjectURL(address)
}
