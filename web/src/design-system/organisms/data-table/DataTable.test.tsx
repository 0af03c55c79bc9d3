import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listenToKeys } from '@/lib/commands'
import type { ListView } from '@/lib/list-view'
import { Problem } from '@/lib/problem'
import { heldRows, type Rows } from '@/lib/rows'
import type { Column } from './columns'
import { DataTable } from './DataTable'

interface Plan {
  id: string
  name: string
  price: number
}

const plans: Plan[] = ['Fiber 100', 'Fiber 500', 'Voice'].map((name, place) => ({
  id: name,
  name,
  price: place,
}))
const columns: Column<Plan>[] = [
  { id: 'name', header: 'Name', sort: 'name', isFixed: true, cell: (plan) => plan.name },
  { id: 'price', header: 'Price', cell: (plan) => plan.price },
]
const opened = vi.fn()
const tagged = vi.fn()
let stop: () => void

beforeEach(() => {
  localStorage.clear()
  stop = listenToKeys()
})
afterEach(() => {
  stop()
  vi.clearAllMocks()
})

function Table({ rows = heldRows(plans), start = {} }: { rows?: Rows<Plan>; start?: ListView }) {
  const [view, setView] = useState<ListView>(start)
  const change = (changed: Record<string, string>) =>
    setView((now) =>
      Object.fromEntries(Object.entries({ ...now, ...changed }).filter(([, value]) => value)),
    )
  return (
    <>
      <output>{JSON.stringify(view)}</output>
      <DataTable
        name="plans"
        label="Plans"
        columns={columns}
        rows={rows}
        rowId={(plan) => plan.id}
        onOpen={(plan) => opened(plan.name)}
        view={view}
        onView={change}
        search="Search plans"
        bulk={[{ label: 'Add tag', run: (ids, clear) => (tagged(ids), clear()) }]}
        empty={<p>No plans yet</p>}
      />
    </>
  )
}

const view = () => screen.getByText((_, element) => element?.tagName === 'OUTPUT').textContent

test('a header sorts up, then down, then not at all', async () => {
  render(<Table />)
  const name = screen.getByRole('button', { name: 'Name' })

  const seen: (string | null)[] = []
  for (let click = 0; click < 3; click += 1) {
    await userEvent.click(name)
    seen.push(view())
  }

  expect(seen).toEqual(['{"sort":"name"}', '{"sort":"-name"}', '{}'])
})

test('the keyboard goes through the rows, selects and opens', async () => {
  render(<Table />)

  await userEvent.keyboard('jjx')
  expect(screen.getByRole('row', { name: /Fiber 500/ })).toHaveAttribute('aria-selected', 'true')
  await userEvent.keyboard('k{Enter}')

  expect(opened).toHaveBeenCalledExactlyOnceWith('Fiber 100')
})

test('what is selected is handed to the action, and given up when it is done', async () => {
  render(<Table />)
  await userEvent.click(screen.getByRole('checkbox', { name: 'Select all rows that are loaded' }))

  await userEvent.click(
    within(screen.getByRole('toolbar')).getByRole('button', { name: 'Add tag' }),
  )

  expect(tagged).toHaveBeenCalledExactlyOnceWith(['Fiber 100', 'Fiber 500', 'Voice'])
  expect(screen.queryByRole('toolbar')).toBeNull()
})

test('a column that is taken away stays away', async () => {
  const { unmount } = render(<Table />)
  await userEvent.click(screen.getByRole('button', { name: 'Choose columns' }))
  await userEvent.click(screen.getByRole('menuitemcheckbox', { name: 'Price' }))
  unmount()

  render(<Table />)

  expect(screen.queryByRole('columnheader', { name: 'Price' })).toBeNull()
  expect(screen.getByRole('columnheader', { name: 'Name' })).toBeVisible()
})

test('letters typed into the search are no commands', async () => {
  render(<Table />)

  await userEvent.type(screen.getByRole('searchbox'), 'jx{Enter}')

  expect(opened).not.toHaveBeenCalled()
  await vi.waitFor(() => expect(view()).toBe('{"q":"jx"}'))
})

test('nothing at all, nothing that matches, and a failure are three different things', () => {
  const { rerender } = render(<Table rows={heldRows<Plan>([])} />)
  expect(screen.getByText('No plans yet')).toBeVisible()

  rerender(<Table key="filtered" rows={heldRows<Plan>([])} start={{ q: 'x' }} />)
  expect(screen.getByRole('button', { name: 'Clear search and filters' })).toBeVisible()

  const busy = new Problem(503, 'DATABASE_BUSY', 'The database is busy.')
  rerender(<Table key="failed" rows={heldRows<Plan>(undefined, busy)} />)
  expect(screen.getByRole('alert')).toHaveTextContent('The database is busy.')
  expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
})
