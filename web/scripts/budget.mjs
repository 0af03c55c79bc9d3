// Fails when what every visitor has to load outgrows its budget. Vite's manifest says what that is:
// the entry and everything it imports statically.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { BUILT } from './built.mjs'

const ENTRY_BUDGET = 150_000 // bytes, gzipped

const manifest = JSON.parse(await readFile(join(BUILT, '.vite/manifest.json'), 'utf8'))
const entry = Object.values(manifest).find((chunk) => chunk.isEntry)
const wanted = new Set()
const visit = (chunk) => {
  if (wanted.has(chunk.file)) return
  wanted.add(chunk.file)
  for (const name of chunk.imports ?? []) visit(manifest[name])
}
visit(entry)

const gzipped = async (file) => gzipSync(await readFile(join(BUILT, file))).length
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
let total = 0
for (const file of wanted) total += await gzipped(file)
const chunks = Object.values(manifest).filter((chunk) => chunk.file.endsWith('.js')).length
console.log(`entry ${kB(total)} of ${kB(ENTRY_BUDGET)} gzipped, ${chunks} chunks in all`)
if (total > ENTRY_BUDGET) {
  console.error('The entry is too large: load what not every page needs with lazy() or in a route.')
  process.exit(1)
}
