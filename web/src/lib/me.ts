/** Who is signed in, what they may do, and what their organisation's plan contains. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { answer, api, type Schema } from './api'
import { queryClient } from './query'

export type Principal = Schema<'PrincipalOut'>
export type Tenant = Schema<'TenantOut'>
export type Account = Schema<'OwnAccountOut'>
export type Entitlements = Schema<'EntitlementsOut'>

/** A tier in the order of what it contains. */
export const TIERS = ['starter', 'professional', 'enterprise'] as const
export type Tier = (typeof TIERS)[number]

const STALE_MS = 5 * 60_000

export const principalQuery = queryOptions({
  queryKey: ['me', 'principal'],
  queryFn: async () => (await answer(api.GET('/api/v1/auth/me'))).data,
  staleTime: STALE_MS,
})

export const accountQuery = queryOptions({
  queryKey: ['me', 'account'],
  queryFn: async () => (await answer(api.GET('/api/v1/me'))).data,
  staleTime: STALE_MS,
})

export const entitlementsQuery = queryOptions({
  queryKey: ['me', 'entitlements'],
  queryFn: async () => (await answer(api.GET('/api/v1/entitlements'))).data,
  staleTime: STALE_MS,
})

/** The organisation; null for somebody who may not read about it. */
export const tenantQuery = queryOptions({
  queryKey: ['me', 'tenant'],
  queryFn: async (): Promise<Tenant | null> => {
    const { permissions } = await queryClient.ensureQueryData(principalQuery)
    if (!holds(permissions, 'tenant:read')) return null
    return (await answer(api.GET('/api/v1/tenant'))).data
  },
  staleTime: STALE_MS,
})

/** Whether somebody who was given `permissions` holds `one`; an owner holds all (`*`). */
export const holds = (permissions: readonly string[], one: string): boolean =>
  permissions.includes(one) || permissions.includes('*')

/** What a page or a button asks of the person: permissions, and perhaps a tier or features. */
export interface Demand {
  /** All of them. Without any, whoever is signed in. */
  permissions?: readonly string[]
  tier?: Tier
  feature?: string
}

/** Whether somebody with these rights and this plan meets `demand`. */
export function meets(
  demand: Demand,
  permissions: readonly string[],
  plan: Pick<Entitlements, 'is_restricted' | 'tier' | 'features'> | undefined,
): boolean {
  if (!(demand.permissions ?? []).every((one) => holds(permissions, one))) return false
  if (!plan?.is_restricted) return true
  if (demand.feature && !plan.features.includes(demand.feature)) return false
  return !demand.tier || TIERS.indexOf(demand.tier) <= TIERS.indexOf(plan.tier as Tier)
}

/** A function that tells whether a demand is met; false for everything until that is known. */
export function useMeets(): (demand: Demand) => boolean {
  const { data: principal } = useQuery(principalQuery)
  const { data: plan } = useQuery(entitlementsQuery)
  return (demand) => principal !== undefined && meets(demand, principal.permissions, plan)
}

/** Whether the signed-in person holds `permission` everywhere. */
export function useMay(permission: string): boolean {
  return useMeets()({ permissions: [permission] })
}

/** The currency in which the organisation keeps its books, and the zone in which its days begin. */
export function useTenant(): Tenant | null | undefined {
  return useQuery(tenantQuery).data
}
