"""The bill run."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.decision import Decision, Failure, Terms, decide
from dotmac_billing.assembly.draft import Draft
from dotmac_billing.assembly.service import Knowledge, gather, learn
from dotmac_billing.documents.service import compliance_gate
from dotmac_billing.invoicing.repository import noted as issue_noted
from dotmac_billing.invoicing.service import InvoiceService, issue_terms
from dotmac_billing.invoicing.terms import IssueTerms
from dotmac_billing.protocols import Transactions
from dotmac_billing.remote_tax.answers import Questions, TaxAnswers
from dotmac_billing.remote_tax.service import answers_of, ask, asking_ahead, decided, noted
from dotmac_billing.runs.chunk import Chunk, totals_of
from dotmac_billing.runs.errors import BillRunNotFoundError
from dotmac_billing.runs.progress import OnProgress, RunProgress, RunResult
from dotmac_billing.runs.repository import ChunkShare, RunRepository, Stranded
from dotmac_billing.runs.states import RunStatus
from dotmac_billing.runs.wave import chunk_limit, require_near, wave_end
from dotmac_billing.settings.e_invoicing import EInvoicing
from dotmac_billing.settings.service import settings_of
from dotmac_billing.tax.errors import TaxLinesChangedError
from dotmac_billing.usage.service import settle_late
from dotmac_core_events import enqueue
from dotmac_core_ops.audit import record
from dotmac_core_ops.clock import time_zone
from dotmac_core_ops.collector import rare_collections
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.errors import DomainError

CHUNK_SIZE = 2000
_EASTERNMOST = "Pacific/Kiritimati"  # where a day begins first
BILL_RUN_JOB = "billing.bill_run"
_ASKED_AT_ONCE = 200  # subscriptions whose tax a service is asked for together
_MOST_CHANGES = 3  # times that a bill may change while its tax is asked for
_FEW = 100  # up to here a statement more costs more than the lock that it shortens


class BillRunService:
    """Bill runs as the API sees them; `run_billing` does the work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._runs = RunRepository(session)
        self._clock = clock_of(session)

    async def get(self, run_id: UUID) -> dict[str, Any]:
        """The run of that id.

        Raises:
            BillRunNotFoundError: there is none.
        """
        run = await self._runs.find(run_id)
        if run is None:
            raise BillRunNotFoundError(run_id)
        return dict(run)

    async def drafts(
        self, through: date | None, *, limit: int, offset: int
    ) -> tuple[list[Draft], list[Failure], int]:
        """What a run would issue of a page of due subscriptions, and how many of those there are.

        `through` None means today in the tenant's zone, drafts included. Nothing is written, and
        what could not be billed is among the failures.

        Raises:
            BillRunTooFarAheadError: `through` is more than a year ahead.
        """
        issue = await issue_terms(self._session)
        until = require_near(through, self._clock.today(issue.time_zone))
        due, total = await self._runs.due(until, limit=limit, offset=offset)
        knowledge = await learn(self._session)
        bills, facts = await gather(self._session, due, until, knowledge, hold=False)
        terms = Terms(
            historical=True,
            due=issue.due,
            today=self._clock.today,
            rounding=issue.tax_rounding,
        )
        answers = await answers_of(self._session, issue.tax_calculator)
        decision = await decided(self._session, bills, facts, terms, answers, is_estimate=True)
        return decision.drafts, decision.failures, total

    async def enqueue(self, through: date, *, historical: bool | None) -> dict[str, Any]:
        """Have the worker run it; the run as it stands in the queue.

        Raises:
            BillRunTooFarAheadError: `through` is more than a year ahead.
        """
        today = self._clock.today((await settings_of(self._session)).time_zone)
        require_near(through, today)
        run_id, is_past = new_id(), through < today if historical is None else historical
        await self._runs.start(
            run_id,
            through,
            historical=is_past,
            status=RunStatus.QUEUED.value,
            now=self._clock.now(),
        )
        asked = {"run_id": str(run_id), "through": through.isoformat(), "historical": is_past}
        await enqueue(self._session, BILL_RUN_JOB, asked, key=str(run_id))
        await record(
            self._session, action="bill_runs.start", target=("bill_run", run_id), after=asked
        )
        return await self.get(run_id)


