import { entitlementsQuery, meets, principalQuery } from '@/lib/me'
import { queryClient } from '@/lib/query'
import { FEATURES } from '..'

/** Where somebody begins: the first place that their rights open; undefined where there is none. */
export async function firstPlace() {
  const [principal, plan] = await Promise.all([
    queryClient.ensureQueryData(principalQuery),
    queryClient.ensureQueryData(entitlementsQuery),
  ])
  const places = FEATURES.flatMap((feature) => feature.places)
  return places.find((place) => meets(place.demand ?? {}, principal.permissions, plan))?.to
}
