// Written by `make client`; change the API instead.
// OpenAPI: dfde461ead19780cb15ee229a2eaf32131b3baee9b0b57411c292fdb62bdd71c
import type { Rules } from '@/lib/rules'

export const AcceptIn = {
  token: {"kind": "string", "maxLength": 200, "required": true},
  password: {"kind": "string", "maxLength": 1024, "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
} satisfies Rules

export const AccountMappingIn = {
  external_code: {"kind": "string", "minLength": 1, "maxLength": 40, "required": true},
} satisfies Rules

export const AccountRolesIn = {
  roles: {"kind": "array", "maxItems": 20, "required": true},
} satisfies Rules

export const AddIn = {
  plan_version_id: {"kind": "string"},
  items: {"kind": "array", "maxItems": 100},
} satisfies Rules

export const AddressIn = {
  line1: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  line2: {"kind": "string", "maxLength": 200},
  postal_code: {"kind": "string", "maxLength": 64},
  city: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  region: {"kind": "string", "maxLength": 200},
  country: {"kind": "string", "minLength": 2, "maxLength": 2, "required": true},
} satisfies Rules

export const AdvanceIn = {
  to: {"kind": "instant"},
  days: {"kind": "integer", "minimum": 1.0, "maximum": 731.0},
} satisfies Rules

export const AllocationIn = {
  invoice_id: {"kind": "string", "required": true},
  amount: {"kind": "number", "required": true},
} satisfies Rules

export const ApiKeyIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  scopes: {"kind": "array", "maxItems": 200, "required": true},
  expires_at: {"kind": "instant"},
  networks: {"kind": "array", "maxItems": 50},
} satisfies Rules

export const ApprovalDecisionIn = {
  note: {"kind": "string", "minLength": 1, "maxLength": 1000},
} satisfies Rules

export const ApprovalIn = {
  action: {"kind": "string", "minLength": 1, "maxLength": 100, "required": true},
  target: {"kind": "object", "required": true},
  amount: {"kind": "number", "required": true},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$", "required": true},
  reason: {"kind": "string", "minLength": 1, "maxLength": 1000, "required": true},
} satisfies Rules

export const ApprovalLimitIn = {
  amount: {"kind": "number", "required": true},
} satisfies Rules

export const AssertionIn = {
  id: {"kind": "string", "minLength": 1, "maxLength": 1400, "pattern": "^[A-Za-z0-9_-]+$", "required": true},
  rawId: {"kind": "string", "minLength": 1, "maxLength": 1400, "pattern": "^[A-Za-z0-9_-]+$", "required": true},
  type: {"kind": "string", "required": true},
  response: {"kind": "object", "required": true},
} satisfies Rules

export const AssertionResponseIn = {
  clientDataJSON: {"kind": "string", "minLength": 1, "maxLength": 8000, "pattern": "^[A-Za-z0-9_-]+$", "required": true},
  authenticatorData: {"kind": "string", "minLength": 1, "maxLength": 8000, "pattern": "^[A-Za-z0-9_-]+$", "required": true},
  signature: {"kind": "string", "minLength": 1, "maxLength": 8000, "pattern": "^[A-Za-z0-9_-]+$", "required": true},
  userHandle: {"kind": "string", "maxLength": 120, "pattern": "^[A-Za-z0-9_-]*$"},
} satisfies Rules

export const AssigneeIn = {
  user_id: {"kind": "string", "required": true},
} satisfies Rules

export const AttestationResponseIn = {
  clientDataJSON: {"kind": "string", "minLength": 1, "maxLength": 8000, "pattern": "^[A-Za-z0-9_-]+$", "required": true},
  attestationObject: {"kind": "string", "minLength": 1, "maxLength": 40000, "pattern": "^[A-Za-z0-9_-]+$", "required": true},
  transports: {"kind": "array", "maxItems": 20},
} satisfies Rules

export const BeginTotpIn = {
  password: {"kind": "string", "maxLength": 1024, "required": true},
} satisfies Rules

export const BillRunIn = {
  through: {"kind": "day", "required": true},
  historical: {"kind": "boolean"},
} satisfies Rules

export const BillingCustomerIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  company_name: {"kind": "string", "minLength": 1, "maxLength": 200},
  email: {"kind": "string", "minLength": 3, "maxLength": 320},
  phone: {"kind": "string", "minLength": 1, "maxLength": 40},
  time_zone: {"kind": "string", "minLength": 1, "maxLength": 64},
  country: {"kind": "string", "pattern": "^[A-Z]{2}$"},
  payment_terms_days: {"kind": "integer", "minimum": 0.0, "maximum": 365.0},
  due_rule: {"kind": "string", "choices": ["net", "end_of_month", "month_after_net", "day_of_next_month", "on_receipt"]},
  street: {"kind": "string", "minLength": 1, "maxLength": 200},
  postal_code: {"kind": "string", "minLength": 1, "maxLength": 20},
  city: {"kind": "string", "minLength": 1, "maxLength": 200},
  region: {"kind": "string", "pattern": "^[A-Z0-9]{1,3}$"},
  tax_id: {"kind": "string", "minLength": 2, "maxLength": 40},
  is_business: {"kind": "boolean"},
} satisfies Rules

export const BrandingChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  primary_colour: {"kind": "string", "maxLength": 7},
  accent_colour: {"kind": "string", "maxLength": 7},
  email_footer: {"kind": "string", "maxLength": 2000},
  texts: {"kind": "object"},
} satisfies Rules

export const BulkEditIn = {
  customer_ids: {"kind": "array", "maxItems": 10000},
  filter: {"kind": "object"},
  segment_id: {"kind": "string"},
  add_tags: {"kind": "array", "maxItems": 50},
  remove_tags: {"kind": "array", "maxItems": 50},
  assignee_id: {"kind": "string"},
  fields: {"kind": "object"},
  move: {"kind": "object"},
  dry_run: {"kind": "boolean"},
} satisfies Rules

export const BuyerIn = {
  country: {"kind": "string", "pattern": "^[A-Z]{2}$"},
  region: {"kind": "string", "minLength": 1, "maxLength": 64},
  postal_code: {"kind": "string", "minLength": 1, "maxLength": 64},
  is_business: {"kind": "boolean"},
  has_valid_tax_id: {"kind": "boolean"},
} satisfies Rules

export const CalculateLineIn = {
  amount: {"kind": "number", "required": true},
  tax_code: {"kind": "string", "minLength": 1, "maxLength": 64},
  includes_tax: {"kind": "boolean"},
} satisfies Rules

export const CalculateTaxIn = {
  customer_id: {"kind": "string"},
  address: {"kind": "object"},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
  on: {"kind": "day"},
  lines: {"kind": "array", "maxItems": 200, "required": true},
} satisfies Rules

export const CancelIn = {
  at: {"kind": "string", "choices": ["now", "period_end", "date"]},
  on: {"kind": "day"},
  refund: {"kind": "string", "choices": ["none", "prorated", "full"]},
  termination_fee: {"kind": "string", "choices": ["full", "prorated", "none"]},
  reason: {"kind": "string", "minLength": 1, "maxLength": 500},
  access_until: {"kind": "day"},
  invoicing: {"kind": "string", "choices": ["now", "next_invoice"]},
} satisfies Rules

export const ChangeIn = {
  at: {"kind": "string", "choices": ["now", "period_end", "date"]},
  on: {"kind": "day"},
  behaviour: {"kind": "string", "choices": ["now_with_credit", "now_without_credit", "at_renewal", "restart_cycle"]},
  invoicing: {"kind": "string", "choices": ["now", "next_invoice"]},
  plan_id: {"kind": "string"},
  plan_version_id: {"kind": "string"},
  items: {"kind": "array", "maxItems": 100},
  set: {"kind": "array", "maxItems": 100},
  add: {"kind": "array", "maxItems": 100},
  remove: {"kind": "array", "maxItems": 100},
} satisfies Rules

export const ChartAccountIn = {
  code: {"kind": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$", "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 100, "required": true},
  kind: {"kind": "string", "choices": ["asset", "liability", "income", "expense"], "required": true},
  external_code: {"kind": "string", "minLength": 1, "maxLength": 40},
} satisfies Rules

export const ClientLinkIn = {
  customer_id: {"kind": "string", "required": true},
} satisfies Rules

export const CloseIn = {
  confirmation: {"kind": "string", "maxLength": 100, "required": true},
  note: {"kind": "string", "maxLength": 1000},
} satisfies Rules

export const CodeIn = {
  code: {"kind": "string", "pattern": "^[0-9]{6}$", "required": true},
} satisfies Rules

