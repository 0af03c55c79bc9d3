"""Making the sample tenant: through the same doors as any other tenant."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    BillingTiming,
    ComponentKind,
    NewComponent,
    NewPayment,
    NewPlan,
    NewTerms,
    StartItem,
    StartSubscription,
    add_tax_rate,
    open_invoices,
    publish_plan,
    record_payments,
    run_billing,
    start_subscriptions,
)
from dotmac_core_ops.database import Database, new_id
from dotmac_customers import (
    CustomerKind,
    CustomerService,
    CustomerState,
    NewCustomer,
    PostalAddress,
)
from dotmac_identity import FirstOwner, TenantKind, TenantService, UserService
from dotmac_platform.samples import population as story
from dotmac_platform.samples.plant import build_plant

SAMPLE_SLUG = "sample"
SAMPLE_NAME = "Atlantic Fibre"
SAMPLE_EMAIL = "owner@sample.example"

_PASSWORD_FILE = "sample_password"  # noqa: S105 (a file's name)
_LATE_DAYS = 60
_STOPPED_DAYS = 150


def sample_password(home: Path) -> str | None:
    """The password of the sample's owner, kept in the data directory; None when there is none."""
    path = home / _PASSWORD_FILE
    return path.read_text().strip() if path.exists() else None


def make_password(home: Path) -> str:
    """A password for the sample's owner, written where only this user can read it."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / _PASSWORD_FILE
    path.touch(mode=0o600)
    password = secrets.token_urlsafe(12)
    path.write_text(password + "\n")
    return password


async def create_sample(
    database: Database,
    password: str,
    *,
    customers: int = story.CUSTOMERS,
    slug: str = SAMPLE_SLUG,
) -> UUID:
    """An internet provider with two years of bills, most of them paid; its tenant id.

    The customers are the same wherever it is made on the same day.
    """
    tenant_id = new_id()
    today = database.clock.today(story.TIME_ZONE)
    async with database.transaction(tenant_id) as session:
        await TenantService.within(session).create(
            slug=slug,
            name=SAMPLE_NAME,
            currency=story.CURRENCY,
            time_zone=story.TIME_ZONE,
            country=story.COUNTRY,
            kind=TenantKind.ISP,
            owner=FirstOwner(SAMPLE_EMAIL, "Sample Owner", password),
        )
        plans = await _publish(session)
        people = story.population(today, customers)
        ids = await _subscribe(session, people, plans, today)
        await _equip(session, today)
    await run_billing(database, tenant_id, today - timedelta(days=1))
    await run_billing(database, tenant_id, today)
    async with database.transaction(tenant_id) as session:
        await _pay(session, people, ids, today)
    return tenant_id


async def _equip(session: AsyncSession, today: date) -> None:
    owner = await UserService.within(session).by_email(SAMPLE_EMAIL)
    assert owner is not None  # made with the tenant
    await build_plant(session, today, owner.id)


async def _publish(session: AsyncSession) -> dict[str, UUID]:
    await add_tax_rate(
        session, story.TAX_CODE, story.TAX_RATE, valid_from=date(2012, 1, 1), name="VAT 23 %"
    )
    published = {}
    for plan in story.PLANS:
        components = tuple(
            NewComponent(
                code,
                name,
                price,
                kind=ComponentKind.ONE_TIME if once else ComponentKind.RECURRING,
                tax_code=story.TAX_CODE,
            )
            for code, name, price, once in plan.components
        )
        terms = NewTerms(
            components=components,
            timing=BillingTiming.ADVANCE,
            currency=story.CURRENCY,
            available_from=date(2020, 1, 1),
        )
        version = await publish_plan(session, NewPlan(plan.code, plan.name, terms))
        published[plan.code] = version.id
    return published


async def _subscribe(
    session: AsyncSession,
    people: list[story.SampleCustomer],
    plans: dict[str, UUID],
    today: date,
) -> dict[str, UUID]:
    created = await CustomerService.within(session).create_many(
        [
            NewCustomer(
                number=person.number,
                name=person.name,
                kind=CustomerKind(person.kind),
                email=person.email,
                phone=person.phone,
                state=_state(person, today),
                address=PostalAddress(
                    line1=person.street,
                    city=person.town,
                    postal_code=person.postal_code,
                    country=story.COUNTRY,
                ),
            )
            for person in people
        ]
    )
    ids = {customer.number: customer.id for customer in created}
    await start_subscriptions(
        session,
        [
            StartSubscription(
                customer_id=ids[person.number],
                plan_version_id=plans[person.plan],
                start_on=person.start_on,
                end_on=person.end_on,
                is_cancelled=person.end_on is not None,
                items=tuple(
                    StartItem(code, agreed_price=person.agreed_price if code == "LINE" else None)
                    for code in person.components
                ),
            )
            for person in people
        ],
    )
    return ids


def _state(person: story.SampleCustomer, today: date) -> CustomerState:
    has_left = person.end_on is not None and person.end_on <= today
    return CustomerState.CHURNED if has_left else CustomerState.ACTIVE


async def _pay(
    session: AsyncSession,
    people: list[story.SampleCustomer],
    ids: dict[str, UUID],
    today: date,
) -> None:
    """Pay what each customer would have paid by now, a week after the invoice."""
    paid_up_to = {
        ids[person.number]: today
        - timedelta(days={"all": 0, "late": _LATE_DAYS, "stopped": _STOPPED_DAYS}[person.pays])
        for person in people
    }
    methods = {ids[person.number]: person.method for person in people}
    await record_payments(
        session,
        [
            NewPayment(
                customer_id=invoice.customer_id,
                amount=invoice.amount_due,
                currency=invoice.currency,
                method=methods[invoice.customer_id],
                received_on=min(invoice.issued_on + timedelta(days=7), today),
                reference=invoice.number,
            )
            for invoice in await open_invoices(session)
            if invoice.issued_on + timedelta(days=7) <= paid_up_to[invoice.customer_id]
        ],
    )
