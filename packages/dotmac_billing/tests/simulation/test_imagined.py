from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.errors import InvalidPlanError
from dotmac_billing.catalog.plan import (
    NewComponent,
    NewPlan,
    NewTerms,
    PublishedPhase,
    PublishedPlan,
)
from dotmac_billing.catalog.service import publish_plan
from dotmac_billing.catalog.terms import (
    BillingCycle,
    ChargeModel,
    ComponentKind,
    PhaseKind,
    PhaseUnit,
)
from dotmac_billing.simulation.imagined import IMAGINED, imagined_plan

TERMS = NewTerms(
    (
        NewComponent("base", "Line", Decimal("49.90")),
        NewComponent("seat", "Seat", Decimal(4), model=ChargeModel.PER_UNIT, phases=("trial",)),
        NewComponent(
            "support", "Support", Decimal(99), cycle=BillingCycle.ANNUALLY, includes_tax=True
        ),
    ),
    currency="EUR",
    available_from=date(2026, 1, 1),
    phases=(
        PublishedPhase("trial", PhaseKind.TRIAL, 14, PhaseUnit.DAYS),
        PublishedPhase("ever", PhaseKind.EVERGREEN),
    ),
    features={"gigabytes": 100, "static_ip": True},
    termination_fee={"EUR": Decimal(50)},
)


NOBODY = UUID(int=0)


def without_ids(plan: PublishedPlan) -> PublishedPlan:
    components = tuple(replace(one, id=NOBODY) for one in plan.components)
    return replace(plan, id=NOBODY, plan_id=NOBODY, components=components)


async def test_an_imagined_plan_is_what_publishing_its_terms_makes(session: AsyncSession) -> None:
    published = await publish_plan(session, NewPlan(IMAGINED, IMAGINED, TERMS))

    assert without_ids(imagined_plan(TERMS, "USD", date(2026, 5, 1))) == without_ids(published)


def test_terms_without_currency_and_day_have_those_of_the_tenant_and_today() -> None:
    terms = replace(TERMS, currency=None, available_from=None, termination_fee={})

    plan = imagined_plan(terms, "JPY", date(2026, 5, 1))

    assert (plan.currency, plan.available_from) == ("JPY", date(2026, 5, 1))
    assert plan.components[0].prices == {"JPY": {"price": "49.90"}}


def test_terms_that_could_not_be_published_cannot_be_imagined() -> None:
    twice = replace(TERMS, components=(TERMS.components[0], TERMS.components[0]))

    with pytest.raises(InvalidPlanError):
        imagined_plan(twice, "EUR", date(2026, 5, 1))


def test_usage_is_billed_afterwards() -> None:
    meters = NewComponent("calls", "Calls", kind=ComponentKind.USAGE, meter="calls")

    plan = imagined_plan(NewTerms((meters,)), "EUR", date(2026, 5, 1))

    assert plan.components[0].timing.value == "arrears"