export const ComponentIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  kind: {"kind": "string", "choices": ["recurring", "one_time", "usage"]},
  model: {"kind": "string", "choices": ["flat", "per_unit", "graduated", "volume", "stairstep", "package", "percentage", "graduated_percentage", "dynamic", "prepaid", "time_of_use", "custom"]},
  tax_code: {"kind": "string", "minLength": 1, "maxLength": 64},
  cycle: {"kind": "string", "choices": ["weekly", "monthly", "quarterly", "semi_annually", "annually", "one_time"]},
  timing: {"kind": "string", "choices": ["advance", "arrears"]},
  meter: {"kind": "string", "minLength": 1, "maxLength": 64},
  filters: {"kind": "object"},
  group_by: {"kind": "array", "maxItems": 10},
  phases: {"kind": "array", "maxItems": 20},
  is_prorated: {"kind": "boolean"},
  includes_tax: {"kind": "boolean"},
  code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  unit_price: {"kind": "number"},
  prices: {"kind": "object"},
} satisfies Rules

export const ConsentIn = {
  topic: {"kind": "string", "choices": ["billing", "service", "technical", "marketing", "emergency"]},
  channel: {"kind": "string", "choices": ["email", "sms", "phone", "mail", "push"], "required": true},
  decision: {"kind": "string", "choices": ["given", "withdrawn"], "required": true},
  method: {"kind": "string", "choices": ["explicit_opt_in", "double_opt_in", "written", "verbal", "contract", "imported", "preference_page", "unsubscribe_link", "customer_request"], "required": true},
  text_version: {"kind": "string", "maxLength": 200},
  wording: {"kind": "string", "maxLength": 10000},
  source_address: {"kind": "string", "maxLength": 64},
  note: {"kind": "string", "maxLength": 2000},
} satisfies Rules

export const ContactChangeIn = {
  given_name: {"kind": "string", "minLength": 1, "maxLength": 200},
  family_name: {"kind": "string", "minLength": 1, "maxLength": 200},
  roles: {"kind": "array", "maxItems": 6},
  department: {"kind": "string", "maxLength": 200},
  position: {"kind": "string", "maxLength": 200},
  can_authorize_changes: {"kind": "boolean"},
  is_active: {"kind": "boolean"},
} satisfies Rules

export const ContactIn = {
  given_name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  family_name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  roles: {"kind": "array", "maxItems": 6},
  department: {"kind": "string", "maxLength": 200},
  position: {"kind": "string", "maxLength": 200},
  can_authorize_changes: {"kind": "boolean"},
  is_active: {"kind": "boolean"},
  methods: {"kind": "array", "maxItems": 50},
} satisfies Rules

export const ContactMethodChangeIn = {
  value: {"kind": "string", "minLength": 1, "maxLength": 200},
  label: {"kind": "string", "maxLength": 200},
} satisfies Rules

export const ContactMethodIn = {
  kind: {"kind": "string", "choices": ["email", "phone", "mobile", "fax", "social", "other"], "required": true},
  value: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  label: {"kind": "string", "maxLength": 200},
  is_primary: {"kind": "boolean"},
  contact_id: {"kind": "string"},
} satisfies Rules

export const ConvertedPaymentIn = {
  customer_id: {"kind": "string", "required": true},
  amount: {"kind": "number", "required": true},
  received_on: {"kind": "day", "required": true},
  method: {"kind": "string", "minLength": 1, "maxLength": 200},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
  reference: {"kind": "string", "minLength": 1, "maxLength": 200},
  external_id: {"kind": "string", "minLength": 1, "maxLength": 200},
  allocations: {"kind": "array", "maxItems": 200},
  paid_currency: {"kind": "string", "pattern": "^[A-Z]{3}$", "required": true},
  arrived: {"kind": "number"},
} satisfies Rules

export const CoordinatesIn = {
  latitude: {"kind": "number", "minimum": -90.0, "maximum": 90.0, "required": true},
  longitude: {"kind": "number", "minimum": -180.0, "maximum": 180.0, "required": true},
} satisfies Rules

export const CorrectionIn = {
  void: {"kind": "boolean"},
  value: {"kind": "number"},
  member: {"kind": "string", "minLength": 1, "maxLength": 200},
  price: {"kind": "number"},
  reason: {"kind": "string", "maxLength": 500},
} satisfies Rules

export const CouponChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  closes_on: {"kind": "day"},
  most_redemptions: {"kind": "integer", "minimum": 1.0, "maximum": 2000000000.0},
  most_per_customer: {"kind": "integer", "minimum": 1.0, "maximum": 2000000000.0},
} satisfies Rules

export const CouponIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 40, "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  kind: {"kind": "string", "choices": ["percent", "fixed", "volume"]},
  percent_off: {"kind": "number"},
  amounts: {"kind": "object"},
  tiers: {"kind": "array", "maxItems": 50},
  duration: {"kind": "string", "choices": ["once", "repeating", "forever"]},
  periods: {"kind": "integer", "minimum": 1.0, "maximum": 1200.0},
  carries_over: {"kind": "boolean"},
  priority: {"kind": "integer", "minimum": -1000.0, "maximum": 1000.0},
  plan_ids: {"kind": "array", "maxItems": 100},
  component_codes: {"kind": "array", "maxItems": 100},
  currencies: {"kind": "array", "maxItems": 50},
  minimums: {"kind": "object"},
  opens_on: {"kind": "day"},
  closes_on: {"kind": "day"},
  ends_on: {"kind": "day"},
  most_redemptions: {"kind": "integer", "minimum": 1.0, "maximum": 2000000000.0},
  most_per_customer: {"kind": "integer", "minimum": 1.0, "maximum": 2000000000.0},
  first_time_only: {"kind": "boolean"},
} satisfies Rules

export const CouponPreviewIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 40, "required": true},
  plan_id: {"kind": "string", "required": true},
  plan_version_id: {"kind": "string"},
  items: {"kind": "array", "maxItems": 100},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
} satisfies Rules

export const CreditNoteIn = {
  invoice_id: {"kind": "string", "required": true},
  reason: {"kind": "string", "choices": ["billing_error", "cancelled_service", "unsatisfactory_service", "service_outage", "returned_goods", "goodwill", "price_reduction", "duplicate", "tax_correction", "other"]},
  lines: {"kind": "array", "maxItems": 500},
  amount: {"kind": "number"},
  memo: {"kind": "string", "minLength": 1, "maxLength": 1000},
  remainder: {"kind": "string", "choices": ["credit", "refund"]},
  issued_on: {"kind": "day"},
  approval_id: {"kind": "string"},
} satisfies Rules

export const CustomFieldChangeIn = {
  label: {"kind": "string", "minLength": 1, "maxLength": 200},
  type: {"kind": "string", "choices": ["text", "number", "integer", "boolean", "date", "choice", "choices", "url", "email"]},
  help: {"kind": "string", "maxLength": 1000},
  is_required: {"kind": "boolean"},
  options: {"kind": "array", "maxItems": 200},
  pattern: {"kind": "string", "minLength": 1, "maxLength": 500},
  minimum: {"kind": "string", "maxLength": 40},
  maximum: {"kind": "string", "maxLength": 40},
  default: {"kind": "object"},
  is_searchable: {"kind": "boolean"},
  is_portal_visible: {"kind": "boolean"},
} satisfies Rules

export const CustomFieldIn = {
  entity: {"kind": "string", "minLength": 1, "maxLength": 63, "required": true},
  key: {"kind": "string", "minLength": 1, "maxLength": 63, "required": true},
  label: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  type: {"kind": "string", "choices": ["text", "number", "integer", "boolean", "date", "choice", "choices", "url", "email"], "required": true},
  help: {"kind": "string", "maxLength": 1000},
  is_required: {"kind": "boolean"},
  options: {"kind": "array", "maxItems": 200},
  pattern: {"kind": "string", "minLength": 1, "maxLength": 500},
  minimum: {"kind": "string", "maxLength": 40},
  maximum: {"kind": "string", "maxLength": 40},
  default: {"kind": "object"},
  is_searchable: {"kind": "boolean"},
  is_portal_visible: {"kind": "boolean"},
} satisfies Rules

export const CustomerAddressChangeIn = {
  line1: {"kind": "string", "minLength": 1, "maxLength": 200},
  line2: {"kind": "string", "maxLength": 200},
  postal_code: {"kind": "string", "maxLength": 64},
  city: {"kind": "string", "maxLength": 200},
  region: {"kind": "string", "maxLength": 200},
  country: {"kind": "string", "minLength": 2, "maxLength": 2},
  label: {"kind": "string", "maxLength": 200},
  coordinates: {"kind": "object"},
} satisfies Rules

