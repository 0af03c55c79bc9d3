"""What can be done with invoices: issue them, and look at those to come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.assembling import assemble
from dotmac_billing.assembly.decision import Terms
from dotmac_billing.assembly.draft import Draft, Taken
from dotmac_billing.assembly.line import Charge
from dotmac_billing.assembly.reading import treatments_of
from dotmac_billing.assembly.repository import AssemblyRepository
from dotmac_billing.assembly.service import gather, learn, treatments_by_payer
from dotmac_billing.assembly.taxing import ToTax, own_taxes
from dotmac_billing.discounts.applied import Use
from dotmac_billing.discounts.service import count_uses
from dotmac_billing.documents.service import compliance_gate
from dotmac_billing.exchange.service import rates_of_issue
from dotmac_billing.interim.service import follow_periods
from dotmac_billing.invoicing import rows
from dotmac_billing.invoicing.errors import CustomerUnknownError
from dotmac_billing.invoicing.manual import NewInvoice, charge_of
from dotmac_billing.invoicing.moments import bills_at_once, next_moments
from dotmac_billing.invoicing.numbers import NumberTerms
from dotmac_billing.invoicing.repository import InvoiceWriter, Note
from dotmac_billing.invoicing.terms import Issued, IssueTerms
from dotmac_billing.ledger.closing import require_open
from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_billing.payments.allocation import Credit, take_credit
from dotmac_billing.payments.repository import PaymentRepository
from dotmac_billing.pending.repository import PendingRepository
from dotmac_billing.receivables.repository import ReceivablesRepository
from dotmac_billing.receivables.states import InvoiceKind
from dotmac_billing.recognition.deferring import Deferred, defer
from dotmac_billing.recognition.repository import RecognitionRepository
from dotmac_billing.remote_tax.answers import TaxAnswers
from dotmac_billing.remote_tax.service import answers_of, decided, keep, taxed_by
from dotmac_billing.settings.due import DueRule, due_date
from dotmac_billing.settings.e_invoicing import EInvoicing
from dotmac_billing.settings.number_format import SeriesKind
from dotmac_billing.settings.recognition import Recognition
from dotmac_billing.settings.service import due_terms, rounding_of, settings_of
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.usage.service import settle_late
from dotmac_billing.wallets.grants import Spent, draw
from dotmac_billing.wallets.service import grants_of, spend
from dotmac_core_ops.audit import AuditRow
from dotmac_core_ops.database import clock_of, new_id

MOST_PREVIEWED = 60


async def issue_terms(session: AsyncSession) -> IssueTerms:
    """The tenant's terms; opens its accounts and its series of numbers when it has none yet."""
    settings = await settings_of(session)
    await ReceivablesRepository(session).open_series(SeriesKind.INVOICE.value)
    return IssueTerms(
        accounts=await LedgerRepository(session).accounts(),
        numbers=NumberTerms(
            {
                SeriesKind.INVOICE: settings.invoice_number_format,
                SeriesKind.DEBIT_NOTE: settings.debit_note_number_format,
            },
            settings.numbers_reset,
        ),
        currency=settings.currency,
        time_zone=settings.time_zone,
        due=due_terms(settings),
        tax_rounding=rounding_of(settings),
        seller_version=settings.version,
        draft_days=settings.draft_days,
        einvoicing=settings.einvoicing,
        recognition=settings.recognition,
        closed_on=settings.books_closed_on,
        tax_calculator=settings.tax_calculator,
    )


