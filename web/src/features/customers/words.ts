import type { Tone } from '@/design-system'
import type { Schema } from '@/lib/api'

/** All words of this part of the app. */
export const words = {
  customers: 'Customers',
  subtitle: 'Everybody you serve or might serve.',
  create: 'Create customer',
  edit: 'Edit',
  save: 'Save changes',
  created: (name: string) => `${name} was created`,
  saved: 'Saved',
  search: 'Search name, e-mail or number',
  name: 'Name',
  number: 'Number',
  kind: 'Kind',
  state: 'State',
  email: 'E-mail',
  phone: 'Phone',
  tags: 'Tags',
  tag: 'Tag',
  createdAt: 'Created',
  createdAfter: 'Created after',
  externalId: 'External id',
  notes: 'Notes',
  address: 'Address',
  line1: 'Street and number',
  line2: 'Floor, c/o',
  postalCode: 'Postal code',
  more: 'More about them',
  city: 'City',
  region: 'Region',
  country: 'Country',
  countryHint: 'Two letters, such as SE.',
  taxId: 'Tax number',
  companyName: 'Company',
  language: 'Language',
  languageHint: 'In which we write to them, such as sv.',
  timeZone: 'Time zone',
  since: 'Since',
  cycle: 'Cycle',
  issuedOn: 'Issued',
  dueOn: 'Due',
  total: 'Total',
  due: 'Due',
  none: 'No customers yet',
  noneHint: 'Create the first one, or import the customers of another system on the command line.',
  someSelected: { one: '# customer', other: '# customers' },
  addTag: 'Add tag',
  tagAdded: 'Tag added',
  about: 'About',
  overview: 'Overview',
  subscriptions: 'Subscriptions',
  invoices: 'Invoices',
  contacts: 'Contacts',
  timeline: 'Timeline',
  balance: 'Balance due',
  overdue: 'Overdue',
  nextBill: 'Next bill',
  activeSubscriptions: 'Active subscriptions',
  recent: 'Lately',
  all: 'All',
  noSubscriptions: 'No subscriptions',
  noInvoices: 'No invoices yet',
  noInvoicesHint: 'The first one is made by the bill run after a subscription has started.',
  noContacts: 'No contacts',
  noContactsHint: 'People to turn to at this customer, with the ways to reach them.',
  noNotes: 'No notes',
  noNotesHint: 'Notes are for the staff; the customer does not see them.',
  noTimeline: 'Nothing has happened yet',
  writeNote: 'Write a note',
  notePlaceholder: 'What should the next person know?',
  noteSaved: 'Note saved',
  pinned: 'Pinned',
  private: 'Private',
  merged: 'This customer is part of another one now.',
  goOn: 'Go on with that one',
  earlier: 'Earlier',
  move: 'Change state',
  moved: 'State changed',
  newState: 'New state',
  reason: 'Reason',
  moveNote: 'Note',
  changedMeanwhile:
    'Somebody else changed this customer meanwhile. Reload to see what is there now.',
} as const

type Kind = Schema<'CustomerKind'>
type State = Schema<'CustomerState'>

export const KINDS: Record<Kind, string> = {
  residential: 'Residential',
  business: 'Business',
  enterprise: 'Enterprise',
  government: 'Government',
  non_profit: 'Non-profit',
}

export const STATES: Record<State, { label: string; tone: Tone }> = {
  lead: { label: 'Lead', tone: 'neutral' },
  prospect: { label: 'Prospect', tone: 'info' },
  active: { label: 'Active', tone: 'good' },
  suspended: { label: 'Suspended', tone: 'warn' },
  churned: { label: 'Left', tone: 'neutral' },
}

export const INVOICE_STATES: Record<Schema<'InvoiceStatus'>, { label: string; tone: Tone }> = {
  draft: { label: 'Draft', tone: 'neutral' },
  open: { label: 'Open', tone: 'info' },
  partially_paid: { label: 'Partly paid', tone: 'info' },
  paid: { label: 'Paid', tone: 'good' },
  overdue: { label: 'Overdue', tone: 'bad' },
  uncollectible: { label: 'Uncollectible', tone: 'warn' },
  void: { label: 'Void', tone: 'neutral' },
}

export const SUBSCRIPTION_STATES: Record<
  Schema<'SubscriptionStatus'>,
  { label: string; tone: Tone }
> = {
  pending: { label: 'Pending', tone: 'neutral' },
  trialing: { label: 'On trial', tone: 'info' },
  active: { label: 'Active', tone: 'good' },
  inactive: { label: 'Inactive', tone: 'neutral' },
  paused: { label: 'Paused', tone: 'warn' },
  suspended: { label: 'Suspended', tone: 'warn' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
  expired: { label: 'Expired', tone: 'neutral' },
}

/** `too_expensive` as `Too expensive`. */
export const spoken = (code: string): string => {
  const text = code.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const choicesOf = <K extends string>(all: Record<K, string | { label: string }>) =>
  Object.entries<string | { label: string }>(all).map(([value, name]) => ({
    value,
    label: typeof name === 'string' ? name : name.label,
  }))