export const CustomerAddressIn = {
  kind: {"kind": "string", "choices": ["billing", "service", "mailing", "legal", "installation", "other"], "required": true},
  line1: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  line2: {"kind": "string", "maxLength": 200},
  postal_code: {"kind": "string", "maxLength": 64},
  city: {"kind": "string", "maxLength": 200},
  region: {"kind": "string", "maxLength": 200},
  country: {"kind": "string", "minLength": 2, "maxLength": 2, "required": true},
  label: {"kind": "string", "maxLength": 200},
  is_primary: {"kind": "boolean"},
  coordinates: {"kind": "object"},
} satisfies Rules

export const CustomerChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  kind: {"kind": "string", "choices": ["residential", "business", "enterprise", "government", "non_profit"]},
  email: {"kind": "string", "maxLength": 254},
  phone: {"kind": "string", "maxLength": 64},
  tags: {"kind": "array", "maxItems": 50},
  external_id: {"kind": "string", "maxLength": 200},
  notes: {"kind": "string", "maxLength": 10000},
  time_zone: {"kind": "string", "maxLength": 64},
  address: {"kind": "object"},
  given_name: {"kind": "string", "maxLength": 200},
  family_name: {"kind": "string", "maxLength": 200},
  company_name: {"kind": "string", "maxLength": 200},
  tax_id: {"kind": "string", "maxLength": 64},
  registration_number: {"kind": "string", "maxLength": 64},
  language: {"kind": "string", "maxLength": 12},
  custom_fields: {"kind": "object"},
} satisfies Rules

export const CustomerIn = {
  name: {"kind": "string", "maxLength": 200},
  number: {"kind": "string", "minLength": 1, "maxLength": 64},
  kind: {"kind": "string", "choices": ["residential", "business", "enterprise", "government", "non_profit"]},
  email: {"kind": "string", "maxLength": 254},
  phone: {"kind": "string", "maxLength": 64},
  state: {"kind": "string", "choices": ["lead", "prospect", "active", "suspended", "churned"]},
  state_reason: {"kind": "string", "choices": ["qualified", "unqualified", "signed", "lost", "duplicate", "non_payment", "customer_request", "fraud", "abuse", "paid", "resolved", "moved_away", "too_expensive", "dissatisfied", "competitor", "deceased", "business_closed", "other", "won_back", "mistake"]},
  tags: {"kind": "array", "maxItems": 50},
  external_id: {"kind": "string", "maxLength": 200},
  notes: {"kind": "string", "maxLength": 10000},
  currency: {"kind": "string", "minLength": 3, "maxLength": 3},
  time_zone: {"kind": "string", "maxLength": 64},
  address: {"kind": "object"},
  given_name: {"kind": "string", "maxLength": 200},
  family_name: {"kind": "string", "maxLength": 200},
  company_name: {"kind": "string", "maxLength": 200},
  tax_id: {"kind": "string", "maxLength": 64},
  registration_number: {"kind": "string", "maxLength": 64},
  language: {"kind": "string", "maxLength": 12},
  parent_id: {"kind": "string"},
  level: {"kind": "string", "choices": ["account", "sub_account", "site"]},
  custom_fields: {"kind": "object"},
} satisfies Rules

export const CustomerTaskChangeIn = {
  title: {"kind": "string", "minLength": 1, "maxLength": 200},
  details: {"kind": "string", "maxLength": 5000},
  state: {"kind": "string", "choices": ["open", "done", "cancelled"]},
  due_on: {"kind": "day"},
  remind_on: {"kind": "day"},
  assignee_id: {"kind": "string"},
} satisfies Rules

export const CustomerTaskIn = {
  title: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  details: {"kind": "string", "maxLength": 5000},
  due_on: {"kind": "day"},
  remind_on: {"kind": "day"},
  assignee_id: {"kind": "string"},
} satisfies Rules

export const CustomersIn = {
  customers: {"kind": "array", "maxItems": 1000, "required": true},
} satisfies Rules

export const DataRequestIn = {
  customer_id: {"kind": "string", "required": true},
  kind: {"kind": "string", "choices": ["access", "erasure"], "required": true},
  received_on: {"kind": "day"},
} satisfies Rules

export const DataRequestRefusalIn = {
  ground: {"kind": "string", "minLength": 3, "maxLength": 500, "required": true},
} satisfies Rules

export const DebitNoteIn = {
  invoice_id: {"kind": "string", "required": true},
  lines: {"kind": "array", "maxItems": 200, "required": true},
  issued_on: {"kind": "day"},
  due_on: {"kind": "day"},
} satisfies Rules

export const DeviceNameIn = {
  device_name: {"kind": "string", "minLength": 1, "maxLength": 100, "required": true},
} satisfies Rules

export const DocumentChangeIn = {
  title: {"kind": "string", "maxLength": 200},
  number: {"kind": "string", "maxLength": 100},
  issued_on: {"kind": "day"},
  expires_on: {"kind": "day"},
  is_private: {"kind": "boolean"},
  is_shared: {"kind": "boolean"},
} satisfies Rules

export const DocumentSettingsIn = {
  max_bytes: {"kind": "integer", "minimum": 1024.0, "maximum": 1000000000.0},
  media_types: {"kind": "array"},
  portal_uploads: {"kind": "boolean"},
} satisfies Rules

export const DomainIn = {
  name: {"kind": "string", "minLength": 3, "maxLength": 253, "required": true},
} satisfies Rules

export const DraftCopyIn = {
  invoice_id: {"kind": "string", "required": true},
} satisfies Rules

export const EmailIn = {
  email: {"kind": "string", "minLength": 3, "maxLength": 254, "required": true},
  password: {"kind": "string", "maxLength": 1024, "required": true},
} satisfies Rules

export const EquipmentChangeIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 40, "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]*$"},
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  location: {"kind": "string", "maxLength": 200},
  is_active: {"kind": "boolean"},
} satisfies Rules

export const EquipmentIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 40, "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]*$", "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  location: {"kind": "string", "maxLength": 200},
  is_active: {"kind": "boolean"},
} satisfies Rules

export const EraseIn = {
  confirmation: {"kind": "string", "maxLength": 100, "required": true},
} satisfies Rules

export const ExchangeRateIn = {
  from_currency: {"kind": "string", "pattern": "^[A-Z]{3}$", "required": true},
  to_currency: {"kind": "string", "pattern": "^[A-Z]{3}$", "required": true},
  rate: {"kind": "number", "required": true},
  valid_from: {"kind": "day", "required": true},
  valid_until: {"kind": "day"},
  source: {"kind": "string", "minLength": 1, "maxLength": 200},
} satisfies Rules

export const FactorCodeIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
} satisfies Rules

export const FeaturesIn = {
  features: {"kind": "object", "required": true},
} satisfies Rules

export const FieldOrderIn = {
  entity: {"kind": "string", "minLength": 1, "maxLength": 63, "required": true},
  field_ids: {"kind": "array", "maxItems": 200, "required": true},
} satisfies Rules

export const FieldsIn = {
  kind: {"kind": "string", "choices": ["residential", "business", "enterprise", "government", "non_profit"]},
  language: {"kind": "string", "maxLength": 12},
  time_zone: {"kind": "string", "maxLength": 64},
  custom_fields: {"kind": "object"},
} satisfies Rules

export const FileLinkIn = {
  serial: {"kind": "integer", "minimum": 1.0},
} satisfies Rules

export const FinishIn = {
  code: {"kind": "string", "maxLength": 200, "required": true},
  device_token: {"kind": "string", "maxLength": 200},
} satisfies Rules

export const ForgottenIn = {
  email: {"kind": "string", "minLength": 1, "maxLength": 320, "required": true},
  tenant: {"kind": "string", "maxLength": 63},
} satisfies Rules

export const GrantIn = {
  amount: {"kind": "number", "required": true},
  expires_on: {"kind": "day"},
  priority: {"kind": "integer", "minimum": -1000.0, "maximum": 1000.0},
  note: {"kind": "string", "minLength": 1, "maxLength": 500},
  approval_id: {"kind": "string"},
} satisfies Rules

export const HandOverIn = {
  from_user_id: {"kind": "string", "required": true},
  to_user_id: {"kind": "string"},
} satisfies Rules

export const IdentityConfirmationIn = {
  how: {"kind": "string", "minLength": 3, "maxLength": 200, "required": true},
} satisfies Rules

export const ImpersonationIn = {
  tenant: {"kind": "string", "maxLength": 63, "required": true},
  email: {"kind": "string", "minLength": 3, "maxLength": 254, "required": true},
  reason: {"kind": "string", "minLength": 5, "maxLength": 500, "required": true},
  minutes: {"kind": "integer", "minimum": 1.0, "maximum": 60.0},
} satisfies Rules

export const ImportMappingIn = {
  mapping: {"kind": "object", "required": true},
  mode: {"kind": "string", "choices": ["create", "update", "upsert"]},
} satisfies Rules

export const ImportUndoIn = {
  leave_changed: {"kind": "boolean"},
} satisfies Rules

