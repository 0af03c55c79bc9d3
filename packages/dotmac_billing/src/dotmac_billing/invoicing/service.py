"""What can be done with invoices: issue them, and look at those to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.invoicing import rows
from dotmac_billing.invoicing.charging import Line
from dotmac_billing.invoicing.draft import Draft, PeriodBill, Taken, upcoming
from dotmac_billing.invoicing.errors import CustomerUnknownError, InvoiceTooLargeError
from dotmac_billing.invoicing.repository import BillingRepository, ComponentPrices
from dotmac_billing.invoicing.totals import totals
from dotmac_billing.ledger.repository import LedgerRepository, ledger_tables
from dotmac_billing.payments.allocation import Credit, take_credit
from dotmac_billing.payments.repository import PaymentRepository, allocation_table
from dotmac_billing.receivables.repository import ReceivablesRepository, invoice_tables
from dotmac_billing.settings.due import due_on
from dotmac_billing.settings.number_format import numbering
from dotmac_billing.settings.service import settings_of
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.tax.rates import TaxRates
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, copy_tables, new_id
from dotmac_core_ops.money import round_money

MOST_PREVIEWED = 60
LARGEST_LINE = Decimal(10) ** 12  # two hundred of them, with tax, still fit the column
_FEW = 100  # written in one statement, which is quicker than two with the lock held less


@dataclass(frozen=True)
class IssueTerms:
    """What is the same for all invoices of a tenant; read once for a whole run."""

    accounts: Mapping[str, UUID]
    number_format: str
    currency: str
    time_zone: str
    payment_terms_days: int


@dataclass(frozen=True)
class Issued:
    """Invoices that were issued together: how many, and the first and last number."""

    count: int
    first: str
    last: str


@dataclass(frozen=True)
class NewLine:
    """A line of an invoice made by hand; `unit_price` before tax, exact."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_code: str | None = None


@dataclass(frozen=True)
class NewInvoice:
    """An invoice made by hand, in the customer's currency. `issued_on` None means today there."""

    customer_id: UUID
    lines: tuple[NewLine, ...]
    issued_on: date | None = None
    due_on: date | None = None


async def issue_terms(session: AsyncSession) -> IssueTerms:
    """The tenant's terms; opens its accounts and its series of numbers when it has none yet."""
    settings = await settings_of(session)
    await ReceivablesRepository(session).open_series(rows.SERIES)
    return IssueTerms(
        accounts=await LedgerRepository(session).accounts(),
        number_format=settings.invoice_number_format,
        currency=settings.currency,
        time_zone=settings.time_zone,
        payment_terms_days=settings.payment_terms_days,
    )


