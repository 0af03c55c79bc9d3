"""Catalogue, subscriptions, invoicing, payments and ledger."""

from dotmac_billing.access.service import entitlements_of_customer
from dotmac_billing.assembly.decision import Failure
from dotmac_billing.catalog.entitlements import Entitlement
from dotmac_billing.catalog.events import PlanPublished
from dotmac_billing.catalog.plan import (
    NewComponent,
    NewPlan,
    NewTerms,
    PublishedComponent,
    PublishedPlan,
)
from dotmac_billing.catalog.service import add_tax_rate, find_plan, publish_plan
from dotmac_billing.catalog.terms import (
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    PricingModel,
)
from dotmac_billing.charges.custom import ChargeRule, CustomPrice
from dotmac_billing.charges.errors import InvalidPriceError
from dotmac_billing.charges.explained import Charged, Step
from dotmac_billing.charges.measured import Measured, Need
from dotmac_billing.charges.parameters import PriceParameters
from dotmac_billing.charges.price import Price, compile_price
from dotmac_billing.charges.windows import Windows, compile_windows
from dotmac_billing.checks.findings import Finding
from dotmac_billing.checks.service import check_books
from dotmac_billing.closing.service import close_books, recognise_through
from dotmac_billing.composition import module
from dotmac_billing.corrections.events import (
    InvoiceOverdue,
    InvoiceSent,
    InvoiceVoided,
    InvoiceWrittenOff,
)
from dotmac_billing.credit_notes.asked import LineCredit, NewCreditNote, Remainder
from dotmac_billing.credit_notes.events import CreditNoteIssued
from dotmac_billing.credit_notes.reasons import CreditReason
from dotmac_billing.credit_notes.service import issue_credit_note
from dotmac_billing.customer_bills.service import bill_customer
from dotmac_billing.customers.events import CustomerChanged, CustomerOpened
from dotmac_billing.customers.opening import BillingAddress, CustomersOpened, OpenCustomer
from dotmac_billing.customers.service import (
    open_customers,
    remove_unused_customers,
    set_billing_address,
)
from dotmac_billing.documents.forms import Form as DocumentForm
from dotmac_billing.documents.service import Made as MadeDocument
from dotmac_billing.documents.service import invoice_document
from dotmac_billing.exchange.rates import ExchangeRateStatus
from dotmac_billing.factory import (
    BillingServiceFactory,
    billing_service_factory,
    create_basic_billing_service,
    create_full_featured_billing_service,
    create_stripe_billing_service,
)
from dotmac_billing.invoicing.events import InvoiceIssued
from dotmac_billing.journal.journal_text import JournalFormat
from dotmac_billing.journal.service import export_journal
from dotmac_billing.ledger.service import trial_balance
from dotmac_billing.ledger.trial_balance import TrialBalance
from dotmac_billing.library.exchange.records import (
    CustomerCurrency,
    ManualExchangeRate,
    MultiCurrencyPayment,
)
from dotmac_billing.library.exchange.service import ExchangeRateService
from dotmac_billing.library.names import (
    InvoiceStatus,
    PaymentMethod,
    PaymentStatus,
    TaxType,
)
from dotmac_billing.library.platform_version import (
    API_VERSION,
    MIN_PLATFORM_VERSION,
    PLATFORM_API_VERSION,
    PLATFORM_COMPATIBLE_VERSIONS,
    SDK_VERSION,
    __author__,
    __email__,
    __version__,
    require_compatible_platform,
)
from dotmac_billing.library.protocols import (
    BaseRepositoryProtocol,
    BillingAnalyticsProtocol,
    DatabaseSessionProtocol,
    InvoiceServiceProtocol,
    NotificationServiceProtocol,
    PaymentGatewayProtocol,
    PaymentServiceProtocol,
    PdfGeneratorProtocol,
    SubscriptionServiceProtocol,
    TaxCalculationServiceProtocol,
)
from dotmac_billing.library.records import (
    BillingPlanRecord,
    CustomerRecord,
    InvoiceRecord,
    PaymentRecord,
    SubscriptionRecord,
    UsageRecord,
)
from dotmac_billing.library.schemas import (
    BillingPeriod,
    BillingPlanCreate,
    BillingPlanUpdate,
    CustomerCreate,
    CustomerUpdate,
    InvoiceCreate,
    LineItemCreate,
    PaymentCreate,
    PricingTier,
    SubscriptionCreate,
    UsageRecordCreate,
)
from dotmac_billing.library.service import BillingCycleResult, BillingService
from dotmac_billing.mrr.movements import MovementKind
from dotmac_billing.mrr.revenue import MonthlyMovement, RevenueMovement, RevenueStanding
from dotmac_billing.mrr.service import recurring_revenue, revenue_by_month, revenue_movements
from dotmac_billing.payers.service import set_payer
from dotmac_billing.payments.events import InvoicePaid, PaymentReceived
from dotmac_billing.payments.received import NewPayment, PaymentsRecorded
from dotmac_billing.payments.service import record_payments
from dotmac_billing.price_lists.diff_text import price_list_diff
from dotmac_billing.price_lists.errors import InvalidPriceListError, UnreadablePriceListError
from dotmac_billing.price_lists.service import apply_price_list, export_price_list
from dotmac_billing.protocols import TaxCalculator, TaxNumberRegister
from dotmac_billing.receivables.owed import OpenInvoice
from dotmac_billing.receivables.service import (
    customers_in_arrears,
    customers_on_invoices,
    open_invoices,
)
from dotmac_billing.reports.ageing import Ageing
from dotmac_billing.reports.csv_text import ageing_csv, deferred_csv, trial_balance_csv
from dotmac_billing.reports.deferred import DeferredRevenue
from dotmac_billing.reports.service import books_today, deferred_report, receivables_ageing
from dotmac_billing.runs.progress import RunProgress, RunResult
from dotmac_billing.runs.service import run_billing
from dotmac_billing.settings.service import billing_currency, open_billing
from dotmac_billing.statements.service import statements_of
from dotmac_billing.statements.statement import Statement
from dotmac_billing.subscriptions.events import SubscriptionCancelled, SubscriptionStarted
from dotmac_billing.subscriptions.service import roll_subscriptions, start_subscriptions
from dotmac_billing.subscriptions.starting import (
    StartItem,
    StartSubscription,
    SubscriptionsStarted,
)
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.summary.figures import RevenueSummary
from dotmac_billing.summary.service import revenue_summary
from dotmac_billing.tax.adapters.avalara import AvalaraTaxCalculator
from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.calculation import Calculation, LineToTax
from dotmac_billing.tax.documents import (
    TaxableDocument,
    TaxableLine,
    TaxAddress,
    TaxedDocument,
    TaxNotCalculated,
)
from dotmac_billing.tax.own_calculator import OwnTaxCalculator
from dotmac_billing.tax.service import calculate_tax, load_buyers, load_taxes
from dotmac_billing.tax_law.rate_files import Reject as TaxRowRejected
from dotmac_billing.tax_law.service import (
    RulesAdded,
    RulesImported,
    import_tax_pack,
    import_tax_rules,
)
from dotmac_billing.transfers.service import transfer_all
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.reported import IngestResult, Outcome, Refusal, UsageEvent
from dotmac_billing.usage.service import define_meter, ingest, measure
from dotmac_billing.usage.streaming.file_rows import csv_events, missing_columns, ndjson_events
from dotmac_billing.usage.streaming.service import StreamResult, ingest_stream
from dotmac_billing.usage.terms import Aggregation, LatePolicy, Weighting
from dotmac_billing.usage.windows import UsageWindow