export const InvitationIn = {
  email: {"kind": "string", "minLength": 3, "maxLength": 254, "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  roles: {"kind": "array", "maxItems": 20, "required": true},
  locale: {"kind": "string", "minLength": 2, "maxLength": 12},
} satisfies Rules

export const InvoiceDraftIn = {
  customer_id: {"kind": "string", "required": true},
  lines: {"kind": "array", "maxItems": 200},
  issued_on: {"kind": "day"},
  due_on: {"kind": "day"},
  memo: {"kind": "string", "minLength": 1, "maxLength": 1000},
} satisfies Rules

export const InvoiceIn = {
  customer_id: {"kind": "string", "required": true},
  lines: {"kind": "array", "maxItems": 200, "required": true},
  issued_on: {"kind": "day"},
  due_on: {"kind": "day"},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
} satisfies Rules

export const ItemIn = {
  component: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  quantity: {"kind": "number"},
  agreed_price: {"kind": "number"},
  description: {"kind": "string", "minLength": 1, "maxLength": 200},
  starts_on: {"kind": "day"},
  ends_on: {"kind": "day"},
} satisfies Rules

export const LateFeeRuleIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  kind: {"kind": "string", "choices": ["fixed", "percent", "monthly_interest"], "required": true},
  description: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  grace_days: {"kind": "integer", "minimum": 0.0, "maximum": 365.0},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
  amount: {"kind": "number"},
  rate: {"kind": "number"},
  minimum_due: {"kind": "number"},
  cap: {"kind": "number"},
  tax_code: {"kind": "string", "minLength": 1, "maxLength": 64},
} satisfies Rules

export const LeavingRuleIn = {
  to: {"kind": "string", "minLength": 1, "maxLength": 80},
  direction: {"kind": "string", "choices": ["up", "down", "sideways"]},
  behaviour: {"kind": "string", "choices": ["now_with_credit", "now_without_credit", "at_renewal", "restart_cycle"], "required": true},
} satisfies Rules

export const LineCreditIn = {
  line_id: {"kind": "string", "required": true},
  quantity: {"kind": "number"},
  amount: {"kind": "number"},
} satisfies Rules

export const LineDebitIn = {
  line_id: {"kind": "string", "required": true},
  unit_price: {"kind": "number", "required": true},
  quantity: {"kind": "number"},
  description: {"kind": "string", "minLength": 1, "maxLength": 500},
} satisfies Rules

export const LineIn = {
  description: {"kind": "string", "minLength": 1, "maxLength": 500, "required": true},
  quantity: {"kind": "number"},
  unit_price: {"kind": "number", "required": true},
  tax_code: {"kind": "string", "minLength": 1, "maxLength": 64},
  includes_tax: {"kind": "boolean"},
} satisfies Rules

export const LinkIdentityIn = {
  provider_id: {"kind": "string", "required": true},
  password: {"kind": "string", "maxLength": 1024},
  return_to: {"kind": "string", "maxLength": 500},
} satisfies Rules

export const MembersIn = {
  customer_ids: {"kind": "array", "maxItems": 10000, "required": true},
} satisfies Rules

export const MergeIn = {
  merged_id: {"kind": "string", "required": true},
  take: {"kind": "array", "maxItems": 100},
} satisfies Rules

export const MeterIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  aggregation: {"kind": "string", "choices": ["count", "sum", "max", "unique_count", "latest", "average", "weighted_sum"], "required": true},
  weighting: {"kind": "string", "choices": ["period", "hour", "day"]},
  value_property: {"kind": "string", "minLength": 1, "maxLength": 64},
  price_property: {"kind": "string", "minLength": 1, "maxLength": 64},
  filters: {"kind": "object"},
  dimensions: {"kind": "array", "maxItems": 10},
  late_policy: {"kind": "string", "choices": ["into_draft", "next_invoice", "refuse"]},
  back_dating_days: {"kind": "integer", "minimum": 1.0, "maximum": 366.0},
} satisfies Rules

export const MethodIn = {
  kind: {"kind": "string", "choices": ["email", "phone", "mobile", "fax", "social", "other"], "required": true},
  value: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  label: {"kind": "string", "maxLength": 200},
  is_primary: {"kind": "boolean"},
} satisfies Rules

export const MoveIn = {
  state: {"kind": "string", "choices": ["lead", "prospect", "active", "suspended", "churned"], "required": true},
  reason: {"kind": "string", "choices": ["qualified", "unqualified", "signed", "lost", "duplicate", "non_payment", "customer_request", "fraud", "abuse", "paid", "resolved", "moved_away", "too_expensive", "dissatisfied", "competitor", "deceased", "business_closed", "other", "won_back", "mistake"], "required": true},
  note: {"kind": "string", "maxLength": 1000},
} satisfies Rules

export const NamedCorrectionIn = {
  void: {"kind": "boolean"},
  value: {"kind": "number"},
  member: {"kind": "string", "minLength": 1, "maxLength": 200},
  price: {"kind": "number"},
  reason: {"kind": "string", "maxLength": 500},
  event_id: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
} satisfies Rules

export const NewCredentialIn = {
  id: {"kind": "string", "minLength": 1, "maxLength": 1400, "pattern": "^[A-Za-z0-9_-]+$", "required": true},
  rawId: {"kind": "string", "minLength": 1, "maxLength": 1400, "pattern": "^[A-Za-z0-9_-]+$", "required": true},
  type: {"kind": "string", "required": true},
  response: {"kind": "object", "required": true},
} satisfies Rules

export const NewTemplateIn = {
  is_default: {"kind": "boolean"},
  locale: {"kind": "string", "maxLength": 20, "pattern": "^[a-z]{2,3}(_[A-Za-z0-9]{2,8})*$"},
  paper: {"kind": "string", "choices": ["A4", "letter"]},
  accent: {"kind": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
  header: {"kind": "string", "maxLength": 2000},
  footer: {"kind": "string", "maxLength": 2000},
  terms: {"kind": "string", "maxLength": 2000},
  html: {"kind": "string", "maxLength": 100000},
  shows_payment_code: {"kind": "boolean"},
  shows_explanations: {"kind": "boolean"},
  code: {"kind": "string", "pattern": "^[A-Za-z0-9_.-]{1,60}$", "required": true},
} satisfies Rules

export const NextNumberIn = {
  next_number: {"kind": "integer", "minimum": 1.0, "maximum": 1000000000000000.0, "required": true},
  year: {"kind": "integer", "minimum": 2000.0, "maximum": 9999.0},
} satisfies Rules

export const NoteChangeIn = {
  html: {"kind": "string", "minLength": 1, "maxLength": 50000},
  is_pinned: {"kind": "boolean"},
  is_private: {"kind": "boolean"},
  mentions: {"kind": "array", "maxItems": 20},
} satisfies Rules

export const NoteIn = {
  html: {"kind": "string", "minLength": 1, "maxLength": 50000, "required": true},
  is_pinned: {"kind": "boolean"},
  is_private: {"kind": "boolean"},
  mentions: {"kind": "array", "maxItems": 20},
} satisfies Rules

export const NoticeIn = {
  topic: {"kind": "string", "choices": ["billing", "service", "technical", "marketing", "emergency"], "required": true},
  channel: {"kind": "string", "choices": ["email", "sms", "phone", "mail", "push"]},
  subject: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  text: {"kind": "string", "minLength": 1, "maxLength": 20000, "required": true},
} satisfies Rules

export const OverrideIn = {
  value: {"kind": "boolean", "required": true},
  reason: {"kind": "string", "minLength": 1, "maxLength": 500, "required": true},
  ends_on: {"kind": "day"},
} satisfies Rules

export const OwnAddressChangeIn = {
  line1: {"kind": "string", "minLength": 1, "maxLength": 200},
  line2: {"kind": "string", "maxLength": 200},
  postal_code: {"kind": "string", "maxLength": 64},
  city: {"kind": "string", "maxLength": 200},
  region: {"kind": "string", "maxLength": 200},
  country: {"kind": "string", "minLength": 2, "maxLength": 2},
  label: {"kind": "string", "maxLength": 200},
} satisfies Rules

export const OwnAddressIn = {
  kind: {"kind": "string", "choices": ["billing", "service", "mailing", "legal", "installation", "other"], "required": true},
  line1: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  line2: {"kind": "string", "maxLength": 200},
  postal_code: {"kind": "string", "maxLength": 64},
  city: {"kind": "string", "maxLength": 200},
  region: {"kind": "string", "maxLength": 200},
  country: {"kind": "string", "minLength": 2, "maxLength": 2, "required": true},
  label: {"kind": "string", "maxLength": 200},
  is_primary: {"kind": "boolean"},
} satisfies Rules

export const OwnConsentIn = {
  topic: {"kind": "string", "choices": ["billing", "service", "technical", "marketing", "emergency"]},
  channel: {"kind": "string", "choices": ["email", "sms", "phone", "mail", "push"], "required": true},
  decision: {"kind": "string", "choices": ["given", "withdrawn"], "required": true},
  text_version: {"kind": "string", "maxLength": 200},
  wording: {"kind": "string", "maxLength": 10000},
} satisfies Rules

export const OwnDataRequestIn = {
  kind: {"kind": "string", "choices": ["access", "erasure"], "required": true},
} satisfies Rules

export const OwnProfileIn = {
  email: {"kind": "string", "maxLength": 254},
  phone: {"kind": "string", "maxLength": 64},
  time_zone: {"kind": "string", "maxLength": 64},
  address: {"kind": "object"},
} satisfies Rules

export const ParentIn = {
  parent_id: {"kind": "string"},
  level: {"kind": "string", "choices": ["account", "sub_account", "site"]},
  parent_pays: {"kind": "boolean"},
} satisfies Rules

export const PasskeyIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 60, "required": true},
  credential: {"kind": "object", "required": true},
} satisfies Rules