class InvoiceService:
    """Issues invoices, one or thousands, on one path: entries, numbers, rows, facts."""

    def __init__(self, session: AsyncSession, terms: IssueTerms) -> None:
        self._session = session
        self._terms = terms
        self._clock = clock_of(session)
        self._receivables = ReceivablesRepository(session)
        self._payments = PaymentRepository(session)
        self._billing = BillingRepository(session)

    @classmethod
    async def within(cls, session: AsyncSession) -> InvoiceService:
        """The service of the session's tenant."""
        return cls(session, await issue_terms(session))

    async def issue(
        self, drafts: Sequence[Draft], *, historical: bool = False, run_id: UUID | None = None
    ) -> Issued:
        """Issue `drafts` (at least one) under consecutive numbers, in their order.

        Credit that customers have is used first. Everything is written set-wise, and the numbers
        are drawn after what can be written without them, because from then on others wait.
        """
        now = self._clock.now()
        await self._use_credit(drafts)
        books = rows.ledger_rows(drafts, self._terms.accounts, now)
        lines = rows.line_rows(drafts)
        written = ledger_tables(books.entries, books.postings)
        if len(drafts) > _FEW:
            await copy_tables(self._session, written)
            written = []
        first = await self._receivables.draw(rows.SERIES, len(drafts))
        numbered = numbering(self._terms.number_format)
        issued = rows.invoice_rows(
            drafts, first, numbered, created_at=now, run_id=run_id, historical=historical
        )
        written += invoice_tables(issued.invoices, issued.balances, lines, issued.taxes)
        await copy_tables(self._session, [*written, allocation_table(issued.allocations)])
        await self._payments.spend(issued.spent)
        await EventPublisher(self._session).publish_many(issued.events)
        return Issued(len(drafts), numbered(first), numbered(first + len(drafts) - 1))

    async def issue_manual(self, new: NewInvoice) -> UUID:
        """Issue an invoice made by hand; its id.

        Raises:
            CustomerUnknownError: no such customer.
            TaxRateMissingError: a line's tax has no rate on the day of issue.
            InvoiceTooLargeError: a line is over more than a million millions.
            NegativeInvoiceError: the lines sum to less than nothing.
        """
        customer = await self._billing.customer(new.customer_id)
        if customer is None:
            raise CustomerUnknownError(new.customer_id)
        currency = customer["currency"]
        issued_on = new.issued_on or self._clock.today(customer["time_zone"])
        rates = await self._billing.rates()
        lines = [_line(line, currency, issued_on, rates) for line in new.lines]
        due = new.due_on or due_on(
            issued_on, customer["payment_terms_days"], self._terms.payment_terms_days
        )
        draft = Draft(
            invoice_id=new_id(),
            customer_id=new.customer_id,
            subscription_id=None,
            period_start=None,
            period_end=None,
            bill_on=issued_on,
            issued_on=issued_on,
            due_on=due,
            currency=currency,
            lines=lines,
            totals=totals(lines, currency),
        )
        issued = await self.issue([draft])
        await record(
            self._session,
            action="invoices.issue",
            target=("invoice", draft.invoice_id),
            after={"number": issued.first, "total": draft.totals.total, "currency": currency},
        )
        return draft.invoice_id

    async def _use_credit(self, drafts: Iterable[Draft]) -> None:
        """Let the drafts, in their order, take what is left of earlier payments, oldest first."""
        customers = {draft.customer_id for draft in drafts if draft.totals.total}
        found = await self._payments.credit(customers) if customers else []
        if not found:
            return
        received: dict[UUID, date] = {}
        credit: dict[tuple[UUID, str], list[Credit]] = {}
        for row in found:
            received[row["id"]] = row["received_on"]
            owner = (row["customer_id"], row["currency"])
            credit.setdefault(owner, []).append(Credit(row["id"], row["unapplied"]))
        for draft in drafts:
            left = credit.get((draft.customer_id, draft.currency))
            if left:
                draft.taken += [
                    Taken(payment_id, amount, received[payment_id])
                    for payment_id, amount in take_credit(draft.totals.total, left)
                ]


def _line(new: NewLine, currency: str, issued_on: date, rates: TaxRates) -> Line:
    amount = new.quantity * new.unit_price
    if abs(amount) > LARGEST_LINE:
        raise InvoiceTooLargeError(amount, LARGEST_LINE)
    return Line(
        item_id=None,
        component_id=None,
        description=new.description,
        quantity=new.quantity,
        unit_price=new.unit_price,
        net=round_money(amount, currency),
        tax_code=new.tax_code,
        tax_rate=None if new.tax_code is None else rates.on(new.tax_code, issued_on),
        period_start=None,
        period_end=None,
    )


async def preview(
    session: AsyncSession, subscription_id: UUID, *, periods: int = 1
) -> list[PeriodBill]:
    """The next `periods` bills of a subscription (fewer when it ends), as a run would make them.

    Raises:
        SubscriptionNotFoundError: no such subscription.
        TaxRateMissingError: an item's tax has no rate on the day of billing.
        NegativeInvoiceError: a period's lines sum to less than nothing.
    """
    repository = BillingRepository(session)
    subscription = await repository.subscription(subscription_id)
    if subscription is None:
        raise SubscriptionNotFoundError(subscription_id)
    items = await repository.items([subscription_id], ComponentPrices())
    to_come = upcoming(subscription, items.get(subscription_id, []), await repository.rates())
    return list(islice(to_come, min(periods, MOST_PREVIEWED)))
