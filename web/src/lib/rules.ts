/** What may be in a field of a request: the API's own rules, so that a form says it before sending. */

export interface Rule {
  kind: string
  required?: boolean
  choices?: readonly unknown[]
  minLength?: number
  maxLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  maxItems?: number
}

/** The rules of a request body, by field; `src/api/rules.ts` has them all. */
export type Rules = Readonly<Record<string, Rule>>

const NUMBERS = new Set(['number', 'integer'])

/** What is wrong with `value`, in a sentence; undefined where nothing is. Empty is null, '' or undefined. */
export function mistake(value: unknown, rule: Rule): string | undefined {
  if (value === '' || value === null || value === undefined) {
    return rule.required ? 'Fill this in.' : undefined
  }
  if (NUMBERS.has(rule.kind)) return mistakeInNumber(value, rule)
  return typeof value === 'string' ? mistakeInText(value, rule) : undefined
}

function mistakeInText(text: string, rule: Rule): string | undefined {
  const length = [...text].length
  if (rule.maxLength !== undefined && length > rule.maxLength) {
    return `At most ${rule.maxLength} characters; these are ${length}.`
  }
  if (rule.minLength !== undefined && length < rule.minLength)
    return `At least ${rule.minLength} characters.`
  if (rule.choices && !rule.choices.includes(text)) return 'Choose one of the list.'
  if (rule.pattern && !new RegExp(rule.pattern, 'u').test(text))
    return 'This is not written as it should be.'
  return undefined
}

function mistakeInNumber(value: unknown, rule: Rule): string | undefined {
  const number = Number(value)
  if (!Number.isFinite(number)) return 'Put in a number.'
  if (rule.kind === 'integer' && !Number.isInteger(number)) return 'Put in a whole number.'
  if (rule.minimum !== undefined && number < rule.minimum) return `At least ${rule.minimum}.`
  if (rule.maximum !== undefined && number > rule.maximum) return `At most ${rule.maximum}.`
  if (rule.exclusiveMinimum !== undefined && number <= rule.exclusiveMinimum)
    return `More than ${rule.exclusiveMinimum}.`
  if (rule.exclusiveMaximum !== undefined && number >= rule.exclusiveMaximum)
    return `Less than ${rule.exclusiveMaximum}.`
  return undefined
}

/** What is wrong with `values`, by field. Of a part that is left empty as a whole nothing is required. */
export function mistakes(values: Values, rules: Rules): Map<string, string> {
  const found = new Map<string, string>()
  for (const [field, rule] of Object.entries(rules)) {
    const [part, name] = field.split('.') as [string, string | undefined]
    const inside =
      name === undefined ? values : ((filledInOne(values[part]) ?? null) as Values | null)
    const text = inside && mistake(inside[name ?? part], rule)
    if (text) found.set(field, text)
  }
  return found
}

type Values = Readonly<Record<string, unknown>>

/** `values` as the API takes them: an empty text is null, and so is a part of which nothing is filled in. */
export function filledIn<T extends Values>(values: T): T {
  const entries = Object.entries(values).map(([name, value]) => [name, filledInOne(value)])
  return Object.fromEntries(entries) as T
}

function filledInOne(value: unknown): unknown {
  if (value === '' || value === undefined) return null
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const part = filledIn(value as Values)
  return Object.values(part).every((one) => one === null) ? null : part
}

/** The rules of a part, such as an address, for fields named `address.city`. */
export function under(part: string, rules: Rules): Rules {
  return Object.fromEntries(
    Object.entries(rules).map(([field, rule]) => [`${part}.${field}`, rule]),
  )
}