export const PasskeyNameIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 60, "required": true},
} satisfies Rules

export const PasskeySignInIn = {
  credential: {"kind": "object", "required": true},
} satisfies Rules

export const PasskeyStepIn = {
  challenge: {"kind": "string", "maxLength": 200, "required": true},
} satisfies Rules

export const PasswordAgainIn = {
  password: {"kind": "string", "maxLength": 1024, "required": true},
} satisfies Rules

export const PasswordChangeIn = {
  current_password: {"kind": "string", "maxLength": 1024, "required": true},
  new_password: {"kind": "string", "maxLength": 1024, "required": true},
} satisfies Rules

export const PasswordIn = {
  password: {"kind": "string", "maxLength": 1024, "required": true},
} satisfies Rules

export const PauseIn = {
  at: {"kind": "string", "choices": ["now", "period_end", "date"]},
  on: {"kind": "day"},
  resume_on: {"kind": "day"},
  with_credit: {"kind": "boolean"},
  invoicing: {"kind": "string", "choices": ["now", "next_invoice"]},
} satisfies Rules

export const PayerIn = {
  parent_id: {"kind": "string"},
  consolidate: {"kind": "boolean"},
} satisfies Rules

export const PaymentIn = {
  customer_id: {"kind": "string", "required": true},
  amount: {"kind": "number", "required": true},
  received_on: {"kind": "day", "required": true},
  method: {"kind": "string", "minLength": 1, "maxLength": 200},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
  reference: {"kind": "string", "minLength": 1, "maxLength": 200},
  external_id: {"kind": "string", "minLength": 1, "maxLength": 200},
  allocations: {"kind": "array", "maxItems": 200},
} satisfies Rules

export const PaymentMethodIn = {
  has_payment_method: {"kind": "boolean", "required": true},
} satisfies Rules

export const PeppolParticipantIn = {
  scheme: {"kind": "string", "pattern": "^[0-9]{4}$", "required": true},
  identifier: {"kind": "string", "minLength": 1, "maxLength": 150, "required": true},
  buyer_reference: {"kind": "string", "minLength": 1, "maxLength": 200},
} satisfies Rules

export const PeppolQueueIn = {
  document_id: {"kind": "string", "required": true},
} satisfies Rules

export const PeppolSenderIn = {
  account: {"kind": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$", "required": true},
  scheme: {"kind": "string", "pattern": "^[0-9]{4}$"},
  identifier: {"kind": "string", "minLength": 1, "maxLength": 150},
} satisfies Rules

export const PhaseIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  kind: {"kind": "string", "choices": ["trial", "discount", "fixed_term", "evergreen"], "required": true},
  length: {"kind": "integer", "minimum": 1.0, "maximum": 1200.0},
  unit: {"kind": "string", "choices": ["days", "weeks", "months", "years"]},
  percent_off: {"kind": "number"},
  requires_payment_method: {"kind": "boolean"},
  without_payment_method: {"kind": "string", "choices": ["cancel", "pause"]},
} satisfies Rules

export const PlaceIn = {
  latitude: {"kind": "object"},
  longitude: {"kind": "object"},
  address_id: {"kind": "string"},
} satisfies Rules

export const PlacesIn = {
  places: {"kind": "array", "maxItems": 1000, "required": true},
} satisfies Rules

export const PlanChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  description: {"kind": "string", "maxLength": 2000},
  is_public: {"kind": "boolean"},
  product: {"kind": "string", "minLength": 1, "maxLength": 64},
} satisfies Rules

export const PlanIn = {
  cycle: {"kind": "string", "choices": ["weekly", "monthly", "quarterly", "semi_annually", "annually", "one_time"]},
  timing: {"kind": "string", "choices": ["advance", "arrears"]},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
  pricing_model: {"kind": "string", "choices": ["flat_rate", "usage_based", "tiered", "volume_based", "hybrid"]},
  available_from: {"kind": "day"},
  phases: {"kind": "array", "maxItems": 20},
  alignment: {"kind": "string", "choices": ["anniversary", "calendar"]},
  term_months: {"kind": "integer", "minimum": 1.0, "maximum": 1200.0},
  renews: {"kind": "boolean"},
  termination_fee: {"kind": "object"},
  add_on_to: {"kind": "array", "maxItems": 100},
  features: {"kind": "object"},
  rollout: {"kind": "string", "choices": ["never", "next_renewal", "date"]},
  rollout_on: {"kind": "day"},
  change_rules: {"kind": "array", "maxItems": 100},
  thresholds: {"kind": "object"},
  components: {"kind": "array", "maxItems": 100, "required": true},
  code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  description: {"kind": "string", "maxLength": 2000},
  is_public: {"kind": "boolean"},
  product: {"kind": "string", "minLength": 1, "maxLength": 64},
  is_add_on: {"kind": "boolean"},
} satisfies Rules

export const PmCompletionIn = {
  completed_on: {"kind": "day"},
  duration_minutes: {"kind": "integer", "minimum": 1.0, "maximum": 43200.0},
  notes: {"kind": "string", "maxLength": 5000},
} satisfies Rules

export const PmScheduleChangeIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 40, "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]*$"},
  title: {"kind": "string", "minLength": 1, "maxLength": 200},
  frequency: {"kind": "string", "choices": ["daily", "weekly", "monthly", "quarterly", "yearly"]},
  interval: {"kind": "integer", "minimum": 1.0, "maximum": 366.0},
  anchor_on: {"kind": "day"},
  duration_minutes: {"kind": "integer", "minimum": 1.0, "maximum": 43200.0},
  assignee_id: {"kind": "string"},
  instructions: {"kind": "string", "maxLength": 20000},
  is_active: {"kind": "boolean"},
} satisfies Rules

export const PmScheduleIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 40, "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]*$", "required": true},
  title: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  equipment_id: {"kind": "string", "required": true},
  frequency: {"kind": "string", "choices": ["daily", "weekly", "monthly", "quarterly", "yearly"], "required": true},
  interval: {"kind": "integer", "minimum": 1.0, "maximum": 366.0},
  anchor_on: {"kind": "day", "required": true},
  duration_minutes: {"kind": "integer", "minimum": 1.0, "maximum": 43200.0, "required": true},
  assignee_id: {"kind": "string"},
  instructions: {"kind": "string", "maxLength": 20000},
  is_active: {"kind": "boolean"},
  last_completed_on: {"kind": "day"},
} satisfies Rules

export const PortalInvitationIn = {
  email: {"kind": "string", "minLength": 3, "maxLength": 254, "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  permissions: {"kind": "array", "maxItems": 50, "required": true},
  locale: {"kind": "string", "minLength": 2, "maxLength": 12},
} satisfies Rules

export const PortalPermissionsIn = {
  permissions: {"kind": "array", "maxItems": 50, "required": true},
} satisfies Rules

export const PreferenceIn = {
  channel: {"kind": "string", "choices": ["email", "sms", "phone", "mail", "push"], "required": true},
  topic: {"kind": "string", "choices": ["billing", "service", "technical", "marketing", "emergency"], "required": true},
  is_enabled: {"kind": "boolean", "required": true},
} satisfies Rules

export const PreferencesIn = {
  preferences: {"kind": "array", "maxItems": 25, "required": true},
} satisfies Rules

export const PreviewIn = {
  periods: {"kind": "integer", "minimum": 1.0, "maximum": 60.0},
} satisfies Rules

export const PreviewItemIn = {
  component: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  quantity: {"kind": "number"},
} satisfies Rules

export const PriceListIn = {
  yaml: {"kind": "string", "minLength": 1, "maxLength": 2000000, "required": true},
  dry_run: {"kind": "boolean"},
} satisfies Rules

export const ProductChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  description: {"kind": "string", "maxLength": 2000},
} satisfies Rules

