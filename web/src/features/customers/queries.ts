import { queryOptions } from '@tanstack/react-query'
import { answer, api, ifMatch, idempotent, type Schema } from '@/lib/api'
import type { ListView } from '@/lib/list-view'
import type { paths } from '@/api/schema'
import { queryClient } from '@/lib/query'

export type CustomerSummary = Schema<'CustomerSummaryOut'>
export type Customer = Schema<'CustomerOut'>
type ListQuery = NonNullable<paths['/api/v1/customers']['get']['parameters']['query']>

/** The filters of a list of customers that an address can hold. */
export const FILTERS = ['q', 'sort', 'state', 'kind', 'tag', 'created_after'] as const

/** `view` as the API takes it: a day becomes the instant at which it begins. */
export function listQuery(view: ListView): ListQuery {
  const known = Object.fromEntries(FILTERS.flatMap((key) => (view[key] ? [[key, view[key]]] : [])))
  const after = view.created_after
  return { ...known, ...(after ? { created_after: `${after}T00:00:00Z` } : {}) } as ListQuery
}

export const listCustomers = (query: ListQuery) =>
  answer(api.GET('/api/v1/customers', { params: { query } }))

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: ['customers', 'one', id],
    queryFn: async () =>
      (
        await answer(
          api.GET('/api/v1/customers/{customer_id}', { params: { path: { customer_id: id } } }),
        )
      ).data,
  })

export async function createCustomer(body: Schema<'CustomerIn'>, key: string): Promise<Customer> {
  const { data } = await answer(api.POST('/api/v1/customers', { body, headers: idempotent(key) }))
  await queryClient.invalidateQueries({ queryKey: ['customers', 'list'] })
  return data
}

export async function changeCustomer(
  customer: Customer,
  body: Schema<'CustomerChangeIn'>,
): Promise<Customer> {
  const call = api.PATCH('/api/v1/customers/{customer_id}', {
    params: { path: { customer_id: customer.id }, header: ifMatch(customer.version) },
    body,
  })
  return refreshed((await answer(call)).data)
}

export async function moveCustomer(id: string, body: Schema<'MoveIn'>): Promise<Customer> {
  const call = api.POST('/api/v1/customers/{customer_id}/state', {
    params: { path: { customer_id: id } },
    body,
  })
  return refreshed((await answer(call)).data)
}

async function refreshed(customer: Customer): Promise<Customer> {
  queryClient.setQueryData(customerQuery(customer.id).queryKey, customer)
  await queryClient.invalidateQueries({
    queryKey: ['customers'],
    predicate: ({ queryKey }) => queryKey[1] !== 'one',
  })
  return customer
}

export const movesQuery = (id: string) =>
  queryOptions({
    queryKey: ['customers', 'moves', id],
    queryFn: async () =>
      (
        await answer(
          api.GET('/api/v1/customers/{customer_id}/moves', {
            params: { path: { customer_id: id } },
          }),
        )
      ).data,
  })

const MOST_SUBSCRIPTIONS = 200

export const subscriptionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['subscriptions', 'of', id],
    queryFn: async () =>
      (
        await answer(
          api.GET('/api/v1/subscriptions', {
            params: { query: { customer_id: id, per_page: MOST_SUBSCRIPTIONS } },
          }),
        )
      ).data,
  })

export const listInvoices = (id: string, page: { page: number; per_page: number }) =>
  answer(api.GET('/api/v1/invoices', { params: { query: { customer_id: id, ...page } } }))

export const invoiceTotalsQuery = (id: string, status?: Schema<'InvoiceStatus'>) =>
  queryOptions({
    queryKey: ['invoices', 'totals', id, status ?? 'all'],
    queryFn: async () =>
      (
        await answer(
          api.GET('/api/v1/invoices/totals', { params: { query: { customer_id: id, status } } }),
        )
      ).data,
  })

export const contactsQuery = (id: string) =>
  queryOptions({
    queryKey: ['customers', 'contacts', id],
    queryFn: async () =>
      (
        await answer(
          api.GET('/api/v1/customers/{customer_id}/contacts', {
            params: { path: { customer_id: id } },
          }),
        )
      ).data,
  })

export const notesQuery = (id: string) =>
  queryOptions({
    queryKey: ['customers', 'notes', id],
    queryFn: async () =>
      (
        await answer(
          api.GET('/api/v1/customers/{customer_id}/notes', {
            params: { path: { customer_id: id } },
          }),
        )
      ).data,
  })

export async function writeNote(id: string, text: string, key: string): Promise<void> {
  const html = text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escaped(paragraph).replaceAll('\n', '<br>')}</p>`)
    .join('')
  const path = { customer_id: id }
  await answer(
    api.POST('/api/v1/customers/{customer_id}/notes', {
      params: { path },
      body: { html },
      headers: idempotent(key),
    }),
  )
  await queryClient.invalidateQueries({ queryKey: notesQuery(id).queryKey })
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text: string) => text.replaceAll(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign)

export const readTimeline = (id: string, cursor: string | undefined, limit?: number) =>
  answer(
    api.GET('/api/v1/customers/{customer_id}/timeline', {
      params: { path: { customer_id: id }, query: { cursor, limit } },
    }),
  )

/** Give all of them a tag. */
export async function tagCustomers(ids: string[], tag: string): Promise<void> {
  await answer(
    api.PATCH('/api/v1/customers/bulk', { body: { customer_ids: ids, add_tags: [tag] } }),
  )
  await queryClient.invalidateQueries({ queryKey: ['customers'] })
}