class InvoiceService:
    """Issues invoices, one or thousands, on one path: entries, numbers, rows, facts."""

    def __init__(
        self, session: AsyncSession, terms: IssueTerms, answers: TaxAnswers | None = None
    ) -> None:
        self._session = session
        self._terms = terms
        self._answers = answers
        self._clock = clock_of(session)
        self._receivables = ReceivablesRepository(session)
        self._payments = PaymentRepository(session)
        self._assembly = AssemblyRepository(session)

    @classmethod
    async def within(cls, session: AsyncSession) -> InvoiceService:
        """The service of the session's tenant."""
        return cls(session, await issue_terms(session))

    async def issue(
        self,
        drafts: Sequence[Draft],
        *,
        historical: bool = False,
        run_id: UUID | None = None,
        has_wallets: bool = True,
        note: Note | None = None,
    ) -> Issued:
        """Issue `drafts` (at least one) under consecutive numbers, in their order.

        Credit that customers have is used first, then their wallets (where there are any). A
        negative invoice is paid at once and becomes credit. Everything is written set-wise, and the
        numbers are drawn after what can be done without them, because from then on others wait.
        `note` says what the audit log is told.

        Raises:
            InvoiceNotCompliantError: the tenant requires e-invoices that conform, and one does not.
            PeriodClosedError: one is issued on a day up to which the books are closed.
        """
        terms = self._terms
        await self._refuse_faulty(drafts)
        await self._use_credit(drafts)
        if has_wallets:
            await self._use_wallets(drafts)
        await self._use_up(drafts)
        lines = rows.line_rows(drafts)
        schedules, deferred = await self._defer(drafts, lines)
        made = await self._making(drafts, run_id, historical=historical)
        prepared = rows.Prepared(drafts, made, lines, schedules, deferred)
        issued = await InvoiceWriter(self._session, terms).write(prepared, note)
        billed = [
            (charge.pending_id, draft.invoice_id, position)
            for draft in drafts
            if draft.pending_ids
            for position, charge in enumerate(draft.charges, 1)
            if charge.pending_id is not None
        ]
        if billed:
            await PendingRepository(self._session).billed(billed)
        if self._answers is not None:
            ids = {draft.invoice_id for draft in drafts}
            await keep(self._session, self._answers, ids)
        return issued

    async def _making(
        self, drafts: Sequence[Draft], run_id: UUID | None, *, historical: bool
    ) -> rows.Making:
        terms = self._terms
        issued = ((draft.currency, draft.issued_on) for draft in drafts)
        return rows.Making(
            created_at=self._clock.now(),
            run_id=run_id,
            seller_version=terms.seller_version,
            rounding=terms.tax_rounding,
            historical=historical,
            rates=await rates_of_issue(self._session, issued, terms.currency),
        )

    async def _refuse_faulty(self, drafts: Sequence[Draft]) -> None:
        require_open([draft.issued_on for draft in drafts], self._terms.closed_on)
        if self._terms.einvoicing is EInvoicing.REQUIRE:
            refuse = await compliance_gate(self._session, {one.customer_id for one in drafts})
            if refuse is not None:
                refuse(drafts)

    async def _defer(
        self, drafts: Sequence[Draft], lines: Sequence[rows.Row]
    ) -> tuple[list[rows.Row], Mapping[UUID, Deferred]]:
        """Schedules of what is earned later, and what of each invoice that is; none by default."""
        basis = self._terms.recognition
        if basis is Recognition.AT_INVOICE:
            return [], {}
        billed = rows.billed_lines(drafts, lines)
        reversed_ids = {line.reverses_id for line in billed if line.reverses_id is not None}
        scheduled = {}
        if reversed_ids:
            scheduled = await RecognitionRepository(self._session).scheduled(reversed_ids)
        return defer(billed, basis, scheduled)

    async def _use_up(self, drafts: Sequence[Draft]) -> None:
        """Take off payments, coupons, wallets and running periods what the invoices take."""
        await self._payments.spend(rows.spent(drafts))
        await follow_periods(self._session, drafts)
        uses = [
            Use(redemption_id, draft.invoice_id, amount, draft.bill_on)
            for draft in drafts
            for redemption_id, amount in draft.used.items()
        ]
        if uses:
            await count_uses(self._session, uses)
        drawn = [
            Spent(grant.grant_id, draft.invoice_id, grant.amount, draft.issued_on)
            for draft in drafts
            for grant in draft.granted
        ]
        if drawn:
            await spend(self._session, drawn)

    async def issue_manual(self, new: NewInvoice) -> UUID:
        """Issue an invoice made by hand; its id.

        Raises:
            CustomerUnknownError: no such customer.
            TaxRateMissingError: a line's tax has no rate on the day of issue.
            InvoiceTooLargeError: a line is over more than a million millions.
        """
        customer = await self._assembly.customer(new.customer_id)
        if customer is None:
            raise CustomerUnknownError(new.customer_id)
        currency = new.currency or customer["currency"]
        issued_on = new.issued_on or self._clock.today(customer["time_zone"])
        knowledge = await learn(self._session)
        treatments = await treatments_by_payer(self._session, [new.customer_id], knowledge.taxes)
        charges = await self._charges(new, currency)
        invoice_id = new_id()
        tax = own_taxes(treatments(new.customer_id), issued_on, currency, self._terms.tax_rounding)
        if (answers := await self._remote()) is not None:
            about = ToTax(new.customer_id, new.customer_id, issued_on, currency)
            invoice_id, tax = await taxed_by(self._session, answers, about, invoice_id, charges)
        assembled = assemble(charges, tax, on=issued_on, currency=currency)
        rule = customer["due_rule"]
        terms = self._terms.due.of(
            None if rule is None else DueRule(rule), customer["payment_terms_days"]
        )
        due = new.due_on or due_date(issued_on, terms)
        draft = Draft(
            invoice_id=invoice_id,
            kind=InvoiceKind.DEBIT_NOTE if new.corrects_id else InvoiceKind.MANUAL,
            customer_id=new.customer_id,
            subscription_id=None,
            period_start=None,
            period_end=None,
            bill_on=issued_on,
            issued_on=issued_on,
            due_on=due,
            currency=currency,
            lines=assembled.lines,
            totals=assembled.totals,
            charges=charges,
            customer_version=customer["version"],
            corrects_id=new.corrects_id,
        )
        await self._issue_one(draft)
        return draft.invoice_id

    async def _remote(self) -> TaxAnswers | None:
        if self._answers is None:
            self._answers = await answers_of(self._session, self._terms.tax_calculator)
        return self._answers

    async def _charges(self, new: NewInvoice, currency: str) -> list[Charge]:
        charges = [charge_of(line, currency) for line in new.lines]
        like = [line.taxed_as for line in new.lines if line.taxed_as is not None]
        if not like:
            return charges
        known = treatments_of(await self._assembly.treatments(like))
        return [
            charge
            if line.taxed_as is None
            else charge._replace(tax_code=None, treatment=known.get(line.taxed_as))
            for line, charge in zip(new.lines, charges, strict=True)
        ]

    async def _issue_one(self, draft: Draft) -> None:
        def note(issued: Issued) -> AuditRow:
            return AuditRow(
                "invoices.issue",
                ("invoice", draft.invoice_id),
                after={
                    "number": issued.first,
                    "total": draft.totals.total,
                    "currency": draft.currency,
                },
            )

        await self.issue([draft], note=note)

    async def bill_now(
        self, subscription_ids: Collection[UUID], customer_ids: Collection[UUID] = ()
    ) -> list[UUID]:
        """Issue what waits for the next invoice of these; the invoices' ids.

        Each payer and currency gets one invoice, with what waits for the payer alone as well.
        Nothing else is billed and no subscription moves on.
        """
        subscriptions = await self._assembly.subscriptions(subscription_ids)
        subscriptions += await self._assembly.payers(customer_ids)
        if not subscriptions:
            return []
        today = {one.id: self._clock.today(one.time_zone) for one in subscriptions}
        knowledge = await learn(self._session)
        _, facts = await gather(
            self._session, subscriptions, max(today.values()), knowledge, hold=True
        )
        terms = Terms(
            historical=False,
            due=self._terms.due,
            today=self._clock.today,
            rounding=self._terms.tax_rounding,
            kind=InvoiceKind.CHANGE,
        )
        bills = bills_at_once(subscriptions, today)
        decision = await decided(self._session, bills, facts, terms, await self._remote())
        decision.refuse_failures()
        for draft in decision.drafts:
            await self._issue_one(draft)
        await settle_late(self._session, decision.settled)
        return [draft.invoice_id for draft in decision.drafts]

    async def _use_credit(self, drafts: Iterable[Draft]) -> None:
        """Let the drafts, in their order, take what is left of earlier payments, oldest first."""
        customers = {draft.customer_id for draft in drafts if draft.totals.total > 0}
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

    async def _use_wallets(self, drafts: Sequence[Draft]) -> None:
        """Let the drafts, in their order, take what is left of the customers' wallets."""
        customers = {draft.customer_id for draft in drafts if draft.totals.total > 0}
        if not customers:
            return
        grants = await grants_of(self._session, customers, min(one.issued_on for one in drafts))
        if not grants:
            return
        for draft in drafts:
            left = grants.get((draft.customer_id, draft.currency))
            due = draft.totals.total - sum((one.amount for one in draft.taken), Decimal(0))
            if left and due > 0:
                draft.granted += draw(due, left, draft.issued_on, draft.parts())


