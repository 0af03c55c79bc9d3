"""Builders for tests: a plan, a payer, a subscription, each in one line that names what matters.

fiber = await plan(session, price="49.90")
subscription_id = await subscribed(session, plan=fiber, since=date(2026, 1, 31))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import NewComponent, NewPlan, NewTerms, PublishedPlan
from dotmac_billing.catalog.service import add_tax_rate, find_plan, publish_plan
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ChargeModel, ComponentKind
from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.subscriptions.service import start_subscriptions
from dotmac_billing.subscriptions.starting import StartItem, StartSubscription
from dotmac_core_ops.database import new_id

LONG_AGO = date(2000, 1, 1)


async def payer(
    session: AsyncSession,
    code: str | None = None,
    *,
    currency: str | None = None,
    time_zone: str | None = None,
    payment_terms_days: int | None = None,
) -> UUID:
    """A customer, with a code of its own unless one is given."""
    code = code or f"C-{new_id().hex[-12:]}"
    opened = await open_customers(
        session,
        [
            OpenCustomer(
                code=code,
                name=f"Customer {code}",
                currency=currency,
                time_zone=time_zone,
                payment_terms_days=payment_terms_days,
            )
        ],
    )
    return opened.ids[code]


async def plan(
    session: AsyncSession,
    code: str | None = None,
    *,
    price: str = "49.90",
    cycle: BillingCycle = BillingCycle.MONTHLY,
    timing: BillingTiming = BillingTiming.ADVANCE,
    currency: str | None = None,
    tax_code: str | None = None,
    components: Sequence[NewComponent] | None = None,
    is_add_on: bool = False,
    **conditions: Any,  # noqa: ANN401 (what NewTerms takes beside them)
) -> PublishedPlan:
    """A plan with one flat component `base` at `price`, or with `components`.

    `conditions` are what else `NewTerms` takes: phases, features, term_months and so on.
    """
    code = code or f"P-{new_id().hex[-12:]}"
    if components is None:
        components = [NewComponent("base", f"Plan {code}", Decimal(price), tax_code=tax_code)]
    said = {"available_from": LONG_AGO, **conditions}
    terms = NewTerms(tuple(components), cycle=cycle, timing=timing, currency=currency, **said)
    return await publish_plan(session, NewPlan(code, f"Plan {code}", terms, is_add_on=is_add_on))


def metered(
    meter: str,
    model: ChargeModel,
    parameters: Mapping[str, object],
    *,
    currency: str = "EUR",
    tax_code: str | None = None,
) -> NewComponent:
    """A component for usage, its code and name those of the meter."""
    return NewComponent(
        meter,
        meter,
        kind=ComponentKind.USAGE,
        model=model,
        prices={currency: parameters},
        meter=meter,
        tax_code=tax_code,
    )


async def tax(
    session: AsyncSession, code: str = "VAT", rate: str = "0.2", *, since: date = LONG_AGO
) -> str:
    """A tax rate as a fraction; its code."""
    await add_tax_rate(session, code, Decimal(rate), valid_from=since)
    return code


async def subscribed(
    session: AsyncSession,
    *,
    plan: PublishedPlan | str | None = None,
    since: date,
    until: date | None = None,
    customer: UUID | None = None,
    items: Sequence[StartItem] = (),
    anchor: date | None = None,
    external_id: str | None = None,
) -> UUID:
    """A subscription from `since` up to, not including, `until`; its id.

    `plan` is a published plan, the code of one (made at 49.90 a month if there is none yet), or
    None for a new one. `customer` None means a new one.
    """
    return (
        await start_subscriptions(
            session,
            [
                StartSubscription(
                    customer_id=customer or await payer(session),
                    plan_version_id=(await _published(session, plan)).id,
                    start_on=since,
                    end_on=until,
                    items=tuple(items),
                    anchor_on=anchor,
                    external_id=external_id,
                )
            ],
        )
    ).ids[0]


async def _published(session: AsyncSession, wanted: PublishedPlan | str | None) -> PublishedPlan:
    if isinstance(wanted, PublishedPlan):
        return wanted
    found = None if wanted is None else await find_plan(session, wanted)
    return found or await plan(session, wanted)


class InMemoryPaymentGateway:
    """A payment gateway that behaves like one, for embedders' tests and ours.

    Methods are tokens: `pm_declined` is declined, `pm_slow` is under way until `settle` is called,
    all others pay at once. A repeated idempotency key is answered as the first time, and nothing is
    taken again. Register it: `factory.register_payment_gateway("test", InMemoryPaymentGateway)`.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (kept as they came)
        self.options = options
        self.transactions: dict[str, dict[str, Any]] = {}
        self._by_key: dict[str, str] = {}

    @property
    def taken(self) -> Decimal:
        """The money that was taken and not paid back."""
        return sum(
            (
                one["amount"] - one["refunded"]
                for one in self.transactions.values()
                if one["status"] in {"completed", "refunded"}
            ),
            Decimal(0),
        )

    async def process_payment(
        self,
        amount: Decimal,
        currency: str,
        payment_method_id: str,
        customer_id: str,
        metadata: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Charge a method; see `PaymentGatewayProtocol`."""
        key = (metadata or {}).get("idempotency_key")
        if key is not None and key in self._by_key:
            return await self.get_payment_status(self._by_key[key])
        transaction_id = f"txn_{len(self.transactions) + 1}"
        status = {"pm_declined": "failed", "pm_slow": "processing"}.get(
            payment_method_id, "completed"
        )
        self.transactions[transaction_id] = {
            "transaction_id": transaction_id,
            "status": status,
            "amount": amount,
            "currency": currency,
            "customer_id": customer_id,
            "refunded": Decimal(0),
            "authorization_code": f"auth_{len(self.transactions) + 1}",
            "failure_reason": "card_declined" if status == "failed" else None,
            "metadata": dict(metadata or {}),
        }
        if key is not None:
            self._by_key[key] = transaction_id
        return await self.get_payment_status(transaction_id)

    async def refund_payment(
        self, transaction_id: str, amount: Decimal | None = None
    ) -> dict[str, Any]:
        """Pay back what was taken, or a part; more than that is refused."""
        known = self.transactions[transaction_id]
        left = known["amount"] - known["refunded"]
        wanted = left if amount is None else amount
        if known["status"] != "completed" or not 0 < wanted <= left:
            return {"status": "failed", "failure_reason": "nothing_to_refund"}
        known["refunded"] += wanted
        if known["refunded"] == known["amount"]:
            known["status"] = "refunded"
        return {"status": "refunded", "transaction_id": transaction_id, "amount": wanted}

    async def get_payment_status(self, transaction_id: str) -> dict[str, Any]:
        """The transaction as it stands."""
        return dict(self.transactions[transaction_id])

    def settle(self, transaction_id: str, status: str = "completed") -> None:
        """Let a charge that is under way come to its end."""
        self.transactions[transaction_id]["status"] = status
