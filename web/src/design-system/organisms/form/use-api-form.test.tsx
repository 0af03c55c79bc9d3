import { act, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { Button } from '../../atoms'
import { ProblemNote } from '../../molecules'
import { Problem } from '@/lib/problem'
import { TextField } from './fields'
import { useApiForm } from './use-api-form'

type Send = (values: { name: string; email: string | null }, key: string) => Promise<unknown>

function PlanForm({ send }: { send: Send }) {
  const form = useApiForm<{ name: string; email: string | null }>({
    rules: { name: { kind: 'string', required: true, maxLength: 5 } },
    initial: { name: '', email: '' },
    send,
  })
  return (
    <form onSubmit={(event) => void form.submit(event)}>
      <TextField of={form} name="name" label="Name" />
      <TextField of={form} name="email" label="E-mail" />
      {form.problem && <ProblemNote problem={form.problem} />}
      <Button type="submit">Create</Button>
    </form>
  )
}

const create = () => act(() => userEvent.click(screen.getByRole('button', { name: 'Create' })))

test('what the rules refuse is never sent', async () => {
  const send = vi.fn<Send>()
  render(<PlanForm send={send} />)

  await create()

  expect(screen.getByLabelText('Name')).toHaveAccessibleDescription('Fill this in.')
  expect(screen.getByLabelText('Name')).toBeInvalid()
  expect(send).not.toHaveBeenCalled()
})

test('a refusal of the API stands at its field', async () => {
  const fields = [{ path: 'email', message: 'This is no address.' }]
  render(
    <PlanForm
      send={() => Promise.reject(new Problem(422, 'VALIDATION_FAILED', 'Wrong.', { fields }))}
    />,
  )
  await userEvent.type(screen.getByLabelText('Name'), 'Ann')

  await create()

  expect(screen.getByLabelText('E-mail')).toHaveAccessibleDescription('This is no address.')
  expect(screen.queryByRole('alert')).toBeNull()
})

test('sent again after the line went dead it is the same request, after a refusal another', async () => {
  const keys: string[] = []
  const answers = [
    new TypeError('Failed to fetch'),
    new Problem(409, 'TAKEN', 'The name is taken.'),
    null,
  ]
  const send = vi.fn<Send>((_, key) => {
    keys.push(key)
    const answer = answers[keys.length - 1]
    return answer ? Promise.reject(answer) : Promise.resolve()
  })
  render(<PlanForm send={send} />)
  await userEvent.type(screen.getByLabelText('Name'), 'Ann')

  await create()
  expect(screen.getByRole('alert')).toHaveTextContent('The server cannot be reached.')
  await create()
  expect(screen.getByRole('alert')).toHaveTextContent('The name is taken.')
  await create()

  expect(keys[0]).toBe(keys[1])
  expect(keys[1]).not.toBe(keys[2])
  expect(send).toHaveBeenLastCalledWith({ name: 'Ann', email: null }, keys[2])
})
