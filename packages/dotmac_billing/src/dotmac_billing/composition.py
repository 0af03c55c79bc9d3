"""What billing offers to an application: its routers, handlers, jobs, permissions and facts."""

from __future__ import annotations

from dotmac_billing.access.routes import customer_access_router, subscription_access_router
from dotmac_billing.catalog.events import PlanChanged, PlanPublished
from dotmac_billing.catalog.routes import (
    change_rules_router,
    plans_router,
    price_list_router,
    products_router,
    tax_rates_router,
)
from dotmac_billing.changes.jobs import apply_changes
from dotmac_billing.charges.adapters.plugins import installed_rule
from dotmac_billing.charges.custom import find_rules_by
from dotmac_billing.checks.jobs import check_all
from dotmac_billing.closing.routes import router as closing_router
from dotmac_billing.corrections.events import (
    InvoiceOverdue,
    InvoiceRecovered,
    InvoiceSent,
    InvoiceUncollectible,
    InvoiceVoided,
    InvoiceWrittenOff,
)
from dotmac_billing.corrections.jobs import overdue
from dotmac_billing.corrections.routes import router as corrections_router
from dotmac_billing.credit_notes.events import CreditNoteIssued, CreditNoteRefunded
from dotmac_billing.credit_notes.routes import router as credit_notes_router
from dotmac_billing.customer_bills.routes import router as customer_bills_router
from dotmac_billing.customers.events import CustomerChanged, CustomerOpened
from dotmac_billing.customers.routes import router as customers_router
from dotmac_billing.debit_notes.routes import router as debit_notes_router
from dotmac_billing.discounts.events import CouponRedeemed, CouponRevoked
from dotmac_billing.discounts.routes import coupons_router, customer_discounts_router
from dotmac_billing.document_templates.routes import templates_router
from dotmac_billing.documents.routes import documents_router
from dotmac_billing.drafts.routes import router as drafts_router
from dotmac_billing.exchange.routes import payments_router as converted_payments_router
from dotmac_billing.exchange.routes import rates_router as exchange_rates_router
from dotmac_billing.invoicing.events import InvoiceIssued
from dotmac_billing.invoicing.routes import invoices_router, preview_router
from dotmac_billing.journal.routes import router as journal_router
from dotmac_billing.late_fees.events import LateFeeCharged, LateFeesWaived
from dotmac_billing.late_fees.handlers import on_late_payments
from dotmac_billing.late_fees.jobs import late_fees
from dotmac_billing.late_fees.routes import fees_router
from dotmac_billing.late_fees.routes import rules_router as late_fee_rules_router
from dotmac_billing.ledger.routes import router as ledger_router
from dotmac_billing.lifecycle.routes import router as lifecycle_router
from dotmac_billing.modifications.routes import router as modifications_router
from dotmac_billing.payers.routes import router as payers_router
from dotmac_billing.payments.events import InvoicePaid, PaymentReceived
from dotmac_billing.payments.routes import router as payments_router
from dotmac_billing.peppol.access_points import open_access_point_by
from dotmac_billing.peppol.adapters.configured import configured as storecove
from dotmac_billing.peppol.events import PeppolDelivered, PeppolFailed, PeppolSent
from dotmac_billing.peppol.handlers import (
    on_credit_notes_to_send,
    on_invoices_to_send,
    on_void_invoices_waiting,
)
from dotmac_billing.peppol.routes import deliveries_router, participants_router, sender_router
from dotmac_billing.peppol.sending.jobs import deliver_peppol
from dotmac_billing.personal.service import personal_data
from dotmac_billing.portal.routes import router as portal_router
from dotmac_billing.price_lists.routes import router as price_lists_router
from dotmac_billing.receivables.routes import router as receivables_router
from dotmac_billing.receivables.routes import series_router
from dotmac_billing.recognition.jobs import recognise_revenue
from dotmac_billing.recurring_credit.jobs import turn_credit
from dotmac_billing.recurring_credit.routes import router as recurring_credit_router
from dotmac_billing.remote_tax.adapters.configured import configured
from dotmac_billing.remote_tax.calculators import open_calculators_by
from dotmac_billing.reports.routes import router as reports_router
from dotmac_billing.rollouts.jobs import roll_out_plans
from dotmac_billing.runs.jobs import bill_run
from dotmac_billing.runs.routes import router as runs_router
from dotmac_billing.settings.routes import router as settings_router
from dotmac_billing.signups.routes import router as signups_router
from dotmac_billing.simulation.routes import router as simulation_router
from dotmac_billing.statements.routes import router as statements_router
from dotmac_billing.subscriptions.events import (
    SubscriptionCancelled,
    SubscriptionChanged,
    SubscriptionExpired,
    SubscriptionPaused,
    SubscriptionRenewed,
    SubscriptionResumed,
    SubscriptionStarted,
    SubscriptionTransferred,
    TrialEnding,
)
from dotmac_billing.subscriptions.jobs import roll
from dotmac_billing.subscriptions.routes import router as subscriptions_router
from dotmac_billing.tax.routes import router as tax_router
from dotmac_billing.tax_filing.handlers import (
    on_credit_notes,
    on_invoices_issued,
    on_invoices_made_void,
)
from dotmac_billing.tax_law.routes import (
    categories_router,
    exemptions_router,
    registrations_router,
    rules_router,
    withholdings_router,
)
from dotmac_billing.tax_numbers.events import TaxNumberStatusChanged
from dotmac_billing.tax_numbers.jobs import recheck_tax_numbers
from dotmac_billing.tax_numbers.routes import router as tax_numbers_router
from dotmac_billing.tax_reports.routes import router as tax_reports_router
from dotmac_billing.thresholds.events import BillingThresholdReached
from dotmac_billing.thresholds.jobs import bill_thresholds
from dotmac_billing.thresholds.routes import router as thresholds_router
from dotmac_billing.top_ups.handlers import (
    on_credit_notes_issued,
    on_invoices_paid,
    on_invoices_voided,
    on_wallets_low,
)
from dotmac_billing.top_ups.jobs import top_up
from dotmac_billing.top_ups.routes import router as top_ups_router
from dotmac_billing.usage.alerts.routes import router as usage_alerts_router
from dotmac_billing.usage.corrections.routes import router as usage_corrections_router
from dotmac_billing.usage.events import UsageThresholdReached
from dotmac_billing.usage.ingestion.routes import router as usage_router
from dotmac_billing.usage.jobs import usage_event_ids, usage_partitions
from dotmac_billing.usage.lateness.routes import router as late_usage_router
from dotmac_billing.usage.meters.routes import router as meters_router
from dotmac_billing.usage.reading.routes import (
    customer_usage_router,
    subscription_usage_router,
)
from dotmac_billing.wallets.events import (
    WalletCreditExpired,
    WalletCreditGranted,
    WalletLow,
    WalletToppedUp,
)
from dotmac_billing.wallets.routes import router as wallets_router
from dotmac_core_ops.module import ApprovableAction, Module, Permission

