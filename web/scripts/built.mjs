// Where the built app lands: inside the Python package that serves it.
import { fileURLToPath } from 'node:url'

export const BUILT = fileURLToPath(
  new URL('../../packages/dotmac_platform/src/dotmac_platform/web/built', import.meta.url),
)
