"""Publishing plans and tax rates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.errors import (
    PlanCodeTakenError,
    PlanNotAvailableError,
    PlanNotFoundError,
    ProductCodeTakenError,
    ProductNotFoundError,
    TaxCodeTakenError,
    TaxRateExistsError,
    UnknownTaxCodeError,
)
from dotmac_billing.catalog.events import PlanChanged, PlanPublished
from dotmac_billing.catalog.metering import require_metered
from dotmac_billing.catalog.models import Plan, PlanVersion, PriceComponent, Product, TaxRate
from dotmac_billing.catalog.plan import (
    NewPlan,
    NewTerms,
    Offer,
    PlanWords,
    ProductWords,
    PublishedComponent,
    PublishedPlan,
)
from dotmac_billing.catalog.repository import CatalogRepository, PlanFilter
from dotmac_billing.catalog.soundness import require_sound, require_sound_rules
from dotmac_billing.catalog.stored_terms import rule_row
from dotmac_billing.catalog.version_rows import component_rows, version_row
from dotmac_billing.settings.service import SettingsService, settings_of
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, tenant_of


async def publish_plan(session: AsyncSession, plan: NewPlan) -> PublishedPlan:
    """Offer a new plan; see `CatalogService.publish`."""
    return await CatalogService(session).publish(plan)


async def find_plan(session: AsyncSession, code: str) -> PublishedPlan | None:
    """The newest version of the plan of that code; None when there is no such plan."""
    catalog = CatalogRepository(session)
    plan = await catalog.plan_by_code(code)
    version_id = None if plan is None else await catalog.latest_version(plan.id)
    return None if version_id is None else (await catalog.published([version_id]))[version_id]


async def add_tax_rate(
    session: AsyncSession, code: str, rate: Decimal, *, valid_from: date, name: str | None = None
) -> None:
    """Let tax `code` be `rate` (a fraction: 0.2 is 20 %) from a day on; see `CatalogService`."""
    await CatalogService(session).add_tax_rate(code, rate, valid_from=valid_from, name=name)


async def components(
    session: AsyncSession, component_ids: Collection[UUID]
) -> dict[UUID, PublishedComponent]:
    """The components of these ids; they never change. Unknown ids are left out."""
    return await CatalogRepository(session).components(component_ids)


class CatalogService:
    """What is offered, and at which price."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._catalog = CatalogRepository(session)

    async def get(self, plan_id: UUID) -> Plan:
        """The plan of that id.

        Raises:
            PlanNotFoundError: there is none.
        """
        plan = await self._catalog.plan(plan_id)
        if plan is None:
            raise PlanNotFoundError(plan_id)
        return plan

    async def publish(self, new: NewPlan) -> PublishedPlan:
        """Offer a new plan with its first version.

        Raises:
            PlanCodeTakenError: the code is in use; publish a version of that plan instead.
            InvalidPlanError, PricingModelNotAvailableError, InvalidCurrencyError: see `plan.py`.
            UnknownTaxCodeError: a component names a tax that has no rate.
            PlanMeterUnknownError, PlanMeterUnfitError: a component names a meter that does not
                exist, or that does not count what its price asks for.
        """
        if await self._catalog.plan_by_code(new.code) is not None:
            raise PlanCodeTakenError(new.code)
        product = None if new.product is None else await self._product(new.product)
        plan = Plan(
            id=new.id or new_id(),
            code=new.code,
            name=new.name,
            description=new.description,
            is_public=new.is_public,
            created_at=clock_of(self._session).now(),
            product_id=None if product is None else product.id,
            is_add_on=new.is_add_on,
        )
        self._catalog.add(plan)
        await self._catalog.flush()  # the version refers to it
        return await self._publish(plan, new.terms)

    async def publish_version(self, plan_id: UUID, terms: NewTerms) -> PublishedPlan:
        """Offer the plan on new terms. Subscriptions keep the version they were made with.

        Raises:
            PlanNotFoundError: no such plan.
            PlanNotAvailableError: the plan is retired.
            InvalidPlanError and the others: see `publish`.
        """
        plan = await self._catalog.plan(plan_id, locked=True)
        if plan is None:
            raise PlanNotFoundError(plan_id)
        today = clock_of(self._session).today((await settings_of(self._session)).time_zone)
        if not plan.is_offered(today):
            raise PlanNotAvailableError(plan_id, today)
        return await self._publish(plan, terms)

    async def retire(self, plan_id: UUID, on: date | None) -> Plan:
        """Offer the plan no more from that day on, or without end again with None.

        Its subscriptions go on either way.

        Raises:
            PlanNotFoundError: no such plan.
        """
        action = "plans.unretire" if on is None else "plans.retire"
        return await self._change(plan_id, {"retired_on": on}, action)

    async def change(self, plan_id: UUID, words: PlanWords) -> Plan:
        """Put new words in place. Versions are never touched.

        Raises:
            PlanNotFoundError: no such plan.
            ProductNotFoundError: no such product.
        """
        new: dict[str, Any] = {**words}
        if "product" in words:
            code = new.pop("product")
            new["product_id"] = None if code is None else (await self._product(code)).id
        return await self._change(plan_id, new, "plans.change")

    async def _change(self, plan_id: UUID, new: dict[str, Any], action: str) -> Plan:
        plan = await self._catalog.plan(plan_id, locked=True)
        if plan is None:
            raise PlanNotFoundError(plan_id)
        before = {name: getattr(plan, name) for name in new}
        for name, value in new.items():
            setattr(plan, name, value)
        await record(
            self._session, action=action, target=("plan", plan_id), before=before, after=new
        )
        await EventPublisher(self._session).publish(
            PlanChanged(plan_id=plan_id, code=plan.code, changed=tuple(sorted(new)))
        )
        return plan

    async def add_product(self, code: str, name: str, description: str | None = None) -> Product:
        """Sell something new; plans can be made for it.

        Raises:
            ProductCodeTakenError: the code is in use.
        """
        if await self._catalog.product_by_code(code) is not None:
            raise ProductCodeTakenError(code)
        product = Product(
            id=new_id(),
            code=code,
            name=name,
            description=description,
            created_at=clock_of(self._session).now(),
        )
        self._catalog.add(product)
        await self._catalog.flush()  # plans refer to it
        await record(
            self._session,
            action="products.add",
            target=("product", product.id),
            after={"code": code, "name": name},
        )
        return product

    async def change_product(self, product_id: UUID, words: ProductWords) -> Product:
        """Put new words in place.

        Raises:
            ProductNotFoundError: no such product.
        """
        product = await self._catalog.product(product_id, locked=True)
        if product is None:
            raise ProductNotFoundError(product_id)
        before = {name: getattr(product, name) for name in words}
        for name, value in words.items():
            setattr(product, name, value)
        await record(
            self._session,
            action="products.change",
            target=("product", product_id),
            before=before,
            after=dict(words),
        )
        return product

    async def set_change_rules(self, rules: Sequence[ChangeRule]) -> list[ChangeRule]:
        """Let the tenant have these rules about changes of plan, and no others.

        Raises:
            InvalidChangeRulesError: not a selector, or two rules about the same change.
        """
        require_sound_rules(rules)
        await SettingsService(self._session).locked()  # so that two sets never mix
        before = await self._catalog.change_rules()
        await self._catalog.replace_change_rules(rules)
        after = await self._catalog.change_rules()
        await record(
            self._session,
            action="change_rules.set",
            target=("change_rules", tenant_of(self._session)),
            before={"rules": [rule_row(rule) for rule in before]},
            after={"rules": [rule_row(rule) for rule in after]},
        )
        return after

    async def offered(
        self, plan_id: UUID, on: date, version_id: UUID | None = None
    ) -> PublishedPlan:
        """The plan's newest version available on that day, or the version asked for.

        Raises:
            PlanNotFoundError: no such plan, or no such version of it.
            PlanNotAvailableError: retired by then, or not available yet.
        """
        plan = await self.get(plan_id)
        chosen = version_id or await self._catalog.latest_version(plan_id, on)
        if chosen is None or not plan.is_offered(on):
            raise PlanNotAvailableError(plan_id, on)
        version = (await self._catalog.published([chosen])).get(chosen)
        if version is None or version.plan_id != plan_id:
            raise PlanNotFoundError(chosen)
        if version.available_from > on:
            raise PlanNotAvailableError(plan_id, on)
        return version

    async def version(self, plan_id: UUID, number: int) -> PublishedPlan:
        """The plan's version of that number.

        Raises:
            PlanNotFoundError: no such plan, or no such version of it.
        """
        versions = (await self._catalog.versions_of([plan_id])).get(plan_id, [])
        found = next((one for one in versions if one.version == number), None)
        if found is None:
            raise PlanNotFoundError(plan_id)
        return found

    async def price_list(
        self, *, product: str | None = None, currency: str | None = None
    ) -> list[Offer]:
        """What everybody may subscribe to today (in the tenant's zone), by code.

        Each plan as its newest version has it; with `currency` only those that can be billed in it
        throughout.
        """
        today = clock_of(self._session).today((await settings_of(self._session)).time_zone)
        wanted = PlanFilter(offered_on=today, product=product, is_public=True)
        plans = await self._catalog.plans(wanted=wanted)
        versions = await self._catalog.latest([plan.id for plan in plans], today)
        return [
            Offer(version=versions[plan.id], description=plan.description)
            for plan in plans
            if plan.id in versions
            and (currency is None or versions[plan.id].is_priced_in(currency))
        ]

    async def product(self, product_id: UUID) -> Product:
        """The product of that id.

        Raises:
            ProductNotFoundError: there is none.
        """
        product = await self._catalog.product(product_id)
        if product is None:
            raise ProductNotFoundError(product_id)
        return product

    async def add_tax_rate(
        self, code: str, rate: Decimal, *, valid_from: date, name: str | None = None
    ) -> TaxRate:
        """Let tax `code` be `rate` (a fraction, at most 1) from a day on.

        Raises:
            TaxRateExistsError: it has a rate from that very day.
            TaxCodeTakenError: the code is that of a category of products.
        """
        if await self._catalog.is_tax_category(code):
            raise TaxCodeTakenError(code)
        if await self._catalog.tax_rate(code, valid_from) is not None:
            raise TaxRateExistsError(code, valid_from)
        tax_rate = TaxRate(
            id=new_id(),
            code=code,
            name=name or code,
            rate=rate,
            valid_from=valid_from,
            created_at=clock_of(self._session).now(),
        )
        self._catalog.add(tax_rate)
        await record(
            self._session,
            action="tax_rates.add",
            target=("tax_rate", tax_rate.id),
            after={"code": code, "rate": rate, "valid_from": valid_from},
        )
        return tax_rate

    async def _publish(self, plan: Plan, terms: NewTerms) -> PublishedPlan:
        settings = await settings_of(self._session)
        currency = terms.currency or settings.currency
        require_sound(terms, currency)
        await self._require_tax_codes(terms)
        metered = {one.meter for one in terms.components if one.meter is not None}
        require_metered(terms, await self._catalog.meters(metered) if metered else {}, currency)
        clock = clock_of(self._session)
        version = PlanVersion(
            **version_row(terms, plan.code),
            id=new_id(),
            plan_id=plan.id,
            version=await self._catalog.last_number(plan.id) + 1,
            currency=currency,
            available_from=terms.available_from or clock.today(settings.time_zone),
            created_at=clock.now(),
        )
        self._catalog.add(version)
        await self._catalog.flush()  # the components refer to it
        self._catalog.add(
            *(
                PriceComponent(id=new_id(), plan_version_id=version.id, **row)
                for row in component_rows(terms, currency)
            )
        )
        await self._catalog.flush()  # read back below, in the form everybody gets
        await record(
            self._session,
            action="plans.publish",
            target=("plan", plan.id),
            after={"code": plan.code, "version": version.version},
        )
        await EventPublisher(self._session).publish(
            PlanPublished(
                plan_id=plan.id,
                plan_version_id=version.id,
                code=plan.code,
                version=version.version,
            )
        )
        return (await self._catalog.published([version.id]))[version.id]

    async def _require_tax_codes(self, terms: NewTerms) -> None:
        wanted = {one.tax_code for one in terms.components if one.tax_code is not None}
        known = await self._catalog.known_tax_codes(wanted) if wanted else set()
        for tax_code in sorted(wanted - known):
            raise UnknownTaxCodeError(tax_code)

    async def _product(self, code: str) -> Product:
        product = await self._catalog.product_by_code(code)
        if product is None:
            raise ProductNotFoundError(code)
        return product