async def run_billing(
    database: Transactions,
    tenant_id: UUID,
    through: date | None = None,
    *,
    historical: bool | None = None,
    chunk_size: int = CHUNK_SIZE,
    concurrency: int = 2,
    on_progress: OnProgress | None = None,
    run_id: UUID | None = None,
) -> RunResult:
    """Bill every period of every subscription that is due up to and including `through`.

    `through` is a day in each subscription's own zone; without it that is today in each of them, so
    that nothing is billed before its day has begun where the subscriber is. Periods are caught up
    month by month, so that numbers follow the days of billing to the month. A `historical` run (by
    default one for a past day) issues invoices on the day they were to be billed, and nobody is
    notified. Any other leaves out what is still a draft (`draft_days` of the settings).

    Each chunk of `chunk_size` subscriptions is one transaction; `concurrency` of them are under way
    at a time. It may be killed at any moment and started again, and several may run side by side:
    when it returns, everything due is billed, by whomever. Subscriptions that cannot be billed are
    left as they are and named in the result.
    """
    run = await _begin(database, tenant_id, through, historical=historical, run_id=run_id)
    run.on_progress = on_progress
    try:
        with rare_collections():
            while (earliest := await run.earliest()) is not None:
                await run.bill_wave(wave_end(earliest, run.moments), chunk_size, concurrency)
            await run.bill_stranded()
    except BaseException as error:
        await asyncio.shield(run.finish(RunStatus.FAILED, type(error).__name__))
        raise
    failures = run.result.failures
    await run.finish(RunStatus.COMPLETED, failures[0].message if failures else None)
    return run.result


async def _begin(
    database: Transactions,
    tenant_id: UUID,
    through: date | None,
    *,
    historical: bool | None,
    run_id: UUID | None,
) -> _Run:
    async def begin(session: AsyncSession) -> _Run:
        issue = await issue_terms(session)
        clock = clock_of(session)
        today = clock.today(issue.time_zone)
        last = today if through is None else through
        is_past = last < today if historical is None else historical
        result = RunResult(run_id or new_id(), last, is_past, issue.currency)
        await RunRepository(session).start(
            result.run_id,
            last,
            historical=is_past,
            status=RunStatus.RUNNING.value,
            now=clock.now(),
        )
        terms = Terms(is_past, issue.due, clock.today, issue.tax_rounding)
        # History is not looked at before it is issued.
        drafts = timedelta(days=0 if is_past else issue.draft_days)
        begun_at = None if through is not None else clock.now() - drafts
        moments = (clock.today(_EASTERNMOST) if through is None else last) - drafts
        run = _Run(
            database, tenant_id, result, issue, terms, await learn(session), moments, begun_at
        )
        run.answers = await answers_of(session, issue.tax_calculator)
        return run

    return await database.run(tenant_id, begin)


