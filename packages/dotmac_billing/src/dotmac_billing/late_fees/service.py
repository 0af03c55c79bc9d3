"""What can be done with late fees: rules, charging by them, waiving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.late_fees.errors import (
    LateFeeRuleInvalidError,
    LateFeeRuleNotFoundError,
    LateFeeRuleTakenError,
    LateFeesWaivedError,
)
from dotmac_billing.late_fees.events import LateFeeCharged, LateFeesWaived
from dotmac_billing.late_fees.fees import Debt, Fee, Rule, fees
from dotmac_billing.late_fees.kinds import LateFeeKind
from dotmac_billing.late_fees.repository import LateFeeRepository
from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.pending.service import add_pending, withdraw_pending
from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_billing.receivables.repository import ReceivablesRepository
from dotmac_billing.receivables.states import LineKind
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id

CHUNK = 2000
_FIRST = UUID(int=0)


@dataclass(frozen=True)
class NewRule:
    """A rule to be; see `LateFeeRule`."""

    code: str
    kind: LateFeeKind
    description: str
    grace_days: int = 0
    currency: str | None = None
    amount: Decimal | None = None
    rate: Decimal | None = None
    minimum_due: Decimal | None = None
    cap: Decimal | None = None
    tax_code: str | None = None


class LateFeeService:
    """Late fees of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clock = clock_of(session)
        self._fees = LateFeeRepository(session)

    async def add_rule(self, new: NewRule) -> dict[str, Any]:
        """Charge by a rule from now on; the rule.

        Raises:
            LateFeeRuleInvalidError: what the kind needs is missing, or is too much.
            LateFeeRuleTakenError: another rule has the code.
        """
        fixed = new.kind is LateFeeKind.FIXED
        needs = (new.amount is not None) == fixed and (new.rate is None) == fixed
        in_money = fixed or new.cap is not None or new.minimum_due is not None
        if not needs or (in_money and new.currency is None):
            raise LateFeeRuleInvalidError(new.kind.value)
        rule_id = new_id()
        row = (
            *(rule_id, new.code, new.kind.value, new.grace_days, new.currency, new.amount),
            *(new.rate, new.minimum_due, new.cap, new.tax_code, new.description, True),
            *(self._clock.now(), 1),
        )
        try:
            async with self._session.begin_nested():
                await self._fees.add_rule(row)
        except asyncpg.UniqueViolationError as error:
            raise LateFeeRuleTakenError(new.code) from error
        await record(
            self._session,
            action="late_fee_rules.add",
            target=("late_fee_rule", rule_id),
            after={"code": new.code, "kind": new.kind.value},
        )
        return await self.rule(rule_id)

    async def rule(self, rule_id: UUID) -> dict[str, Any]:
        """The rule of that id.

        Raises:
            LateFeeRuleNotFoundError: there is none.
        """
        found = await self._fees.find_rule(rule_id)
        if found is None:
            raise LateFeeRuleNotFoundError(rule_id)
        return dict(found)

    async def retire_rule(self, rule_id: UUID) -> dict[str, Any]:
        """Charge nothing more by a rule; what it charged stays.

        Raises:
            LateFeeRuleNotFoundError: there is no such rule.
        """
        await self.rule(rule_id)
        if await self._fees.retire(rule_id):
            await record(
                self._session, action="late_fee_rules.retire", target=("late_fee_rule", rule_id)
            )
        return await self.rule(rule_id)

    async def charge_overdue(self, after: UUID = _FIRST, limit: int = CHUNK) -> UUID | None:
        """Charge `limit` overdue invoices by id from `after` on; the last of them, None at the end.

        Each fee is charged once, however often this is done.
        """
        rules = await self._fees.rules()
        if not rules:
            return None
        found = await self._fees.open_debts(self._clock.now(), after, limit)
        await self._charge(found, rules)
        return found[-1]["id"] if len(found) == limit else None

    async def charge_paid(self, invoice_ids: Sequence[UUID]) -> None:
        """Charge interest for the last days of invoices that were paid late."""
        rules = [
            rule for rule in await self._fees.rules() if rule.kind is LateFeeKind.MONTHLY_INTEREST
        ]
        if rules:
            found = await self._fees.paid_debts(self._clock.now(), invoice_ids)
            await self._charge(found, rules)

    async def waive(self, invoice_id: UUID, reason: str) -> int:
        """Charge nothing more for an invoice; how many fees that waited were withdrawn.

        A fee that is on an invoice already is taken back by a credit note.

        Raises:
            InvoiceNotFoundError: no such invoice.
            LateFeesWaivedError: they were waived already.
        """
        invoice = await ReceivablesRepository(self._session).hold(invoice_id)
        if invoice is None:
            raise InvoiceNotFoundError(invoice_id)
        if not await self._fees.waive(new_id(), invoice_id, reason, self._clock.now()):
            raise LateFeesWaivedError(invoice.number)
        withdrawn = await withdraw_pending(self._session, await self._fees.lines_of(invoice_id))
        await EventPublisher(self._session).publish(
            LateFeesWaived(
                invoice_id=invoice_id,
                number=invoice.number,
                customer_id=invoice.customer_id,
                withdrawn=len(withdrawn),
            )
        )
        await record(
            self._session,
            action="late_fees.waive",
            target=("invoice", invoice_id),
            after={"reason": reason, "withdrawn": len(withdrawn)},
        )
        return len(withdrawn)

    async def _charge(self, found: Sequence[asyncpg.Record], rules: Sequence[Rule]) -> None:
        if not found:
            return
        await self._fees.hold(sorted({row["customer_id"] for row in found}))
        ids = [row["id"] for row in found]
        settled: dict[UUID, list[tuple[date, Decimal]]] = {}
        for row in await self._fees.settled(ids):
            settled.setdefault(row["invoice_id"], []).append((row["on_day"], row["amount"]))
        charged = {
            (row["invoice_id"], row["rule_id"]): (row["amount"], row["to_on"])
            for row in await self._fees.charged(ids)
        }
        new = []
        for row in found:
            for rule in rules:
                so_far = charged.get((row["id"], rule.id), (Decimal(0), None))
                debt = Debt(
                    invoice_id=row["id"],
                    number=row["number"],
                    customer_id=row["customer_id"],
                    currency=row["currency"],
                    due_on=row["due_on"],
                    total=row["total"],
                    settled=settled.get(row["id"], ()),
                    charged=so_far[0],
                    charged_to=so_far[1],
                )
                today = row["today"]
                new += [(debt, rule, fee, today) for fee in fees(debt, rule, today)]
        await self._write(new)

    async def _write(self, new: Sequence[tuple[Debt, Rule, Fee, date]]) -> None:
        asked = [one for one in new if one[2].amount]
        lines = await add_pending(self._session, [_line(*one) for one in asked])
        line_of = {id(one): line for one, line in zip(asked, lines, strict=True)}
        now = self._clock.now()
        await self._fees.add(
            [
                (
                    *(new_id(), rule.id, debt.invoice_id, debt.customer_id, fee.from_on),
                    *(fee.to_on, fee.base, fee.amount, debt.currency),
                    *(line_of.get(id(one)), now),
                )
                for one in new
                for debt, rule, fee, _ in [one]
            ]
        )
        events = [
            LateFeeCharged(
                invoice_id=debt.invoice_id,
                number=debt.number,
                customer_id=debt.customer_id,
                currency=debt.currency,
                amount=fee.amount,
                from_on=fee.from_on,
                to_on=fee.to_on,
            )
            for debt, _, fee, _ in asked
        ]
        if events:
            await EventPublisher(self._session).publish_many(events)


def _line(debt: Debt, rule: Rule, fee: Fee, today: date) -> NewPendingLine:
    return NewPendingLine(
        customer_id=debt.customer_id,
        kind=LineKind.FEE,
        description=f"{rule.description} ({debt.number})",
        quantity=Decimal(1),
        unit_price=fee.amount,
        amount=fee.amount,
        currency=debt.currency,
        bill_from=today,
        period_start=fee.from_on,
        period_end=fee.to_on,
        tax_code=rule.tax_code,
    )
