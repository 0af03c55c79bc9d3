import type { LucideIcon } from 'lucide-react'
import type { LinkProps } from '@tanstack/react-router'
import type { Demand } from '@/lib/me'

/** The groups of the navigation, in their order: what people come to do. */
export const GROUPS = [
  'Customers',
  'Catalogue',
  'Billing',
  'Payments',
  'Reports',
  'Operations',
  'Maintenance',
  'Settings',
] as const
export type Group = (typeof GROUPS)[number]

/** Where one can go. Shown to whoever meets the demand, and only to them. */
export interface Place {
  label: string
  to: NonNullable<LinkProps['to']>
  icon: LucideIcon
  demand?: Demand
  /** `g` and a letter; free ones are listed by `?`. */
  keys?: string
  keywords?: string[]
}

/** Something found by a search over everything. */
export interface Hit {
  id: string
  label: string
  detail?: string
  to: string
}

/** What a part of the app adds to the frame around it. `features/index.ts` lists all of them. */
export interface Feature {
  group: Group
  places: readonly Place[]
  /** Things to make: offered by the command palette. */
  makes?: readonly Omit<Place, 'icon'>[]
  /** Finds things by name or number, for the command palette. */
  search?: {
    heading: string
    demand?: Demand
    find: (text: string, signal: AbortSignal) => Promise<Hit[]>
  }
}