@dataclass(slots=True)
class _Run:
    """A run under way: its terms, its figures, and what it has learned.

    `moments` is the last day on which what is due is no draft any more, and `begun_at` the instant
    by which its day must have begun where the subscriber is; None if it need not have. `answers`
    are a tax service's, where there is one; `changed` counts what changed while it was asked about.
    """

    database: Transactions
    tenant_id: UUID
    result: RunResult
    issue: IssueTerms
    terms: Terms
    knowledge: Knowledge
    moments: date
    begun_at: datetime | None = None
    on_progress: OnProgress | None = None
    failed: dict[UUID, Failure] = field(default_factory=dict)
    waiting: int = 0
    answers: TaxAnswers | None = None
    changed: Counter[UUID] = field(default_factory=Counter)

    def _due(self, session: AsyncSession) -> RunRepository:
        return RunRepository(session, self.begun_at)

    def _begun(self, zone: str) -> date:
        """The last day that has begun in the zone."""
        assert self.begun_at is not None
        return self.begun_at.astimezone(time_zone(zone)).date()

    async def earliest(self) -> date | None:
        """The first day on which something is due that can be billed."""
        async with self.database.transaction(self.tenant_id) as session:
            return await self._due(session).earliest(self.moments, list(self.failed))

    async def bill_wave(self, wave: date, chunk_size: int, lanes: int) -> None:
        """Bill what is due up to and including `wave`, and wait for what others bill of it."""
        while True:
            async with self.database.transaction(self.tenant_id) as session:
                self.waiting = await self._due(session).count_due(wave, list(self.failed))
                self.knowledge = await learn(session, self.knowledge.prices)
            if not self.waiting:
                return
            if self.answers is not None:
                chunk_size, lanes = min(chunk_size, _ASKED_AT_ONCE), 1
            limit = chunk_limit(self.waiting, chunk_size, lanes)
            before = self.result.chunks
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(lanes, -(-self.waiting // limit))):
                        group.create_task(self._lane(wave, limit))
            except BaseExceptionGroup as errors:
                raise errors.exceptions[0] from None
            if self.result.chunks == before:
                async with self.database.transaction(self.tenant_id) as session:
                    await self._due(session).wait_for_others(wave, list(self.failed))

    async def bill_stranded(self) -> None:
        """Bill what waits for an invoice that no moment will bring: after the end, or for a payer.

        One that cannot be billed goes on waiting, and is named among the failures.
        """
        tried: set[UUID] = set()
        while True:
            async with self.database.transaction(self.tenant_id) as session:
                found = await RunRepository(session).stranded(self.result.through, tried)
            if not found:
                return
            for stranded in found:
                tried.add(stranded.id)
                await self._bill_stranded(stranded)

    async def _bill_stranded(self, stranded: Stranded) -> None:
        async def bill(session: AsyncSession) -> int:
            service = InvoiceService(session, self.issue)
            ids = [stranded.id]
            issued = await (
                service.bill_now((), ids) if stranded.is_payer else service.bill_now(ids)
            )
            return len(issued)

        try:
            self.result.invoices += await asking_ahead(self.database, self.tenant_id, bill)
        except DomainError as error:
            self.failed[stranded.id] = Failure(stranded.id, error.code, error.message)
            self.result.failures = list(self.failed.values())

    async def _lane(self, wave: date, limit: int) -> None:
        while True:
            chunk = await self._chunk(wave, limit)
            if not chunk.claimed:
                return
            self._count(chunk, wave)

    async def _chunk(self, wave: date, limit: int) -> Chunk:
        if self.answers is not None:
            await self._ask(self.answers, wave, limit)
        try:
            return await self.database.run(
                self.tenant_id, lambda session: self._bill(session, wave, limit)
            )
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "uq_invoices_moment":
                raise
        # Somebody moved a subscription back to a moment that has its invoice: bill what has none.
        return await self.database.run(
            self.tenant_id, lambda session: self._bill(session, wave, limit, checked=True)
        )

    async def _ask(self, answers: TaxAnswers, wave: date, limit: int) -> None:
        """Have the tax of the next chunk worked out while nothing is held in the database."""
        answers.forget()

        async def note(session: AsyncSession) -> Questions:
            due, _ = await self._due(session).claim(wave, list(self.failed), limit)
            day = None if self.begun_at is None else self._begun
            bills, facts = await gather(session, due, wave, self.knowledge, hold=False, begun=day)
            return await noted(session, bills, facts, self.terms, answers)

        await ask(answers, await self.database.run(self.tenant_id, note))

    async def _bill(
        self, session: AsyncSession, wave: date, limit: int, *, checked: bool = False
    ) -> Chunk:
        """One transaction: claim, read, decide, issue, move on."""
        runs = self._due(session)
        due, in_use = await runs.claim(wave, list(self.failed), limit)
        if not due:
            return Chunk(0)
        begun = None if self.begun_at is None else self._begun
        bills, facts = await gather(
            session, due, wave, self.knowledge, hold=True, begun=begun, in_use=in_use
        )
        if checked:
            facts.billed = await runs.billed([subscription.id for subscription in due])
        if self.issue.einvoicing is EInvoicing.REQUIRE:
            payers = {subscription.payer_id for subscription in due}
            facts.refuse = await compliance_gate(session, payers)
        if self.answers is not None:
            facts.taxing = self.answers.give
        decision = decide(bills, facts, self.terms)
        now, total = clock_of(session).now(), self._total(decision)
        share = ChunkShare(len(decision.drafts), total, wave, now)
        # Before numbers are drawn, over which others queue, comes all that does not need them.
        if decision.settled:
            await settle_late(session, decision.settled)
        moved = decision.moved
        if len(moved) > _FEW:
            await runs.move(moved)
            moved = []
        if decision.drafts:
            await self._issue(session, decision, has_wallets=facts.has_wallets)
        await runs.move_and_count(moved, self.result.run_id, share)
        return Chunk(len(due), decision)

    async def _issue(self, session: AsyncSession, decision: Decision, *, has_wallets: bool) -> None:
        run_id, past = self.result.run_id, self.result.historical
        note = issue_noted(("bill_run", run_id), self._total(decision), historical=past)
        service = InvoiceService(session, self.issue, self.answers)
        await service.issue(
            decision.drafts, historical=past, run_id=run_id, has_wallets=has_wallets, note=note
        )

    def _total(self, decision: Decision) -> Decimal:
        return totals_of(decision).get(self.issue.currency, Decimal(0))

    def _count(self, chunk: Chunk, wave: date) -> None:
        """Add a committed chunk to the figures."""
        result, decision = self.result, chunk.decision
        result.chunks += 1
        result.invoices += len(decision.drafts)
        for currency, total in totals_of(decision).items():
            result.totals[currency] = result.totals.get(currency, Decimal(0)) + total
        for failure in decision.failures:
            if self._is_to_be_asked_again(failure):
                continue
            # Two lanes may have claimed it one after the other before either could say so.
            self.failed[failure.subscription_id] = failure
        result.failures = list(self.failed.values())
        self.waiting = max(0, self.waiting - chunk.claimed)
        if self.on_progress is not None:
            self.on_progress(
                RunProgress(result.run_id, wave, result.invoices, result.total, self.waiting)
            )

    def _is_to_be_asked_again(self, failure: Failure) -> bool:
        """Whether only the question to the tax service had become wrong; not for ever, though."""
        if failure.code != TaxLinesChangedError.code:
            return False
        self.changed[failure.subscription_id] += 1
        return self.changed[failure.subscription_id] < _MOST_CHANGES

    async def finish(self, status: RunStatus, error: str | None) -> None:
        """Note how the run ended."""

        async def finish(session: AsyncSession) -> None:
            await RunRepository(session).finish(
                self.result.run_id,
                status.value,
                len(self.result.failures),
                error,
                clock_of(session).now(),
            )

        await self.database.run(self.tenant_id, finish)
