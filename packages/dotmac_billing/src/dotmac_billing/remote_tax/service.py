"""Asking a tax service about invoices before they are issued.

Nothing is issued without an answer: what is not calculated is a refusal, never zero tax.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.decision import Bill, Decision, Facts, Terms, decide
from dotmac_billing.assembly.line import Charge
from dotmac_billing.assembly.taxing import TaxLines, ToTax
from dotmac_billing.protocols import Transactions
from dotmac_billing.remote_tax.ahead import TaxToBeAskedError, ahead_of_work, current
from dotmac_billing.remote_tax.answers import Asked, Questions, TaxAnswers, facts_of
from dotmac_billing.remote_tax.calculators import calculator
from dotmac_billing.remote_tax.repository import RemoteTaxRepository
from dotmac_billing.remote_tax.states import TaxDocumentStatus
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.tax.buyer import UNKNOWN_BUYER
from dotmac_billing.tax.documents import TaxableDocument, TaxAddress, TaxNotCalculated
from dotmac_billing.tax.errors import TaxLinesChangedError
from dotmac_billing.tax.service import load_buyers
from dotmac_billing.tax.sums import TaxRounding
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.errors import DomainError

T = TypeVar("T")
_MOST_ROUNDS = 4  # the first finds the questions


async def answers_of(session: AsyncSession, name: TaxCalculatorName) -> TaxAnswers | None:
    """Where the answers of the tenant's tax service go; None when its own engine works out tax."""
    if name is TaxCalculatorName.OWN:
        return None
    work = current()
    if work is not None and work.answers is not None:
        return work.answers
    answers = TaxAnswers(name, await RemoteTaxRepository(session).codes())
    if work is not None:
        work.answers = answers
    return answers


async def asking_ahead(
    database: Transactions, tenant_id: UUID, work: Callable[[AsyncSession], Awaitable[T]]
) -> T:
    """Do `work` in a transaction, and have no transaction open while a tax service is asked.

    Work that comes to a question is undone and done again with the answer, so it must do nothing
    outside of the database. What changes meanwhile is asked about again, three times at most.

    Raises:
        TaxLinesChangedError: it has changed each time.
    """
    with ahead_of_work():
        for _ in range(_MOST_ROUNDS):
            try:
                return await database.run(tenant_id, work)
            except TaxToBeAskedError as stopped:
                await ask(stopped.answers, stopped.questions)
    raise TaxLinesChangedError


async def noted(
    session: AsyncSession,
    bills: Sequence[Bill],
    facts: Facts,
    terms: Terms,
    answers: TaxAnswers,
    *,
    is_estimate: bool = False,
) -> list[tuple[Asked, TaxableDocument]]:
    """What must be asked to bill these, as documents; see `ask`. Nothing is decided by it."""
    rehearsal = replace(facts, taxing=answers.note, redeemed=dict(facts.redeemed), refuse=None)
    decide(bills, rehearsal, terms)
    return await _documents(session, answers, is_estimate=is_estimate)


async def ask(answers: TaxAnswers, questions: Sequence[tuple[Asked, TaxableDocument]]) -> None:
    """Put the questions to the service; what it does not answer is kept as a refusal."""
    if not questions:
        return
    documents = [document for _, document in questions]
    try:
        async with aclosing(calculator(answers.service)) as service:
            found = await service.calculate(documents)
    except DomainError as refusal:
        found = [TaxNotCalculated(document.id, refusal) for document in documents]
    for (asked, document), answer in zip(questions, found, strict=True):
        asked.document, asked.answer = document, answer


async def decided(
    session: AsyncSession,
    bills: Sequence[Bill],
    facts: Facts,
    terms: Terms,
    answers: TaxAnswers | None,
    *,
    is_estimate: bool = False,
) -> Decision:
    """As `decide`, by the answers of a tax service where there is one; an estimate leaves nothing.

    It is asked within the session's transaction unless the work is done by `asking_ahead`.
    """
    if answers is not None:
        questions = await noted(session, bills, facts, terms, answers, is_estimate=is_estimate)
        await _ask_now(answers, questions)
        facts = replace(facts, taxing=answers.give)
    return decide(bills, facts, terms)


async def taxed_by(
    session: AsyncSession,
    answers: TaxAnswers,
    about: ToTax,
    invoice_id: UUID,
    charges: Sequence[Charge],
) -> tuple[UUID, TaxLines]:
    """How the charges of a single invoice are taxed, once the service has been asked; its id."""
    _, note = answers.note(about, invoice_id)
    note(charges, [charge.amount for charge in charges])
    await _ask_now(answers, await _documents(session, answers, is_estimate=False))
    return answers.give(about, invoice_id)


async def _ask_now(answers: TaxAnswers, questions: Questions) -> None:
    if questions and current() is not None:
        raise TaxToBeAskedError(answers, questions)
    await ask(answers, questions)


async def keep(session: AsyncSession, answers: TaxAnswers, invoice_ids: Collection[UUID]) -> None:
    """Remember which of these invoices the service knows, so that it hears what becomes of them."""
    now = clock_of(session).now()
    rows = [
        (
            document.id,
            document.id,
            answers.service.value,
            TaxDocumentStatus.OPEN.value,
            json.dumps(facts_of(document)),
            now,
            None,
        )
        for document in answers.kept(invoice_ids)
    ]
    if rows:
        await RemoteTaxRepository(session).add(rows)
    answers.forget(invoice_ids)


async def _documents(
    session: AsyncSession, answers: TaxAnswers, *, is_estimate: bool
) -> list[tuple[Asked, TaxableDocument]]:
    asked = answers.unanswered()
    if not asked:
        return []
    repository = RemoteTaxRepository(session)
    payers = {one.about.payer_id for one in asked}
    buyers = await load_buyers(session, payers)
    parties = {row["id"]: row for row in await repository.buyers(payers)}
    ship_from = TaxAddress(*(await repository.seller() or ()))
    documents = []
    for one in asked:
        payer = one.about.payer_id
        _, code, tax_id, *address = parties[payer]
        documents.append(
            (
                one,
                TaxableDocument(
                    id=one.id,
                    customer_code=code,
                    buyer=buyers.get(payer, UNKNOWN_BUYER),
                    currency=one.about.currency,
                    on=one.about.on,
                    lines=one.lines,
                    ship_from=ship_from,
                    ship_to=TaxAddress(*address),
                    tax_id=tax_id,
                    rounding=TaxRounding.LINE,
                    is_estimate=is_estimate,
                ),
            )
        )
    return documents
