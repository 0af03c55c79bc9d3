import { Users } from 'lucide-react'
import { answer, api } from '@/lib/api'
import type { Feature } from '../feature'
import { words } from './words'

const MOST_HITS = 6

export const customers: Feature = {
  group: 'Customers',
  places: [
    {
      label: words.customers,
      to: '/customers',
      icon: Users,
      demand: { permissions: ['customers:read'] },
      keys: 'g c',
      keywords: ['clients', 'subscribers', 'accounts'],
    },
  ],
  makes: [
    {
      label: words.create,
      to: '/customers/new',
      demand: { permissions: ['customers:write'] },
      keywords: ['new customer', 'add customer'],
    },
  ],
  search: {
    heading: words.customers,
    demand: { permissions: ['customers:read'] },
    find: async (q, signal) => {
      const found = await answer(
        api.GET('/api/v1/customers', { params: { query: { q, per_page: MOST_HITS } }, signal }),
      )
      return found.data.map(({ id, name, number }) => ({
        id,
        label: name,
        detail: number,
        to: `/customers/${id}`,
      }))
    },
  },
}