async def bill_now(session: AsyncSession, subscription_ids: Collection[UUID]) -> list[UUID]:
    """Issue at once what waits for the next invoice of these subscriptions; the invoices' ids."""
    return await (await InvoiceService.within(session)).bill_now(subscription_ids)


async def preview(session: AsyncSession, subscription_id: UUID, *, periods: int = 1) -> list[Draft]:
    """The next `periods` invoices of a subscription (fewer when it ends), as a run would make them.

    What waits for the next invoice is on the first of them. Nothing is written.

    Raises:
        SubscriptionNotFoundError: no such subscription.
        TaxRateMissingError and the others: see `assemble`.
    """
    repository = AssemblyRepository(session)
    found = await repository.subscriptions([subscription_id])
    if not found:
        raise SubscriptionNotFoundError(subscription_id)
    settings = await settings_of(session)
    knowledge = await learn(session)
    items = (await repository.items(found, knowledge.prices)).of.get(subscription_id, [])
    through = next_moments(found[0], items, min(periods, MOST_PREVIEWED))
    if through is None:
        return []
    bills, facts = await gather(session, found, through, knowledge, hold=False)
    terms = Terms(
        historical=True,
        due=due_terms(settings),
        today=clock_of(session).today,
        rounding=rounding_of(settings),
    )
    answers = await answers_of(session, settings.tax_calculator)
    decision = await decided(session, bills, facts, terms, answers, is_estimate=True)
    decision.refuse_failures()
    return decision.drafts