export const ProductIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  description: {"kind": "string", "maxLength": 2000},
} satisfies Rules

export const ProfileIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  locale: {"kind": "string", "minLength": 2, "maxLength": 12},
  time_zone: {"kind": "string", "maxLength": 64},
} satisfies Rules

export const QuietHoursIn = {
  starts: {"kind": "string", "required": true},
  ends: {"kind": "string", "required": true},
  time_zone: {"kind": "string", "maxLength": 64},
} satisfies Rules

export const RecoveryIn = {
  reason: {"kind": "string", "minLength": 1, "maxLength": 500, "required": true},
  amount: {"kind": "number"},
} satisfies Rules

export const RecurringGrantIn = {
  amount: {"kind": "number", "required": true},
  every_months: {"kind": "integer", "minimum": 1.0, "maximum": 120.0},
  from_on: {"kind": "day"},
  ends_on: {"kind": "day"},
  priority: {"kind": "integer", "minimum": -1000.0, "maximum": 1000.0},
  keeps: {"kind": "boolean"},
  rolls_over_up_to: {"kind": "number"},
  subscription_id: {"kind": "string"},
} satisfies Rules

export const RedeemIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 40, "required": true},
  subscription_id: {"kind": "string"},
  component: {"kind": "string", "minLength": 1, "maxLength": 64},
  starts_on: {"kind": "day"},
} satisfies Rules

export const RefreshIn = {
  refresh_token: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
} satisfies Rules

export const RefundIn = {
  amount: {"kind": "number", "required": true},
  paid_on: {"kind": "day", "required": true},
  reference: {"kind": "string", "minLength": 1, "maxLength": 200},
  approval_id: {"kind": "string"},
} satisfies Rules

export const RenewalIn = {
  renews: {"kind": "boolean", "required": true},
} satisfies Rules

export const ReopenIn = {
  month: {"kind": "day", "required": true},
} satisfies Rules

export const ResetIn = {
  token: {"kind": "string", "maxLength": 200, "required": true},
  password: {"kind": "string", "maxLength": 1024, "required": true},
} satisfies Rules

export const ResumeIn = {
  on: {"kind": "day"},
  invoicing: {"kind": "string", "choices": ["now", "next_invoice"]},
} satisfies Rules

export const RetentionReasonIn = {
  basis: {"kind": "string", "minLength": 3, "maxLength": 500, "required": true},
  years: {"kind": "integer", "minimum": 0.0, "maximum": 100.0, "required": true},
} satisfies Rules

export const RetireIn = {
  on: {"kind": "day", "required": true},
} satisfies Rules

export const RoleChangeIn = {
  name: {"kind": "string", "maxLength": 63, "pattern": "^[a-z][a-z0-9_-]{1,62}$"},
  description: {"kind": "string", "maxLength": 500},
  permissions: {"kind": "array", "maxItems": 500},
} satisfies Rules

export const RoleForValueIn = {
  value: {"kind": "string", "minLength": 1, "maxLength": 300, "required": true},
  role: {"kind": "string", "minLength": 1, "maxLength": 63, "required": true},
} satisfies Rules

export const RoleIn = {
  name: {"kind": "string", "maxLength": 63, "pattern": "^[a-z][a-z0-9_-]{1,62}$", "required": true},
  description: {"kind": "string", "maxLength": 500},
  permissions: {"kind": "array", "maxItems": 500, "required": true},
} satisfies Rules

export const RolesIn = {
  roles: {"kind": "array", "maxItems": 20, "required": true},
} satisfies Rules

export const RotationIn = {
  overlap_hours: {"kind": "integer", "minimum": 0.0, "maximum": 168.0},
} satisfies Rules

export const RuleIn = {
  to: {"kind": "string", "minLength": 1, "maxLength": 80},
  direction: {"kind": "string", "choices": ["up", "down", "sideways"]},
  behaviour: {"kind": "string", "choices": ["now_with_credit", "now_without_credit", "at_renewal", "restart_cycle"], "required": true},
  from: {"kind": "string", "minLength": 1, "maxLength": 80},
} satisfies Rules

export const RulesIn = {
  rules: {"kind": "array", "maxItems": 500, "required": true},
} satisfies Rules

export const ScopedRoleIn = {
  role: {"kind": "string", "minLength": 1, "maxLength": 63, "required": true},
  scope_kind: {"kind": "string", "choices": ["site", "reseller", "customer_group"], "required": true},
  scope_id: {"kind": "string", "required": true},
} satisfies Rules

export const SecondFactorIn = {
  challenge: {"kind": "string", "maxLength": 200, "required": true},
  code: {"kind": "string", "minLength": 1, "maxLength": 64},
  passkey: {"kind": "object"},
  remember_device: {"kind": "boolean"},
} satisfies Rules

export const SecondFactorRulesIn = {
  everybody: {"kind": "boolean"},
  roles: {"kind": "array", "maxItems": 50},
} satisfies Rules

export const SegmentChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  description: {"kind": "string", "maxLength": 500},
  rule: {"kind": "object"},
} satisfies Rules

export const SegmentIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  description: {"kind": "string", "maxLength": 500},
  kind: {"kind": "string", "choices": ["list", "rule"]},
  rule: {"kind": "object"},
} satisfies Rules

export const SendIn = {
  to: {"kind": "string", "minLength": 3, "maxLength": 320, "pattern": "^[^@ ]+@[^@ ]+$"},
} satisfies Rules

export const ServiceAccountChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 100},
  description: {"kind": "string", "maxLength": 500},
} satisfies Rules

export const ServiceAccountIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 100, "required": true},
  description: {"kind": "string", "maxLength": 500},
  roles: {"kind": "array", "maxItems": 20, "required": true},
} satisfies Rules

export const ServiceAreaChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  description: {"kind": "string", "maxLength": 1000},
  offers: {"kind": "array", "maxItems": 200},
  is_active: {"kind": "boolean"},
  geometry: {"kind": "object"},
} satisfies Rules

export const ServiceAreaIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  description: {"kind": "string", "maxLength": 1000},
  offers: {"kind": "array", "maxItems": 200},
  is_active: {"kind": "boolean"},
  geometry: {"kind": "object", "required": true},
} satisfies Rules

export const ServiceKeyIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  scopes: {"kind": "array", "maxItems": 200},
  expires_at: {"kind": "instant"},
  networks: {"kind": "array", "maxItems": 50},
} satisfies Rules

export const SetItemIn = {
  component: {"kind": "string", "minLength": 1, "maxLength": 64},
  item_id: {"kind": "string"},
  quantity: {"kind": "number"},
  agreed_price: {"kind": "number"},
  at_list_price: {"kind": "boolean"},
} satisfies Rules

export const SettingsIn = {
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
  time_zone: {"kind": "string", "minLength": 1, "maxLength": 64},
  country: {"kind": "string", "pattern": "^[A-Z]{2}$"},
  payment_terms_days: {"kind": "integer", "minimum": 0.0, "maximum": 365.0},
  due_rule: {"kind": "string", "choices": ["net", "end_of_month", "month_after_net", "day_of_next_month", "on_receipt"]},
  due_moves_to_business_day: {"kind": "boolean"},
  invoice_number_format: {"kind": "string", "maxLength": 60},
  credit_note_number_format: {"kind": "string", "maxLength": 60},
  debit_note_number_format: {"kind": "string", "maxLength": 60},
  numbers_reset: {"kind": "string", "choices": ["never", "yearly"]},
  seller_name: {"kind": "string", "minLength": 1, "maxLength": 200},
  seller_street: {"kind": "string", "minLength": 1, "maxLength": 200},
  seller_postal_code: {"kind": "string", "minLength": 1, "maxLength": 20},
  seller_city: {"kind": "string", "minLength": 1, "maxLength": 200},
  seller_region: {"kind": "string", "pattern": "^[A-Z0-9]{1,3}$"},
  seller_tax_id: {"kind": "string", "minLength": 2, "maxLength": 40},
  seller_registration: {"kind": "string", "minLength": 1, "maxLength": 200},
  seller_email: {"kind": "string", "minLength": 3, "maxLength": 320},
  seller_phone: {"kind": "string", "minLength": 1, "maxLength": 40},
  seller_iban: {"kind": "string", "maxLength": 42},
  seller_bic: {"kind": "string", "pattern": "^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$"},
  proration: {"kind": "string", "choices": ["day", "second"]},
  draft_days: {"kind": "integer", "minimum": 0.0, "maximum": 60.0},
  tax_rounding: {"kind": "string", "choices": ["line", "group", "document"]},
  tax_calculator: {"kind": "string", "choices": ["own", "avalara"]},
  tax_number_check: {"kind": "string", "choices": ["offline", "vies"]},
  tax_number_unavailable: {"kind": "string", "choices": ["keep", "unverified"]},
  einvoicing: {"kind": "string", "choices": ["off", "check", "require"]},
  recognition: {"kind": "string", "choices": ["at_invoice", "daily", "monthly"]},
} satisfies Rules

