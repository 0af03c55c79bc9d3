import type { Demand } from '@/lib/me'
import { FEATURES } from '..'

/** What the features find by `text`, by their headings; those that find nothing are left out. */
export async function findEverywhere(
  text: string,
  signal: AbortSignal,
  meets: (demand: Demand) => boolean,
  go: (to: string) => void,
) {
  const asked = FEATURES.flatMap(({ search }) =>
    search && meets(search.demand ?? {}) ? [search] : [],
  )
  const answers = await Promise.all(
    asked.map(async ({ heading, find }) => ({
      heading,
      found: (await find(text, signal)).map((hit) => ({ ...hit, run: () => go(hit.to) })),
    })),
  )
  return answers.filter(({ found }) => found.length > 0)
}
