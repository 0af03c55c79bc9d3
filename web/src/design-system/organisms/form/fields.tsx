import type { ComponentProps, ReactNode } from 'react'
import { get, type FieldValues, type Path } from 'react-hook-form'
import { Checkbox, Input, Select, Textarea } from '../../atoms'
import { Field } from '../../molecules'
import type { ApiForm } from './use-api-form'

interface FormFieldProps<Values extends FieldValues> {
  of: ApiForm<Values>
  name: Path<Values>
  label: string
  hint?: ReactNode
  optional?: boolean
}

function errorOf<Values extends FieldValues>(
  of: ApiForm<Values>,
  name: Path<Values>,
): string | undefined {
  const error = get(of.form.formState.errors, name) as { message?: string } | undefined
  return error?.message
}

type Own = 'form' | 'name' | 'id' | 'of'

/** A line of text; with `type`, an address, a number, a day. */
export function TextField<Values extends FieldValues>(
  props: FormFieldProps<Values> & Omit<ComponentProps<'input'>, Own>,
) {
  const { of, name, label, hint, optional, ...rest } = props
  return (
    <Field label={label} hint={hint} optional={optional} error={errorOf(of, name)}>
      <Input {...rest} {...of.form.register(name)} />
    </Field>
  )
}

/** Several lines of text. */
export function TextAreaField<Values extends FieldValues>(
  props: FormFieldProps<Values> & Omit<ComponentProps<'textarea'>, Own>,
) {
  const { of, name, label, hint, optional, ...rest } = props
  return (
    <Field label={label} hint={hint} optional={optional} error={errorOf(of, name)}>
      <Textarea {...rest} {...of.form.register(name)} />
    </Field>
  )
}

interface ChoiceProps {
  choices: readonly { value: string; label: string }[]
  /** The words for none of them; without it one has to be chosen. */
  none?: string
}

/** One of several. */
export function ChoiceField<Values extends FieldValues>(
  props: FormFieldProps<Values> & ChoiceProps,
) {
  const { of, name, label, hint, optional, choices, none } = props
  return (
    <Field label={label} hint={hint} optional={optional} error={errorOf(of, name)}>
      <Select {...of.form.register(name)}>
        {none !== undefined && <option value="">{none}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </Select>
    </Field>
  )
}

/** Yes or no. */
export function CheckField<Values extends FieldValues>({
  of,
  name,
  label,
  hint,
}: FormFieldProps<Values>) {
  return (
    <label className="flex items-start gap-2 text-sm">
      <Checkbox className="mt-0.5" {...of.form.register(name)} />
      <span>
        <span className="font-medium">{label}</span>
        {hint && <span className="block text-xs text-quiet">{hint}</span>}
      </span>
    </label>
  )
}
