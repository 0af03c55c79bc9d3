import { AddressIn, CustomerIn } from '@/api/rules'
import {
  ChoiceField,
  FieldGroup,
  Form,
  TextAreaField,
  TextField,
  useApiForm,
} from '@/design-system'
import type { Schema } from '@/lib/api'
import { under } from '@/lib/rules'
import type { Customer } from './queries'
import { choicesOf, KINDS, words } from './words'

type Address = Schema<'AddressIn'>

/** What is filled in; texts may be empty. */
export interface CustomerValues {
  name: string
  kind: Schema<'CustomerKind'>
  email: string | null
  phone: string | null
  external_id: string | null
  tax_id: string | null
  language: string | null
  notes: string
  address: { [Part in keyof Address]-?: string } | null
}

const EMPTY: CustomerValues = {
  ...{
    name: '',
    kind: 'residential',
    email: '',
    phone: '',
    external_id: '',
    tax_id: '',
    language: '',
    notes: '',
  },
  address: { line1: '', line2: '', postal_code: '', city: '', region: '', country: '' },
}

const RULES = {
  ...CustomerIn,
  name: { ...CustomerIn.name, required: true },
  ...under('address', AddressIn),
}

const valuesOf = (customer: Customer): CustomerValues => {
  const { name, kind, email, phone, external_id, tax_id, language, notes, address } = customer
  const text = (value: string | null | undefined) => value ?? ''
  return {
    ...{ name, kind, notes, email: text(email), phone: text(phone) },
    ...{ external_id: text(external_id), tax_id: text(tax_id), language: text(language) },
    address: {
      ...{
        line1: text(address?.line1),
        line2: text(address?.line2),
        postal_code: text(address?.postal_code),
      },
      ...{
        city: text(address?.city),
        region: text(address?.region),
        country: text(address?.country),
      },
    },
  }
}

interface CustomerFormProps {
  /** Who is changed; without one, somebody is made. */
  customer?: Customer
  action: string
  send: (values: CustomerValues, key: string) => Promise<unknown>
  onCancel: () => void
}

export function CustomerForm({ customer, action, send, onCancel }: CustomerFormProps) {
  const form = useApiForm<CustomerValues>({
    rules: RULES,
    initial: customer ? valuesOf(customer) : EMPTY,
    send: (values, key) => send({ ...values, notes: values.notes ?? '' }, key),
  })
  return (
    <Form of={form} action={action} onCancel={onCancel}>
      <FieldGroup>
        <TextField
          of={form}
          name="name"
          label={words.name}
          autoFocus={!customer}
          autoComplete="off"
        />
        <ChoiceField of={form} name="kind" label={words.kind} choices={choicesOf(KINDS)} />
        <TextField
          of={form}
          name="email"
          label={words.email}
          type="email"
          autoComplete="off"
          optional
        />
        <TextField
          of={form}
          name="phone"
          label={words.phone}
          type="tel"
          autoComplete="off"
          optional
        />
      </FieldGroup>
      <FieldGroup title={words.address}>
        <TextField of={form} name="address.line1" label={words.line1} autoComplete="off" />
        <TextField of={form} name="address.line2" label={words.line2} autoComplete="off" optional />
        <TextField
          of={form}
          name="address.postal_code"
          label={words.postalCode}
          autoComplete="off"
        />
        <TextField of={form} name="address.city" label={words.city} autoComplete="off" />
        <TextField
          of={form}
          name="address.region"
          label={words.region}
          autoComplete="off"
          optional
        />
        <TextField
          of={form}
          name="address.country"
          label={words.country}
          hint={words.countryHint}
          autoComplete="off"
        />
      </FieldGroup>
      <FieldGroup title={words.more}>
        <TextField of={form} name="tax_id" label={words.taxId} optional />
        <TextField
          of={form}
          name="language"
          label={words.language}
          hint={words.languageHint}
          optional
        />
        <TextField of={form} name="external_id" label={words.externalId} optional />
      </FieldGroup>
      <TextAreaField of={form} name="notes" label={words.notes} optional />
    </Form>
  )
}