find_rules_by(installed_rule)
open_calculators_by(configured)
open_access_point_by(storecove)

module = Module(
    "billing",
    routers=(
        settings_router,
        customers_router,
        products_router,
        plans_router,
        price_list_router,
        price_lists_router,
        change_rules_router,
        tax_rates_router,
        tax_router,
        tax_numbers_router,
        tax_reports_router,
        rules_router,
        registrations_router,
        categories_router,
        exemptions_router,
        withholdings_router,
        signups_router,
        subscriptions_router,
        modifications_router,
        lifecycle_router,
        subscription_access_router,
        customer_access_router,
        payers_router,
        meters_router,
        usage_router,
        usage_alerts_router,
        usage_corrections_router,
        late_usage_router,
        subscription_usage_router,
        customer_usage_router,
        coupons_router,
        customer_discounts_router,
        wallets_router,
        recurring_credit_router,
        top_ups_router,
        preview_router,
        thresholds_router,
        invoices_router,
        receivables_router,
        series_router,
        corrections_router,
        credit_notes_router,
        documents_router,
        templates_router,
        debit_notes_router,
        customer_bills_router,
        participants_router,
        sender_router,
        deliveries_router,
        statements_router,
        drafts_router,
        late_fee_rules_router,
        fees_router,
        payments_router,
        exchange_rates_router,
        converted_payments_router,
        ledger_router,
        journal_router,
        closing_router,
        reports_router,
        runs_router,
        simulation_router,
        portal_router,
    ),
    handlers=(
        on_invoices_issued,
        on_invoices_made_void,
        on_credit_notes,
        on_invoices_paid,
        on_invoices_voided,
        on_credit_notes_issued,
        on_wallets_low,
        on_late_payments,
        on_invoices_to_send,
        on_credit_notes_to_send,
        on_void_invoices_waiting,
    ),
    jobs=(
        roll,
        apply_changes,
        roll_out_plans,
        turn_credit,
        top_up,
        bill_run,
        bill_thresholds,
        overdue,
        late_fees,
        recognise_revenue,
        check_all,
        recheck_tax_numbers,
        deliver_peppol,
        usage_partitions,
        usage_event_ids,
    ),
    personal_data=personal_data,
    permissions=(
        Permission("billing:read", "See the payers, and how the tenant bills."),
        Permission("billing:write", "Change how the tenant bills: currency, terms, numbers."),
        Permission("plans:read", "See products, plans, their rules and tax rates."),
        Permission("plans:write", "Publish, change and retire plans, add products and tax rates."),
        Permission("tax:read", "See tax rules, registrations, certificates and reports."),
        Permission("tax:write", "Write down tax rules, registrations and certificates."),
        Permission("subscriptions:read", "See subscriptions."),
        Permission("subscriptions:write", "Start and cancel subscriptions."),
        Permission("usage:read", "See meters and usage."),
        Permission("usage:write", "Define meters and alerts, correct usage."),
        Permission("usage:ingest", "Report usage."),
        Permission("discounts:read", "See coupons and the discounts of customers."),
        Permission("discounts:write", "Make coupons, give and revoke discounts."),
        Permission("wallets:read", "See wallets and what is in them."),
        Permission("wallets:write", "Open and change wallets, put credit in and void it."),
        Permission("invoices:read", "See invoices."),
        Permission("invoices:issue", "Issue invoices by hand."),
        Permission("invoices:draft", "Write, change and discard drafts of invoices."),
        Permission("invoices:void", "Make invoices void."),
        Permission("invoices:write_off", "Write invoices off, recover them, mark them."),
        Permission("invoices:send", "Send invoices to customers."),
        Permission("credit_notes:read", "See credit notes."),
        Permission(
            "credit_notes:issue", "Issue credit and debit notes, and note what was paid back."
        ),
        Permission("peppol:read", "See what was sent through the Peppol network."),
        Permission("peppol:send", "Send documents through the Peppol network, and again."),
        Permission("late_fees:read", "See rules of late fees and what they charged."),
        Permission("late_fees:write", "Make and retire rules of late fees, waive fees."),
        Permission("statements:read", "See statements of customers."),
        Permission("payments:read", "See payments."),
        Permission("payments:record", "Record payments."),
        Permission("ledger:read", "See accounts and entries of the books."),
        Permission("ledger:write", "Open accounts, and say what the accounting system calls them."),
        Permission("ledger:close", "Book revenue, close months of the books and open them again."),
        Permission("bill_runs:read", "See bill runs."),
        Permission("bill_runs:start", "Start bill runs."),
        Permission("portal:billing", "In the portal: one's own invoices, payments and usage."),
    ),
    approvable=(
        ApprovableAction(
            "refund", "credit_notes:issue", "Pay money back for a credit note; target credit_note."
        ),
        ApprovableAction("write_off", "invoices:write_off", "Give up what is due; target invoice."),
        ApprovableAction(
            "credit_note", "credit_notes:issue", "Take an invoice back; target invoice."
        ),
        ApprovableAction(
            "wallet_grant", "wallets:write", "Give credit free of charge; target wallet."
        ),
    ),
    events=(
        CustomerOpened,
        CustomerChanged,
        PlanPublished,
        PlanChanged,
        SubscriptionStarted,
        SubscriptionCancelled,
        SubscriptionChanged,
        SubscriptionPaused,
        SubscriptionResumed,
        SubscriptionRenewed,
        SubscriptionExpired,
        SubscriptionTransferred,
        TrialEnding,
        CouponRedeemed,
        CouponRevoked,
        WalletToppedUp,
        WalletCreditGranted,
        WalletCreditExpired,
        WalletLow,
        UsageThresholdReached,
        BillingThresholdReached,
        TaxNumberStatusChanged,
        InvoiceIssued,
        InvoicePaid,
        PaymentReceived,
        CreditNoteIssued,
        CreditNoteRefunded,
        InvoiceVoided,
        InvoiceWrittenOff,
        InvoiceRecovered,
        InvoiceUncollectible,
        InvoiceSent,
        InvoiceOverdue,
        LateFeeCharged,
        LateFeesWaived,
        PeppolSent,
        PeppolDelivered,
        PeppolFailed,
    ),
)
