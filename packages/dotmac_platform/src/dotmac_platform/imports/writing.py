"""Putting subscribers in place: a whole chunk in one transaction, set-wise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    BillingCycle,
    BillingTiming,
    NewComponent,
    NewPayment,
    NewPlan,
    NewTerms,
    StartItem,
    StartSubscription,
    find_plan,
    publish_plan,
    record_payments,
    start_subscriptions,
)
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.errors import ConflictError
from dotmac_customers import CustomerKind, CustomerService, CustomerState, NewCustomer
from dotmac_platform.imports.mapping import Mapping
from dotmac_platform.imports.subscriber import PastPayment, Subscriber

_HOW = "import"


class ImportPlanMismatchError(ConflictError):
    """The tenant has a plan of this code that does not agree with the mapping."""

    code = "IMPORT_PLAN_MISMATCH"

    def __init__(self, plan: str, problem: str) -> None:
        super().__init__(
            f"The plan {plan!r} exists and does not agree with the mapping: {problem}. "
            "Give the plan of the mapping another code.",
            plan=plan,
        )


async def prepare_plan(session: AsyncSession, mapping: Mapping) -> UUID:
    """The plan version that the mapping describes, published if the tenant has none of its code.

    Raises:
        ImportPlanMismatchError: there is one with other terms or prices.
    """
    rule = mapping.subscription
    found = await find_plan(session, rule.plan)
    if found is None:
        found = await publish_plan(
            session,
            NewPlan(
                code=rule.plan,
                name=rule.plan_name,
                terms=NewTerms(
                    components=tuple(
                        NewComponent(item.code, item.name, item.price) for item in rule.items
                    ),
                    cycle=BillingCycle(rule.cycle),
                    timing=BillingTiming(rule.timing),
                    currency=rule.currency,
                    available_from=date.min.replace(year=1900),
                ),
            ),
        )
    terms = (found.cycle.value, found.timing.value, found.currency)
    if terms != (rule.cycle, rule.timing, rule.currency):
        raise ImportPlanMismatchError(rule.plan, f"it is {', '.join(terms)}")
    for item in rule.items:
        component = found.component(item.code)
        if component is None or component.unit_price != item.price:
            price = "missing" if component is None else f"{component.unit_price.normalize():f}"
            raise ImportPlanMismatchError(rule.plan, f"the price of {item.code} is {price}")
    return found.id


async def look_up(session: AsyncSession, subscribers: Sequence[Subscriber]) -> frozenset[str]:
    """The numbers that `write` would find new; writes nothing."""
    numbers = [subscriber.number for subscriber in subscribers]
    known = await CustomerService.within(session).ids_by_number(numbers)
    return frozenset(number for number in numbers if number not in known)


async def write(
    session: AsyncSession,
    subscribers: Sequence[Subscriber],
    mapping: Mapping,
    plan_version_id: UUID,
    as_of: date,
) -> frozenset[str]:
    """Create customers, start subscriptions, record past payments; the numbers that were new.

    Each part is skipped where its external id is known, so a repeat changes nothing.
    """
    today = clock_of(session).today()
    customers = CustomerService.within(session)
    ids = await customers.ids_by_number([subscriber.number for subscriber in subscribers])
    new = [subscriber for subscriber in subscribers if subscriber.number not in ids]
    created = await customers.create_many(
        [_customer(subscriber, mapping, today) for subscriber in new]
    )
    ids |= {customer.number: customer.id for customer in created}
    await start_subscriptions(
        session,
        [
            _subscription(subscriber, ids[subscriber.number], plan_version_id)
            for subscriber in subscribers
        ],
    )
    currency = mapping.subscription.currency
    payments = [
        _payment(payment, ids[subscriber.number], currency, as_of)
        for subscriber in subscribers
        for payment in subscriber.payments
    ]
    await record_payments(session, payments, historical=True)
    return frozenset(subscriber.number for subscriber in new)


def _customer(subscriber: Subscriber, mapping: Mapping, today: date) -> NewCustomer:
    return NewCustomer(
        number=subscriber.number,
        name=subscriber.name,
        kind=CustomerKind(mapping.customer.kind),
        email=subscriber.email,
        phone=subscriber.phone,
        tags=subscriber.tags,
        currency=mapping.subscription.currency,
        state=_state(subscriber, today),
    )


def _subscription(
    subscriber: Subscriber, customer_id: UUID, plan_version_id: UUID
) -> StartSubscription:
    return StartSubscription(
        customer_id=customer_id,
        plan_version_id=plan_version_id,
        start_on=subscriber.start_on,
        end_on=subscriber.end_on,
        is_cancelled=subscriber.end_on is not None,
        items=tuple(
            StartItem(item.code, agreed_price=item.agreed_price) for item in subscriber.items
        ),
        external_id=f"{_HOW}:{subscriber.number}",
    )


def _payment(payment: PastPayment, customer_id: UUID, currency: str, as_of: date) -> NewPayment:
    return NewPayment(
        customer_id=customer_id,
        amount=payment.amount,
        currency=currency,
        method=payment.method,
        received_on=as_of,
        reference="Paid before the import",
        external_id=f"{_HOW}:{payment.external_id}",
    )


def _state(subscriber: Subscriber, today: date) -> CustomerState:
    has_left = subscriber.end_on is not None and subscriber.end_on <= today
    return CustomerState.CHURNED if has_left else CustomerState.ACTIVE
