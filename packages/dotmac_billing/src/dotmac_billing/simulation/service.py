"""Answering what a plan would cost; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.decision import Terms
from dotmac_billing.assembly.taxing import TreatmentOf
from dotmac_billing.catalog.errors import PlanNotFoundError
from dotmac_billing.catalog.plan import NewTerms, PublishedPlan
from dotmac_billing.catalog.repository import CatalogRepository
from dotmac_billing.discounts.applicability import require_plan
from dotmac_billing.discounts.applied import Redeemed
from dotmac_billing.discounts.coupon import Redeemer, canonical, require_redeemable
from dotmac_billing.discounts.errors import CouponNotFoundError
from dotmac_billing.discounts.repository import CouponRepository
from dotmac_billing.settings.service import due_terms, settings_of
from dotmac_billing.simulation.imagined import imagined_plan
from dotmac_billing.simulation.scenario import (
    ONE_RATE,
    Outcome,
    Scenario,
    one_rate,
    outcome,
    taxed_as,
)
from dotmac_billing.simulation.used import Counting, ImaginedUsage
from dotmac_billing.subscriptions.starting import StartItem
from dotmac_billing.tax.buyer import UNKNOWN_BUYER, TaxBuyer
from dotmac_billing.tax.service import load_taxes
from dotmac_billing.usage.meters.repository import MeterRepository
from dotmac_core_ops.database import clock_of


@dataclass(frozen=True)
class Question:
    """What is asked: a plan by its `terms`, or a published one by code and perhaps version.

    `currency`, `time_zone` and `start_on` None mean the plan's, the tenant's and today. `tax_rate`
    (a fraction) stands in for all taxes; `tax_code` is for components that name none.
    """

    terms: NewTerms | None = None
    plan: str | None = None
    version: int | None = None
    currency: str | None = None
    time_zone: str | None = None
    start_on: date | None = None
    periods: int = 1
    items: tuple[StartItem, ...] = ()
    anchor_on: date | None = None
    end_on: date | None = None
    has_trial: bool = True
    usage: Mapping[str, ImaginedUsage] = field(default_factory=dict)
    tax_rate: Decimal | None = None
    tax_code: str | None = None
    buyer: TaxBuyer = UNKNOWN_BUYER
    coupon_codes: tuple[str, ...] = ()


class SimulationService:
    """The playground of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clock = clock_of(session)

    async def simulate(self, asked: Question) -> Outcome:
        """The invoices that real runs would make, with their lines and explanations.

        Raises:
            PlanNotFoundError: no such plan, or no such version of it.
            CouponNotFoundError, CouponNotRedeemableError: a coupon nobody new could redeem.
            InvalidPlanError and the others: the terms could not be published.
            InvalidSubscriptionError and the others: see `outcome`.
        """
        settings = await settings_of(self._session)
        zone = asked.time_zone or settings.time_zone
        today = self._clock.today(zone)
        plan = await self._plan(asked, settings.currency, today)
        if asked.tax_rate is not None:
            plan = taxed_as(plan, ONE_RATE, always=True)
        elif asked.tax_code is not None:
            plan = taxed_as(plan, asked.tax_code, always=False)
        scenario = Scenario(
            plan=plan,
            currency=asked.currency or plan.currency,
            time_zone=zone,
            start_on=asked.start_on or today,
            periods=asked.periods,
            items=asked.items,
            anchor_on=asked.anchor_on,
            end_on=asked.end_on,
            has_trial=asked.has_trial,
            usage=asked.usage,
            meters=await self._meters(plan, zone),
        )
        terms = Terms(
            historical=True,
            due=due_terms(settings),
            today=self._clock.today,
            rounding=settings.tax_rounding,
        )
        redeemed = [
            await self._redeemed(code, asked.coupon_codes[:number], scenario, today)
            for number, code in enumerate(asked.coupon_codes)
        ]
        return outcome(scenario, await self._treatments(asked), redeemed, terms)

    async def _plan(self, asked: Question, currency: str, today: date) -> PublishedPlan:
        if asked.terms is not None:
            return imagined_plan(asked.terms, currency, today)
        catalog = CatalogRepository(self._session)
        code = asked.plan or ""
        plan = await catalog.plan_by_code(code)
        if plan is None:
            raise PlanNotFoundError(code)
        versions = (await catalog.versions_of([plan.id])).get(plan.id, [])
        wanted = [one for one in versions if asked.version in {None, one.version}]
        if not wanted:
            raise PlanNotFoundError(code)
        return wanted[0]

    async def _meters(self, plan: PublishedPlan, zone: str) -> dict[str, Counting]:
        codes = {one.meter for one in plan.components if one.meter is not None}
        if not codes:
            return {}
        known = await MeterRepository(self._session).terms(codes)
        return {
            code: Counting(meter.aggregation, meter.weighting, zone)
            for code, meter in known.items()
        }

    async def _treatments(self, asked: Question) -> TreatmentOf:
        if asked.tax_rate is not None:
            return one_rate(asked.tax_rate)
        law = await load_taxes(self._session)
        return lambda code, on: law.treatment(asked.buyer, code, on)

    async def _redeemed(
        self, code: str, before: Sequence[str], scenario: Scenario, today: date
    ) -> Redeemed:
        """The coupon as somebody new would redeem it at the start, after those `before` it."""
        wanted = canonical(code)
        coupon = await CouponRepository(self._session).find_code(wanted)
        if coupon is None:
            raise CouponNotFoundError(code)
        somebody_new = Redeemer(
            scenario.currency,
            redemptions=0,
            has_it_already=wanted in map(canonical, before),
            was_invoiced=False,
        )
        require_redeemable(coupon.limits, somebody_new, today)
        require_plan(scenario.plan, coupon.plan_ids, None, coupon.code)
        return coupon.as_redeemed(scenario.currency, min(today, scenario.start_on))