export const SignInIn = {
  email: {"kind": "string", "minLength": 1, "maxLength": 320, "required": true},
  password: {"kind": "string", "minLength": 1, "maxLength": 1024, "required": true},
  tenant: {"kind": "string", "maxLength": 253},
  device_token: {"kind": "string", "maxLength": 200},
} satisfies Rules

export const SignInProviderChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 100},
  client_id: {"kind": "string", "minLength": 1, "maxLength": 500},
  client_secret: {"kind": "string", "maxLength": 2000},
  scopes: {"kind": "array", "maxItems": 30},
  logo_url: {"kind": "string", "maxLength": 2000},
  is_enabled: {"kind": "boolean"},
  joining: {"kind": "string", "choices": ["invited", "anybody"]},
  email_domains: {"kind": "array", "maxItems": 50},
  links_by_email: {"kind": "boolean"},
  trusts_email: {"kind": "boolean"},
  default_roles: {"kind": "array", "maxItems": 20},
  role_claim: {"kind": "string", "minLength": 1, "maxLength": 300},
  role_map: {"kind": "array", "maxItems": 200},
  second_factor_amr: {"kind": "array", "maxItems": 20},
  second_factor_acr: {"kind": "array", "maxItems": 20},
  max_age_seconds: {"kind": "integer", "minimum": 60.0, "maximum": 2592000.0},
} satisfies Rules

export const SignInProviderIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 100, "required": true},
  issuer: {"kind": "string", "minLength": 8, "maxLength": 2000, "required": true},
  client_id: {"kind": "string", "minLength": 1, "maxLength": 500, "required": true},
  client_secret: {"kind": "string", "maxLength": 2000},
  scopes: {"kind": "array", "maxItems": 30},
  logo_url: {"kind": "string", "maxLength": 2000},
  is_enabled: {"kind": "boolean"},
  joining: {"kind": "string", "choices": ["invited", "anybody"]},
  email_domains: {"kind": "array", "maxItems": 50},
  links_by_email: {"kind": "boolean"},
  trusts_email: {"kind": "boolean"},
  default_roles: {"kind": "array", "maxItems": 20},
  role_claim: {"kind": "string", "minLength": 1, "maxLength": 300},
  role_map: {"kind": "array", "maxItems": 200},
  second_factor_amr: {"kind": "array", "maxItems": 20},
  second_factor_acr: {"kind": "array", "maxItems": 20},
  max_age_seconds: {"kind": "integer", "minimum": 60.0, "maximum": 2592000.0},
} satisfies Rules

export const SimulationIn = {
  terms: {"kind": "object"},
  plan: {"kind": "string", "minLength": 1, "maxLength": 64},
  version: {"kind": "integer", "minimum": 1.0, "maximum": 1000000.0},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
  time_zone: {"kind": "string", "maxLength": 64},
  start_on: {"kind": "day"},
  periods: {"kind": "integer", "minimum": 1.0, "maximum": 60.0},
  items: {"kind": "array", "maxItems": 100},
  anchor_on: {"kind": "day"},
  end_on: {"kind": "day"},
  has_trial: {"kind": "boolean"},
  usage: {"kind": "object"},
  tax_rate: {"kind": "number"},
  tax_code: {"kind": "string", "minLength": 1, "maxLength": 64},
  buyer: {"kind": "object"},
  coupon: {"kind": "string", "minLength": 1, "maxLength": 64},
  coupon_codes: {"kind": "array", "maxItems": 20},
} satisfies Rules

export const SubscriptionIn = {
  customer_id: {"kind": "string", "required": true},
  plan_id: {"kind": "string", "required": true},
  plan_version_id: {"kind": "string"},
  start_on: {"kind": "day"},
  anchor_on: {"kind": "day"},
  end_on: {"kind": "day"},
  items: {"kind": "array", "maxItems": 100},
  external_id: {"kind": "string", "minLength": 1, "maxLength": 200},
  has_trial: {"kind": "boolean"},
  term_months: {"kind": "integer", "minimum": 1.0, "maximum": 1200.0},
  renews: {"kind": "boolean"},
  coupon_codes: {"kind": "array", "maxItems": 20},
} satisfies Rules

export const SubscriptionPreviewIn = {
  customer_id: {"kind": "string", "required": true},
  plan_id: {"kind": "string", "required": true},
  plan_version_id: {"kind": "string"},
  start_on: {"kind": "day"},
  anchor_on: {"kind": "day"},
  end_on: {"kind": "day"},
  items: {"kind": "array", "maxItems": 100},
  external_id: {"kind": "string", "minLength": 1, "maxLength": 200},
  has_trial: {"kind": "boolean"},
  term_months: {"kind": "integer", "minimum": 1.0, "maximum": 1200.0},
  renews: {"kind": "boolean"},
  coupon_codes: {"kind": "array", "maxItems": 20},
  periods: {"kind": "integer", "minimum": 1.0, "maximum": 60.0},
} satisfies Rules

export const SuppressedAddressIn = {
  channel: {"kind": "string", "choices": ["email", "sms", "phone", "mail", "push"], "required": true},
  address: {"kind": "string", "minLength": 3, "maxLength": 320, "required": true},
  reason: {"kind": "string", "choices": ["bounced", "complained", "manual"], "required": true},
  detail: {"kind": "string", "maxLength": 1000},
} satisfies Rules

export const TagChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 63},
  colour: {"kind": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
  description: {"kind": "string", "maxLength": 500},
  rule: {"kind": "object"},
} satisfies Rules

export const TagIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 63, "required": true},
  colour: {"kind": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
  description: {"kind": "string", "maxLength": 500},
  rule: {"kind": "object"},
} satisfies Rules

export const TargetIn = {
  component: {"kind": "string", "minLength": 1, "maxLength": 64},
  item_id: {"kind": "string"},
} satisfies Rules

export const TaxAddressIn = {
  country: {"kind": "string", "pattern": "^[A-Z]{2}$", "required": true},
  region: {"kind": "string", "pattern": "^[A-Z0-9]{1,3}$"},
  postal_code: {"kind": "string", "minLength": 1, "maxLength": 20},
  city: {"kind": "string", "minLength": 1, "maxLength": 200},
  is_business: {"kind": "boolean"},
  tax_id: {"kind": "string", "minLength": 2, "maxLength": 40},
} satisfies Rules

export const TaxCategoryIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  is_goods: {"kind": "boolean"},
  external_code: {"kind": "string", "maxLength": 64},
} satisfies Rules

export const TaxEndIn = {
  on: {"kind": "day", "required": true},
} satisfies Rules

export const TaxExemptionIn = {
  valid_from: {"kind": "day", "required": true},
  valid_until: {"kind": "day"},
  customer_id: {"kind": "string", "required": true},
  certificate: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  reason: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  reason_code: {"kind": "string", "minLength": 1, "maxLength": 64},
  country: {"kind": "string", "pattern": "^[A-Z]{2}$"},
  region: {"kind": "string", "pattern": "^[A-Z0-9]{1,3}$"},
  tax_code: {"kind": "string", "minLength": 1, "maxLength": 64},
  document_reference: {"kind": "string", "minLength": 1, "maxLength": 200},
} satisfies Rules

export const TaxNumberCheckIn = {
  customer_id: {"kind": "string"},
  country: {"kind": "string", "pattern": "^[A-Z]{2}$"},
  number: {"kind": "string", "minLength": 2, "maxLength": 40},
  ask_register: {"kind": "boolean"},
} satisfies Rules

