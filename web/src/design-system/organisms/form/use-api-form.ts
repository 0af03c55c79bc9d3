import { useState, type BaseSyntheticEvent } from 'react'
import {
  useForm,
  type DefaultValues,
  type FieldErrors,
  type FieldValues,
  type Path,
  type UseFormReturn,
} from 'react-hook-form'
import { newKey } from '@/lib/new-key'
import { asProblem, type Problem } from '@/lib/problem'
import { filledIn, mistakes, type Rules } from '@/lib/rules'

export interface ApiForm<Values extends FieldValues> {
  form: UseFormReturn<Values>
  /** For the form's `onSubmit`. */
  submit: (event?: BaseSyntheticEvent) => Promise<void>
  /** A refusal that belongs to no field. */
  problem: Problem | null
  isBusy: boolean
  /** Whether something was typed that is not saved. */
  isDirty: boolean
}

interface ApiFormOptions<Values extends FieldValues> {
  /** The rules of the request body, from `@/api/rules`. */
  rules: Rules
  initial: DefaultValues<Values>
  /** Sends what was filled in; empty texts are null by then. `key` is the `Idempotency-Key`. */
  send: (values: Values, key: string) => Promise<unknown>
}

const CLIENT_ERRORS = 400
const SERVER_ERRORS = 500

/**
 * A form that is checked by the rules of the API before it is sent, and that shows a refusal at the
 * fields it is about. Sending it twice, by two clicks or after the line went dead, makes one thing.
 */
export function useApiForm<Values extends FieldValues>(
  options: ApiFormOptions<Values>,
): ApiForm<Values> {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key, setKey] = useState(newKey)
  const form = useForm<Values>({
    defaultValues: options.initial,
    mode: 'onTouched',
    resolver: (values) => {
      const errors = Object.fromEntries(
        [...mistakes(values, options.rules)].map(([field, message]) => [
          field,
          { type: 'rule', message },
        ]),
      )
      const isRight = Object.keys(errors).length === 0
      return isRight
        ? { values, errors: {} }
        : { values: {}, errors: nested(errors) as FieldErrors<Values> }
    },
  })
  const submit = form.handleSubmit(async (values) => {
    setProblem(null)
    try {
      await options.send(filledIn(values), key)
      setKey(newKey())
      form.reset(values)
    } catch (error) {
      const refusal = asProblem(error)
      // The server has decided: what is sent next is another request. Otherwise it may have been done.
      const isDecided = refusal.status >= CLIENT_ERRORS && refusal.status < SERVER_ERRORS
      if (isDecided) setKey(newKey())
      setProblem(showAtFields(form, refusal) ? null : refusal)
    }
  })
  const { isSubmitting, isDirty } = form.formState
  return { form, submit, problem, isBusy: isSubmitting, isDirty }
}

/** Put what a refusal says of fields at those fields; whether that was all it says. */
function showAtFields<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  problem: Problem,
): boolean {
  const shown = [...problem.fields].filter(([path]) => document.getElementsByName(path).length > 0)
  for (const [path, message] of shown) form.setError(path as Path<Values>, { type: 'api', message })
  return shown.length > 0 && shown.length === problem.fields.size
}

/** `{'address.city': x}` as `{address: {city: x}}`, which is how the form looks errors up. */
function nested(errors: Record<string, unknown>): Record<string, unknown> {
  const found: Record<string, Record<string, unknown>> = {}
  for (const [path, error] of Object.entries(errors)) {
    const [part, name] = path.split('.') as [string, string | undefined]
    if (name === undefined) found[part] = error as Record<string, unknown>
    else found[part] = { ...found[part], [name]: error }
  }
  return found
}