__all__ = [
    "API_VERSION",
    "MIN_PLATFORM_VERSION",
    "PLATFORM_API_VERSION",
    "PLATFORM_COMPATIBLE_VERSIONS",
    "SDK_VERSION",
    "Ageing",
    "Aggregation",
    "AvalaraTaxCalculator",
    "BaseRepositoryProtocol",
    "BillingAddress",
    "BillingAnalyticsProtocol",
    "BillingCycle",
    "BillingCycleResult",
    "BillingPeriod",
    "BillingPlanCreate",
    "BillingPlanRecord",
    "BillingPlanUpdate",
    "BillingService",
    "BillingServiceFactory",
    "BillingTiming",
    "Calculation",
    "ChargeModel",
    "ChargeRule",
    "Charged",
    "ComponentKind",
    "CreditNoteIssued",
    "CreditReason",
    "CustomPrice",
    "CustomerChanged",
    "CustomerCreate",
    "CustomerCurrency",
    "CustomerOpened",
    "CustomerRecord",
    "CustomerUpdate",
    "CustomersOpened",
    "DatabaseSessionProtocol",
    "DeferredRevenue",
    "DocumentForm",
    "Entitlement",
    "ExchangeRateService",
    "ExchangeRateStatus",
    "Failure",
    "Finding",
    "IngestResult",
    "InvalidPriceError",
    "InvalidPriceListError",
    "InvoiceCreate",
    "InvoiceIssued",
    "InvoiceOverdue",
    "InvoicePaid",
    "InvoiceRecord",
    "InvoiceSent",
    "InvoiceServiceProtocol",
    "InvoiceStatus",
    "InvoiceVoided",
    "InvoiceWrittenOff",
    "JournalFormat",
    "LatePolicy",
    "LineCredit",
    "LineItemCreate",
    "LineToTax",
    "MadeDocument",
    "ManualExchangeRate",
    "Measured",
    "MonthlyMovement",
    "MovementKind",
    "MultiCurrencyPayment",
    "Need",
    "NewComponent",
    "NewCreditNote",
    "NewMeter",
    "NewPayment",
    "NewPlan",
    "NewTerms",
    "NotificationServiceProtocol",
    "OpenCustomer",
    "OpenInvoice",
    "Outcome",
    "OwnTaxCalculator",
    "PaymentCreate",
    "PaymentGatewayProtocol",
    "PaymentMethod",
    "PaymentReceived",
    "PaymentRecord",
    "PaymentServiceProtocol",
    "PaymentStatus",
    "PaymentsRecorded",
    "PdfGeneratorProtocol",
    "PlanPublished",
    "Price",
    "PriceParameters",
    "PricingModel",
    "PricingTier",
    "PublishedComponent",
    "PublishedPlan",
    "Refusal",
    "Remainder",
    "RevenueMovement",
    "RevenueStanding",
    "RevenueSummary",
    "RulesAdded",
    "RulesImported",
    "RunProgress",
    "RunResult",
    "StartItem",
    "StartSubscription",
    "Statement",
    "Step",
    "StreamResult",
    "SubscriptionCancelled",
    "SubscriptionCreate",
    "SubscriptionRecord",
    "SubscriptionServiceProtocol",
    "SubscriptionStarted",
    "SubscriptionStatus",
    "SubscriptionsStarted",
    "TaxAddress",
    "TaxBuyer",
    "TaxCalculationServiceProtocol",
    "TaxCalculator",
    "TaxNotCalculated",
    "TaxNumberRegister",
    "TaxRowRejected",
    "TaxType",
    "TaxableDocument",
    "TaxableLine",
    "TaxedDocument",
    "TrialBalance",
    "UnreadablePriceListError",
    "UsageEvent",
    "UsageRecord",
    "UsageRecordCreate",
    "UsageWindow",
    "Weighting",
    "Windows",
    "__author__",
    "__email__",
    "__version__",
    "add_tax_rate",
    "ageing_csv",
    "apply_price_list",
    "bill_customer",
    "billing_currency",
    "billing_service_factory",
    "books_today",
    "calculate_tax",
    "check_books",
    "close_books",
    "compile_price",
    "compile_windows",
    "create_basic_billing_service",
    "create_full_featured_billing_service",
    "create_stripe_billing_service",
    "csv_events",
    "customers_in_arrears",
    "customers_on_invoices",
    "deferred_csv",
    "deferred_report",
    "define_meter",
    "entitlements_of_customer",
    "export_journal",
    "export_price_list",
    "find_plan",
    "import_tax_pack",
    "import_tax_rules",
    "ingest",
    "ingest_stream",
    "invoice_document",
    "issue_credit_note",
    "load_buyers",
    "load_taxes",
    "measure",
    "missing_columns",
    "module",
    "ndjson_events",
    "open_billing",
    "open_customers",
    "open_invoices",
    "price_list_diff",
    "publish_plan",
    "receivables_ageing",
    "recognise_through",
    "record_payments",
    "recurring_revenue",
    "remove_unused_customers",
    "require_compatible_platform",
    "revenue_by_month",
    "revenue_movements",
    "revenue_summary",
    "roll_subscriptions",
    "run_billing",
    "set_billing_address",
    "set_payer",
    "start_subscriptions",
    "statements_of",
    "transfer_all",
    "trial_balance",
    "trial_balance_csv",
]
