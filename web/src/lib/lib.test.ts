import { describe, expect, test } from 'vitest'
import { commandFor } from './commands'
import { csv } from './csv'
import { listSearch } from './list-view'
import { meets } from './me'
import { Problem, problemOf } from './problem'
import { filledIn, mistake, mistakes, under } from './rules'

describe('rules', () => {
  const text = { kind: 'string', required: true, minLength: 2, maxLength: 4 }

  test.each([
    ['', 'Fill this in.'],
    ['a', 'At least 2 characters.'],
    ['abcde', 'At most 4 characters; these are 5.'],
    ['😀😀😀😀', undefined], // characters as people count them
  ])('of %j it says %s', (value, said) => {
    expect(mistake(value, text)).toBe(said)
  })

  test.each([
    ['x', 'Put in a number.'],
    ['1.5', 'Put in a whole number.'],
    [0, 'At least 1.'],
    ['7', undefined],
  ])('of %j as a number it says %s', (value, said) => {
    expect(mistake(value, { kind: 'integer', minimum: 1 })).toBe(said)
  })

  test('of an address that is left empty nothing is required, of one that is begun all is', () => {
    const rules = under('address', { city: text, line1: text })
    expect(mistakes({ address: { city: '', line1: '' } }, rules).size).toBe(0)
    expect([...mistakes({ address: { city: 'Oslo', line1: '' } }, rules).keys()]).toEqual([
      'address.line1',
    ])
  })

  test('what is empty is null, and so is a part that is empty', () => {
    expect(filledIn({ name: 'Ann', email: '', address: { city: '' }, tags: [] })).toEqual({
      ...{ name: 'Ann', email: null, address: null, tags: [] },
    })
  })
})

describe('rights', () => {
  const plan = { is_restricted: true, tier: 'starter', features: ['spc_charts'] }

  test.each([
    [{}, true],
    [{ permissions: ['invoices:read'] }, true],
    [{ permissions: ['invoices:read', 'invoices:issue'] }, false],
    [{ tier: 'starter' }, true],
    [{ tier: 'professional' }, false],
    [{ feature: 'spc_charts' }, true],
    [{ feature: 'multi_plant' }, false],
  ] as const)('%j: %s', (demand, isMet) => {
    expect(meets(demand, ['invoices:read'], plan)).toBe(isMet)
  })

  test('an owner holds everything, and a plan without limits contains everything', () => {
    const demand = { permissions: ['invoices:issue'], tier: 'enterprise' } as const
    expect(meets(demand, ['*'], { is_restricted: false, tier: null, features: [] })).toBe(true)
  })
})

test('cells that a spreadsheet would run are made harmless, numbers stay numbers', () => {
  expect(csv([['=1+1', 'a "b", c', -5, null]])).toBe('\'=1+1,"a ""b"", c",-5,\r\n')
})

test('an address is reduced to the texts in it', () => {
  expect(listSearch({ q: 'ann', page: 2, state: '', nested: { a: 1 } })).toEqual({
    q: 'ann',
    page: '2',
  })
})

test('the command that was registered last goes first', () => {
  const command = (id: string) => ({ id, label: id, group: '', keys: 'j', run: () => {} })
  expect(commandFor('j', [command('page'), command('dialog')])?.id).toBe('dialog')
})

describe('refusals', () => {
  test('one of ours says what is wrong with which field', async () => {
    const fields = [
      { in: 'body', path: 'address.city', code: 'missing', message: 'Field required' },
    ]
    const body = {
      error: { code: 'VALIDATION_FAILED', message: 'Some fields …', details: { fields } },
    }
    const problem = await problemOf(Response.json(body, { status: 422 }))

    expect(problem).toBeInstanceOf(Problem)
    expect(problem.fields.get('address.city')).toBe('Field required')
  })

  test('a page of a proxy is a refusal too', async () => {
    const problem = await problemOf(new Response('<h1>Bad gateway</h1>', { status: 502 }))
    expect([problem.status, problem.code]).toEqual([502, 'UNEXPECTED_ANSWER'])
  })
})
