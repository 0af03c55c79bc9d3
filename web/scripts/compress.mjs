// Writes `file.br` and `file.gz` beside every built text file, so that the server never compresses.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { BUILT } from './built.mjs'

const TEXT = /\.(html|js|css|svg|json|webmanifest)$/
const SMALLEST = 512 // bytes; below, the headers weigh more than what is saved

for (const entry of await readdir(BUILT, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (!entry.isFile() || !TEXT.test(entry.name)) continue
  const content = await readFile(path)
  if (content.length < SMALLEST) continue
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  await writeFile(`${path}.br`, brotliCompressSync(content, quality))
  await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }))
}
