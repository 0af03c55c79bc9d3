"""Billing what is used before its period is over, where it has reached a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.billed import Billed, UsageKey
from dotmac_billing.assembly.decision import Decision, Facts, Failure, Terms, decide
from dotmac_billing.assembly.interim import running
from dotmac_billing.assembly.reading import windows_of
from dotmac_billing.assembly.repository import AssemblyRepository, Items
from dotmac_billing.assembly.service import (
    Knowledge,
    billed_so_far,
    coupons_of,
    learn,
    treatments_by_payer,
)
from dotmac_billing.catalog.thresholds import BillingThresholds, problems, thresholds_row
from dotmac_billing.charges.measured import Measured
from dotmac_billing.documents.service import compliance_gate
from dotmac_billing.invoicing.repository import noted as issue_noted
from dotmac_billing.invoicing.service import InvoiceService, issue_terms
from dotmac_billing.invoicing.terms import IssueTerms
from dotmac_billing.protocols import Transactions
from dotmac_billing.receivables.states import InvoiceKind
from dotmac_billing.remote_tax.answers import Questions, TaxAnswers
from dotmac_billing.remote_tax.service import answers_of, ask, noted
from dotmac_billing.settings.e_invoicing import EInvoicing
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.thresholds.due import ToBill, Watched, to_bill, used_by
from dotmac_billing.thresholds.errors import BillingThresholdsInvalidError
from dotmac_billing.thresholds.events import BillingThresholdReached
from dotmac_billing.thresholds.repository import ThresholdRepository, WithThresholds
from dotmac_billing.usage.meters.repository import MeterRepository
from dotmac_billing.usage.service import measure
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id

CHUNK_SIZE = 500
MOST_LOOKED_AT = 10_000
"""Subscriptions that one tick looks at; the next one goes on where it has stopped."""

_NOTHING = Decimal(0)


class Swept(NamedTuple):
    """What a tick has done. A subscription that could not be billed is tried again next time."""

    looked_at: int
    invoices: int
    failures: list[Failure]


async def sweep(
    database: Transactions,
    tenant_id: UUID,
    *,
    chunk_size: int = CHUNK_SIZE,
    most: int = MOST_LOOKED_AT,
) -> Swept:
    """Bill the usage of subscriptions that have reached a threshold, in bounded work.

    Each chunk is one transaction; what a chunk has billed is reached no more, so that it may be
    killed at any moment and started again, and several may run side by side. A subscription that a
    bill run holds is left to the next time.
    """
    looked_at, invoices, failures = 0, 0, list[Failure]()
    while looked_at < most:
        limit = min(chunk_size, most - looked_at)

        async def candidates(session: AsyncSession, limit: int = limit) -> list[UUID]:
            return await ThresholdRepository(session).candidates(limit)

        ids = await database.run(tenant_id, candidates)
        chunk = _Chunk(ids, ids[-1] if len(ids) == limit else None)
        chunk.answers = await database.run(tenant_id, chunk.note)
        if chunk.answers is not None:
            await ask(chunk.answers, chunk.questions)
        decision = await database.run(tenant_id, chunk.bill)
        looked_at += len(ids)
        invoices += len(decision.drafts)
        failures += decision.failures
        if chunk.last is None:
            break
    return Swept(looked_at, invoices, failures)


@dataclass(slots=True)
class _Chunk:
    """Subscriptions that are looked at together; `last` is where the next look begins after."""

    ids: Sequence[UUID]
    last: UUID | None
    answers: TaxAnswers | None = None
    questions: Questions = ()  # type: ignore[assignment] # nothing is asked unless it is noted

    async def note(self, session: AsyncSession) -> TaxAnswers | None:
        """What a tax service is to be asked, which is done while nothing is held."""
        issue = await issue_terms(session)
        answers = await answers_of(session, issue.tax_calculator)
        if answers is not None and self.ids:
            found = await ThresholdRepository(session).subscriptions(self.ids)
            due, facts, terms = await _due(session, found, issue, hold=False)
            self.questions = await noted(session, due.bills, facts, terms, answers)
        return answers

    async def bill(self, session: AsyncSession) -> Decision:
        """One transaction: hold, measure, decide, issue, go on."""
        repository, now = ThresholdRepository(session), clock_of(session).now()
        await repository.looked(self.last, now)
        found = await repository.subscriptions(self.ids, hold=True) if self.ids else []
        if not found:
            return Decision()
        issue = await issue_terms(session)
        due, facts, terms = await _due(session, found, issue, hold=True)
        if self.answers is not None:
            facts = replace(facts, taxing=self.answers.give)
        if issue.einvoicing is EInvoicing.REQUIRE:
            payers = {bill.subscription.payer_id for bill in due.bills}
            facts.refuse = await compliance_gate(session, payers) if payers else None
        decision = decide(due.bills, facts, terms)
        if decision.drafts:
            total = sum((draft.totals.total for draft in decision.drafts), _NOTHING)
            note = issue_noted(("threshold_sweep", new_id()), total)
            await InvoiceService(session, issue, self.answers).issue(decision.drafts, note=note)
            await _remember(session, due, decision)
        return decision


async def _remember(session: AsyncSession, due: ToBill, decision: Decision) -> None:
    now = clock_of(session).now()
    rows, events = [], []
    for draft in decision.drafts:
        assert draft.subscription_id is not None  # each is on an invoice of its own
        why = due.why[draft.subscription_id]
        facts: dict[str, Any] = {
            "subscription_id": draft.subscription_id,
            "invoice_id": draft.invoice_id,
            "threshold": why.threshold,
            "component": why.component,
            "total": why.total,
            "currency": draft.currency,
        }
        rows.append({**facts, "id": new_id(), "measure": why.measure, "created_at": now})
        events.append(
            BillingThresholdReached(
                **facts, customer_id=draft.customer_id, measure=why.measure.value
            )
        )
    await ThresholdRepository(session).add(rows)
    await EventPublisher(session).publish_many(events)


async def _due(
    session: AsyncSession, found: Sequence[WithThresholds], issue: IssueTerms, *, hold: bool
) -> tuple[ToBill, Facts, Terms]:
    """Bills of those that have reached a threshold, with everything needed to decide them."""
    knowledge = await learn(session)
    watched, items = await _watched(session, found, knowledge)
    measured, billed = await _usage(session, watched)
    due = to_bill(watched, measured, billed)
    owners = [bill.subscription for bill in due.bills]
    in_use = await AssemblyRepository(session).in_use()
    buyers = [one.payer_id for one in owners]
    facts = Facts(
        await treatments_by_payer(session, buyers, knowledge.taxes),
        measured,
        redeemed=await coupons_of(session, owners, hold=hold) if in_use.coupons and owners else {},
        broken=items.broken,
        interim=billed,
    )
    terms = Terms(
        historical=False,
        due=issue.due,
        today=clock_of(session).today,
        rounding=issue.tax_rounding,
        kind=InvoiceKind.THRESHOLD,
    )
    return due, facts, terms


async def _watched(
    session: AsyncSession, found: Sequence[WithThresholds], knowledge: Knowledge
) -> tuple[list[Watched], Items]:
    clock = clock_of(session)
    subscriptions = [one.subscription for one in found]
    items = await AssemblyRepository(session).items(subscriptions, knowledge.prices)
    meters = {
        item.priced.component.meter
        for held in items.of.values()
        for item in held
        if item.priced.component.meter is not None
    }
    terms = await MeterRepository(session).terms(meters)
    aggregations = {code: meter.aggregation for code, meter in terms.items()}
    watched = []
    for subscription, thresholds in found:
        today = clock.today(subscription.time_zone)
        dues = running(subscription, items.of.get(subscription.id, []), today, aggregations)
        if dues and subscription.id not in items.broken:
            watched.append(Watched(subscription, thresholds, dues, today))
    return watched, items


async def _usage(
    session: AsyncSession, watched: Sequence[Watched]
) -> tuple[dict[UsageKey, Measured], dict[UsageKey, Billed]]:
    """What was used in the running periods, and what of it was billed: a handful of queries."""
    windows = [window for one in watched for window in windows_of(one.subscription, one.dues)]
    measured = await measure(session, windows) if windows else {}
    billed = await billed_so_far(session, [one.subscription.id for one in watched])
    return cast("dict[UsageKey, Measured]", measured), billed  # its keys are those of the windows


class Standing(NamedTuple):
    """What holds for a subscription, and what its running periods come to, before discount and tax.

    `is_own` says that the thresholds are its own, not those of its plan.
    """

    thresholds: BillingThresholds
    is_own: bool
    currency: str
    total: Decimal
    billed: Decimal


class ThresholdService:
    """Thresholds of single subscriptions."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._thresholds = ThresholdRepository(session)
        self._assembly = AssemblyRepository(session)

    async def standing(self, subscription_id: UUID) -> Standing:
        """What holds, and how much is used and billed.

        Raises:
            SubscriptionNotFoundError: no such subscription.
        """
        owners = await self._assembly.subscriptions([subscription_id])
        if not owners:
            raise SubscriptionNotFoundError(subscription_id)
        is_own = await self._thresholds.has_own(subscription_id)
        found = await self._thresholds.subscriptions([subscription_id])
        said = found[0].thresholds if found else BillingThresholds()
        watched, _ = await _watched(self._session, found, await learn(self._session))
        measured, billed = await _usage(self._session, watched)
        used = [one for each in watched for one in used_by(each, measured, billed)]
        total = sum((one.amount for one in used), _NOTHING)
        before = sum((one.billed for one in used), _NOTHING)
        return Standing(said, is_own, owners[0].currency, total, before)

    async def set(self, subscription_id: UUID, said: BillingThresholds) -> Standing:
        """Let these hold in place of the plan's; empty ones mean that none does.

        Raises:
            SubscriptionNotFoundError: no such subscription.
            BillingThresholdsInvalidError: amounts that do not ascend, or a component that has no
                meter.
        """
        owners = await self._assembly.subscriptions([subscription_id])
        if not owners:
            raise SubscriptionNotFoundError(subscription_id)
        items = await self._assembly.items(owners, (await learn(self._session)).prices)
        metered = {
            item.priced.component.code
            for item in items.of.get(subscription_id, ())
            if item.priced.is_metered
        }
        for problem in problems(said, metered):
            raise BillingThresholdsInvalidError(problem)
        await self._thresholds.set(subscription_id, said, clock_of(self._session).now())
        await record(
            self._session,
            action="billing_thresholds.set",
            target=("subscription", subscription_id),
            after=thresholds_row(said),
        )
        return await self.standing(subscription_id)

    async def remove(self, subscription_id: UUID) -> None:
        """Let the plan's thresholds hold again. It may be repeated.

        Raises:
            SubscriptionNotFoundError: no such subscription.
        """
        if not await self._assembly.subscriptions([subscription_id]):
            raise SubscriptionNotFoundError(subscription_id)
        if await self._thresholds.remove(subscription_id):
            await record(
                self._session,
                action="billing_thresholds.remove",
                target=("subscription", subscription_id),
            )
