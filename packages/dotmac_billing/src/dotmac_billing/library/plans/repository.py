"""Queries of plans, as records."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from dotmac_billing.catalog.models import Plan, PlanVersion, PriceComponent
from dotmac_billing.catalog.plan import PlanWords
from dotmac_billing.catalog.service import CatalogService, publish_plan
from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.library.adapters.records import TODAY, RecordRepository
from dotmac_billing.library.plans.terms import BASE, TIERS, USAGE, new_plan
from dotmac_billing.library.records import BillingPlanRecord
from dotmac_billing.library.schemas import BillingPlanCreate, BillingPlanUpdate
from dotmac_billing.library.usage.service import require_meter
from dotmac_billing.settings.service import settings_of

_version = (PriceComponent.plan_version_id == PlanVersion.id,)
_metered = PriceComponent.code.in_([USAGE, TIERS])


def _price(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[Decimal]:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(PriceComponent.unit_price), 0))
        .where(*_version, *conditions)
        .correlate(PlanVersion)
        .scalar_subquery()
    )


def _of_usage(column: Any) -> sa.ScalarSelect[Any]:  # noqa: ANN401 (a column, or part of one)
    return (
        sa.select(column)
        .where(*_version, _metered)
        .order_by(PriceComponent.position)
        .limit(1)
        .correlate(PlanVersion)
        .scalar_subquery()
    )


_other_version = sa.orm.aliased(PlanVersion)
_newest = (
    sa.select(sa.func.max(_other_version.version))
    .where(_other_version.plan_id == Plan.id)
    .correlate(Plan)
    .scalar_subquery()
)
_first_phase = PlanVersion.phases[0]
_is_trial = (_first_phase["kind"].astext == "trial") & (_first_phase["unit"].astext == "days")


class PlanRepository(RecordRepository[BillingPlanRecord]):
    """Plans as their newest version has them."""

    kind = "plan"
    permanent = "retire it with soft_delete instead."
    record = BillingPlanRecord
    source = sa.join(
        Plan, PlanVersion, (PlanVersion.plan_id == Plan.id) & (PlanVersion.version == _newest)
    )
    columns = {
        "id": Plan.id,
        "tenant_id": Plan.tenant_id,
        "plan_code": Plan.code,
        "name": Plan.name,
        "description": Plan.description,
        "pricing_model": PlanVersion.pricing_model,
        "billing_cycle": PlanVersion.cycle,
        "billing_timing": PlanVersion.timing,
        "currency": PlanVersion.currency,
        "base_price": _price(
            PriceComponent.kind == ComponentKind.RECURRING, PriceComponent.code == BASE
        ),
        "setup_fee": _price(PriceComponent.kind == ComponentKind.ONE_TIME),
        "cancellation_fee": sa.func.coalesce(
            sa.cast(PlanVersion.termination_fee[PlanVersion.currency].astext, sa.Numeric()), 0
        ),
        "trial_days": sa.case(
            (_is_trial, sa.cast(_first_phase["length"].astext, sa.Integer())), else_=0
        ),
        "usage_unit": _of_usage(PriceComponent.meter),
        "usage_model": _of_usage(PriceComponent.model),
        "usage_price": _of_usage(PriceComponent.prices[PlanVersion.currency]),
        "is_active": Plan.retired_on.is_(None) | (Plan.retired_on > TODAY),
        "is_public": Plan.is_public,
        "created_at": Plan.created_at,
    }

    async def create(
        self, obj_in: BillingPlanCreate, tenant_id: UUID | None = None
    ) -> BillingPlanRecord:
        """Offer a plan. A meter is made for its unit of usage if there is none.

        Raises:
            PlanCodeTakenError: the code is in use.
            PricingModelNotAvailableError: the plan is not priced as its pricing model says.
        """
        session = await self.bound.open(tenant_id)
        currency = obj_in.currency or (await settings_of(session)).currency
        if obj_in.usage_unit is not None:
            await require_meter(session, obj_in.usage_unit)
        published = await publish_plan(session, new_plan(obj_in, currency))
        if not obj_in.is_active:
            await self.soft_delete(published.plan_id)
        return await self.required(published.plan_id)

    async def update(
        self,
        db_obj: BillingPlanRecord | UUID,
        obj_in: BillingPlanUpdate | dict[str, Any],
        tenant_id: UUID | None = None,
    ) -> BillingPlanRecord:
        """Put new words in place, retire the plan or offer it again. What is left out stays.

        Raises:
            PlanNotFoundError: there is none.
        """
        session = await self.bound.open(tenant_id)
        wanted = BillingPlanUpdate.model_validate(obj_in)
        words: PlanWords = wanted.model_dump(exclude_unset=True, exclude={"is_active"})  # type: ignore[assignment] # its fields are those
        plan_id, service = self.id_of(db_obj), CatalogService(session)
        if words:
            await service.change(plan_id, words)
        if wanted.is_active is not None:
            await service.retire(plan_id, None if wanted.is_active else self.bound.clock.today())
        await session.flush()  # read back below
        return await self.required(plan_id)

    async def soft_delete(self, record_id: UUID, tenant_id: UUID | None = None) -> bool:
        """Offer a plan no more; its subscriptions go on. Whether there is one of that id."""
        if not await self.exists(record_id, tenant_id):
            return False
        await self.update(record_id, BillingPlanUpdate(is_active=False))
        return True

    async def get_by_plan_code(
        self, plan_code: str, tenant_id: UUID | None = None
    ) -> BillingPlanRecord | None:
        """The plan with that code."""
        return await self.get_by_field("plan_code", plan_code, tenant_id)

    async def get_active_plans(self, tenant_id: UUID | None = None) -> list[BillingPlanRecord]:
        """Plans that are offered, by code."""
        return await self._offered(tenant_id)

    async def get_public_plans(self, tenant_id: UUID | None = None) -> list[BillingPlanRecord]:
        """Plans that are offered to everybody, by code."""
        return await self._offered(tenant_id, Plan.is_public)

    async def _offered(
        self, tenant_id: UUID | None, *conditions: sa.SQLColumnExpression[bool]
    ) -> list[BillingPlanRecord]:
        offered = [self.columns["is_active"], *conditions]
        return await self.fetch(offered, tenant_id=tenant_id, order=self.columns["plan_code"])