export const TaxRateIn = {
  code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  rate: {"kind": "number", "required": true},
  valid_from: {"kind": "day", "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
} satisfies Rules

export const TaxRegistrationIn = {
  valid_from: {"kind": "day", "required": true},
  valid_until: {"kind": "day"},
  country: {"kind": "string", "pattern": "^[A-Z]{2}$", "required": true},
  region: {"kind": "string", "pattern": "^[A-Z0-9]{1,3}$"},
  scheme: {"kind": "string", "choices": ["domestic", "oss"]},
  number: {"kind": "string", "minLength": 2, "maxLength": 40},
} satisfies Rules

export const TaxRuleIn = {
  valid_from: {"kind": "day", "required": true},
  valid_until: {"kind": "day"},
  country: {"kind": "string", "pattern": "^[A-Z]{2}$", "required": true},
  tax_code: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  rate: {"kind": "number", "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  region: {"kind": "string", "pattern": "^[A-Z0-9]{1,3}$"},
  postal_prefix: {"kind": "string", "minLength": 1, "maxLength": 20},
  city: {"kind": "string", "minLength": 1, "maxLength": 200},
  product_category: {"kind": "string", "minLength": 1, "maxLength": 64},
  buyer: {"kind": "string", "choices": ["any", "business", "consumer"]},
  supply: {"kind": "string", "choices": ["any", "within_region", "between_regions"]},
  slot: {"kind": "string", "minLength": 1, "maxLength": 64},
  is_compound: {"kind": "boolean"},
  position: {"kind": "integer", "minimum": 0.0, "maximum": 100.0},
  category: {"kind": "string", "choices": ["S", "Z", "E", "AE", "K", "G", "O", "L", "M"]},
  jurisdiction: {"kind": "string", "minLength": 1, "maxLength": 200},
  exemption_reason: {"kind": "string", "minLength": 1, "maxLength": 200},
  exemption_code: {"kind": "string", "minLength": 1, "maxLength": 64},
} satisfies Rules

export const TaxWithholdingIn = {
  valid_from: {"kind": "day", "required": true},
  valid_until: {"kind": "day"},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  rate: {"kind": "number", "required": true},
  basis: {"kind": "string", "choices": ["net", "total"]},
  customer_id: {"kind": "string"},
  product_category: {"kind": "string", "minLength": 1, "maxLength": 64},
} satisfies Rules

export const TemplateIn = {
  is_default: {"kind": "boolean"},
  locale: {"kind": "string", "maxLength": 20, "pattern": "^[a-z]{2,3}(_[A-Za-z0-9]{2,8})*$"},
  paper: {"kind": "string", "choices": ["A4", "letter"]},
  accent: {"kind": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
  header: {"kind": "string", "maxLength": 2000},
  footer: {"kind": "string", "maxLength": 2000},
  terms: {"kind": "string", "maxLength": 2000},
  html: {"kind": "string", "maxLength": 100000},
  shows_payment_code: {"kind": "boolean"},
  shows_explanations: {"kind": "boolean"},
  code: {"kind": "string", "pattern": "^[A-Za-z0-9_.-]{1,60}$"},
} satisfies Rules

export const TenantChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  time_zone: {"kind": "string", "minLength": 1, "maxLength": 64},
  country: {"kind": "string", "minLength": 2, "maxLength": 2},
} satisfies Rules

export const TenantClockIn = {
  now: {"kind": "instant"},
} satisfies Rules

export const TenantMoveIn = {
  state: {"kind": "string", "choices": ["trial", "active", "past_due", "read_only", "suspended", "closed"], "required": true},
  reason: {"kind": "string", "choices": ["trial_ended", "trial_extended", "subscribed", "subscription_ended", "payment_overdue", "paid", "abuse", "legal", "operator_decision", "requested", "access_ended", "reopened"], "required": true},
  note: {"kind": "string", "maxLength": 1000},
} satisfies Rules

export const TenantSettingsIn = {
  values: {"kind": "object", "required": true},
} satisfies Rules

export const TermsIn = {
  cycle: {"kind": "string", "choices": ["weekly", "monthly", "quarterly", "semi_annually", "annually", "one_time"]},
  timing: {"kind": "string", "choices": ["advance", "arrears"]},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
  pricing_model: {"kind": "string", "choices": ["flat_rate", "usage_based", "tiered", "volume_based", "hybrid"]},
  available_from: {"kind": "day"},
  phases: {"kind": "array", "maxItems": 20},
  alignment: {"kind": "string", "choices": ["anniversary", "calendar"]},
  term_months: {"kind": "integer", "minimum": 1.0, "maximum": 1200.0},
  renews: {"kind": "boolean"},
  termination_fee: {"kind": "object"},
  add_on_to: {"kind": "array", "maxItems": 100},
  features: {"kind": "object"},
  rollout: {"kind": "string", "choices": ["never", "next_renewal", "date"]},
  rollout_on: {"kind": "day"},
  change_rules: {"kind": "array", "maxItems": 100},
  thresholds: {"kind": "object"},
  components: {"kind": "array", "maxItems": 100, "required": true},
} satisfies Rules

export const ThresholdsIn = {
  amounts: {"kind": "object"},
  every: {"kind": "object"},
  quantities: {"kind": "object"},
} satisfies Rules

export const ThroughIn = {
  through: {"kind": "day", "required": true},
} satisfies Rules

export const TierIn = {
  above: {"kind": "number", "required": true},
  percent_off: {"kind": "number", "required": true},
} satisfies Rules

export const TokenIn = {
  token: {"kind": "string", "maxLength": 200, "required": true},
} satisfies Rules

export const TopUpIn = {
  amount: {"kind": "number", "required": true},
  expires_on: {"kind": "day"},
  priority: {"kind": "integer", "minimum": -1000.0, "maximum": 1000.0},
  note: {"kind": "string", "minLength": 1, "maxLength": 500},
  approval_id: {"kind": "string"},
  payment_id: {"kind": "string"},
} satisfies Rules

export const TotalIn = {
  quantity: {"kind": "number", "required": true},
  amount: {"kind": "number"},
  values: {"kind": "array", "maxItems": 10000},
  by_window: {"kind": "object"},
} satisfies Rules

export const TransferIn = {
  customer_id: {"kind": "string", "required": true},
  on: {"kind": "day"},
  invoicing: {"kind": "string", "choices": ["now", "next_invoice"]},
} satisfies Rules

export const TrialEndIn = {
  ends_on: {"kind": "day", "required": true},
  note: {"kind": "string", "maxLength": 1000},
} satisfies Rules

export const UncollectibleIn = {
  reason: {"kind": "string", "minLength": 1, "maxLength": 500, "required": true},
} satisfies Rules

export const UsageAlertIn = {
  subscription_id: {"kind": "string", "required": true},
  meter: {"kind": "string", "minLength": 1, "maxLength": 64, "required": true},
  quantity: {"kind": "number"},
  percent: {"kind": "number"},
} satisfies Rules

export const UsageEventsIn = {
  events: {"kind": "array", "maxItems": 1000, "required": true},
} satisfies Rules

export const UsageIn = {
  totals: {"kind": "array", "maxItems": 60},
  uses: {"kind": "array", "maxItems": 10000},
} satisfies Rules

export const UseIn = {
  at: {"kind": "instant", "required": true},
  quantity: {"kind": "number", "required": true},
  amount: {"kind": "number"},
} satisfies Rules

export const UserChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
} satisfies Rules

export const UserIn = {
  email: {"kind": "string", "minLength": 3, "maxLength": 254, "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  password: {"kind": "string", "maxLength": 1024, "required": true},
  roles: {"kind": "array", "maxItems": 20, "required": true},
} satisfies Rules

export const VerificationIn = {
  outcome: {"kind": "string", "choices": ["verified", "rejected"], "required": true},
  note: {"kind": "string", "maxLength": 2000},
} satisfies Rules

export const VoidGrantIn = {
  note: {"kind": "string", "minLength": 1, "maxLength": 500},
} satisfies Rules

export const VoidIn = {
  reason: {"kind": "string", "minLength": 1, "maxLength": 500, "required": true},
  rebill: {"kind": "boolean"},
} satisfies Rules

export const WaiverIn = {
  reason: {"kind": "string", "minLength": 1, "maxLength": 500, "required": true},
} satisfies Rules

export const WalletChangeIn = {
  name: {"kind": "string", "minLength": 1, "maxLength": 200},
  priority: {"kind": "integer", "minimum": -1000.0, "maximum": 1000.0},
  low_below: {"kind": "number"},
  top_up_amount: {"kind": "number"},
  tops_up_when_low: {"kind": "boolean"},
  top_up_every_months: {"kind": "integer", "minimum": 0.0, "maximum": 120.0},
  top_up_from_on: {"kind": "day"},
} satisfies Rules

export const WalletIn = {
  customer_id: {"kind": "string", "required": true},
  name: {"kind": "string", "minLength": 1, "maxLength": 200, "required": true},
  currency: {"kind": "string", "pattern": "^[A-Z]{3}$"},
  priority: {"kind": "integer", "minimum": -1000.0, "maximum": 1000.0},
  plan_ids: {"kind": "array", "maxItems": 100},
  component_codes: {"kind": "array", "maxItems": 100},
  subscription_id: {"kind": "string"},
  low_below: {"kind": "number"},
  top_up_amount: {"kind": "number"},
  tops_up_when_low: {"kind": "boolean"},
  top_up_every_months: {"kind": "integer", "minimum": 1.0, "maximum": 120.0},
  top_up_from_on: {"kind": "day"},
} satisfies Rules

export const WriteOffIn = {
  reason: {"kind": "string", "minLength": 1, "maxLength": 500, "required": true},
  amount: {"kind": "number"},
  reclaim_tax: {"kind": "boolean"},
  approval_id: {"kind": "string"},
} satisfies Rules
