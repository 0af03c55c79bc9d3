"""The invoice over prepaid credit.

It has no tax: what the credit will be used for, and hence its tax, is not known yet. The invoices
that draw on the credit have their own.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.assembly.assembling import assemble
from dotmac_billing.assembly.draft import Draft
from dotmac_billing.assembly.taxing import own_taxes
from dotmac_billing.invoicing.manual import NewLine, charge_of
from dotmac_billing.receivables.states import InvoiceKind
from dotmac_billing.settings.due import DueRule, DueTerms, due_date
from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_billing.tax.treatment import Treatment
from dotmac_billing.wallets.opening import NewGrant
from dotmac_billing.wallets.writing import Purse
from dotmac_core_ops.database import new_id


class Buyer(NamedTuple):
    """A wallet's customer, as an invoice needs to know them; `today` in their zone.

    `due_rule` and `terms_days` None mean the tenant's.
    """

    today: date
    due_rule: DueRule | None
    terms_days: int | None
    version: int


class TopUp(NamedTuple):
    """Credit that is to be paid for."""

    purse: Purse
    wallet_name: str
    buyer: Buyer
    grant: NewGrant


def draft_of(top_up: TopUp, usual: DueTerms, rounding: TaxRounding) -> Draft:
    """The invoice over a top-up, issued today.

    Raises:
        InvoiceTooLargeError: it is over more than a million millions.
    """
    purse, buyer = top_up.purse, top_up.buyer
    line = NewLine(f"Prepaid credit: {top_up.wallet_name}", Decimal(1), top_up.grant.amount)
    charges = [charge_of(line, purse.currency)]
    tax = own_taxes(_untaxed, buyer.today, purse.currency, rounding)
    assembled = assemble(charges, tax, on=buyer.today, currency=purse.currency)
    return Draft(
        invoice_id=new_id(),
        kind=InvoiceKind.MANUAL,
        customer_id=purse.customer_id,
        subscription_id=None,
        period_start=None,
        period_end=None,
        bill_on=buyer.today,
        issued_on=buyer.today,
        due_on=due_date(buyer.today, usual.of(buyer.due_rule, buyer.terms_days)),
        currency=purse.currency,
        lines=assembled.lines,
        totals=assembled.totals,
        charges=charges,
        customer_version=buyer.version,
    )


def is_covered(draft: Draft) -> bool:
    """Whether credit that the customer had pays all of it."""
    return sum((one.amount for one in draft.taken), Decimal(0)) >= draft.totals.total


def _untaxed(tax_code: str | None, on: date) -> Treatment | None:  # noqa: ARG001 (as taxes ask)
    return None
