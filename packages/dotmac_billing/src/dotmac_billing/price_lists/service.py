"""The catalogue as a price list, and a price list into the catalogue."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import NewPlan
from dotmac_billing.catalog.repository import CatalogRepository
from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.price_lists.adapters.yaml_text import read_yaml, write_yaml
from dotmac_billing.price_lists.difference import Change, Step, changes
from dotmac_billing.price_lists.document import Document, price_list_document
from dotmac_billing.price_lists.errors import InvalidPriceListError
from dotmac_billing.price_lists.price_list import (
    ListedPlan,
    ListedProduct,
    ListedRate,
    PriceList,
    mistakes,
    terms_of,
)
from dotmac_billing.price_lists.schemas import price_list_of
from dotmac_billing.settings.service import SettingsService, settings_of
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.meters.repository import MeterRepository
from dotmac_billing.usage.meters.service import MeterService
from dotmac_billing.usage.models import Meter

MOST_METERS = 10_000


class PriceListService:
    """Reads and writes the whole catalogue at once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._catalog = CatalogRepository(session)

    async def stored(self) -> PriceList:
        """What the catalogue has: every plan on its newest version."""
        products = await self._catalog.products()
        codes = {product.id: product.code for product in products}
        plans = await self._catalog.plans()
        latest = await self._catalog.latest([plan.id for plan in plans])
        meters, _ = await MeterRepository(self._session).page(
            archived=None, sort="code", descending=False, offset=0, limit=MOST_METERS
        )
        rates, _ = await self._catalog.tax_rates(offset=0, limit=None)
        return PriceList(
            products=tuple(ListedProduct(one.code, one.name, one.description) for one in products),
            meters=tuple(_meter(one) for one in meters),
            tax_rates=tuple(
                ListedRate(one.code, one.rate, one.valid_from, one.name) for one in rates
            ),
            plans=tuple(
                ListedPlan(
                    NewPlan(
                        plan.code,
                        plan.name,
                        terms_of(latest[plan.id]),
                        plan.description,
                        is_public=plan.is_public,
                        product=None if plan.product_id is None else codes[plan.product_id],
                        is_add_on=plan.is_add_on,
                    ),
                    plan.retired_on,
                )
                for plan in plans
            ),
            change_rules=tuple(await self._catalog.change_rules()),
        )

    async def document(self) -> Document:
        """The catalogue as the document that a file holds."""
        currency = (await settings_of(self._session)).currency
        return price_list_document(await self.stored(), currency)

    async def difference(self, wanted: PriceList) -> list[Change]:
        """What applying it would do.

        Raises:
            InvalidPriceListError: it cannot be applied.
        """
        currency = (await settings_of(self._session)).currency
        stored = await self.stored()
        named = {
            part.tax_code
            for listed in wanted.plans
            for part in listed.plan.terms.components
            if part.tax_code is not None
        }
        taxes = await self._catalog.known_tax_codes(named)
        if found := mistakes(wanted, stored, currency, taxes):
            raise InvalidPriceListError(found)
        return changes(stored, wanted, currency)

    async def apply(self, wanted: PriceList) -> list[Change]:
        """Make the catalogue say what the list says; what was done. A second time does nothing.

        Raises:
            InvalidPriceListError: it cannot be applied; nothing is done then.
        """
        await SettingsService(self._session).locked()  # so that two lists never mix
        found = await self.difference(wanted)
        for change in found:
            await self._do(change)
        return found

    async def _do(self, change: Change) -> None:
        catalog, target = CatalogService(self._session), change.target
        if isinstance(target, ListedPlan):
            await self._do_plan(change.step, target)
        elif isinstance(target, NewMeter):
            await self._do_meter(change.step, target)
        elif isinstance(target, ListedRate):
            await catalog.add_tax_rate(
                target.code, target.rate, valid_from=target.valid_from, name=target.name
            )
        elif not isinstance(target, ListedProduct):
            await catalog.set_change_rules(target)
        elif change.step is Step.ADD_PRODUCT:
            await catalog.add_product(target.code, target.name, target.description)
        else:
            product = await self._catalog.product_by_code(target.code)
            assert product is not None  # the change is about one that there is
            await catalog.change_product(
                product.id, {"name": target.name, "description": target.description}
            )

    async def _do_meter(self, step: Step, new: NewMeter) -> None:
        meters = MeterService(self._session)
        if step is Step.ADD_METER:
            await meters.define(new)
            return
        meter = await MeterRepository(self._session).find_by_code(new.code)
        assert meter is not None  # the change is about one that there is
        await meters.change(
            meter,
            name=new.name,
            late_policy=new.late_policy,
            back_dating_days=new.back_dating_days,
        )

    async def _do_plan(self, step: Step, listed: ListedPlan) -> None:
        catalog, new = CatalogService(self._session), listed.plan
        if step is Step.PUBLISH_PLAN:
            published = await catalog.publish(new)
            if listed.retired_on is not None:
                await catalog.retire(published.plan_id, listed.retired_on)
            return
        plan = await self._catalog.plan_by_code(new.code)
        assert plan is not None  # the change is about one that there is
        if step is Step.PUBLISH_VERSION:
            await catalog.publish_version(plan.id, new.terms)
        elif step is Step.CHANGE_PLAN:
            await catalog.change(
                plan.id,
                {
                    "name": new.name,
                    "description": new.description,
                    "is_public": new.is_public,
                    "product": new.product,
                    "is_add_on": new.is_add_on,
                },
            )
        else:
            await catalog.retire(plan.id, listed.retired_on)


def _meter(row: Meter) -> NewMeter:
    return NewMeter(
        code=row.code,
        name=row.name,
        aggregation=row.aggregation,
        weighting=row.weighting,
        value_property=row.value_property,
        price_property=row.price_property,
        filters={name: tuple(values) for name, values in row.filters.items()},
        dimensions=tuple(row.dimensions),
        late_policy=row.late_policy,
        back_dating_days=row.back_dating_days,
    )


async def apply_price_list(
    session: AsyncSession, text: str, *, dry_run: bool = False
) -> list[Change]:
    """Make the catalogue say what the YAML says; what was done, or with `dry_run` would be.

    Raises:
        UnreadablePriceListError: not YAML, or not a price list's.
        InvalidPriceListError: it cannot be applied; nothing is done then.
    """
    wanted, service = price_list_of(read_yaml(text)), PriceListService(session)
    return await (service.difference(wanted) if dry_run else service.apply(wanted))


async def export_price_list(session: AsyncSession) -> str:
    """The catalogue as YAML; applied again it changes nothing."""
    return write_yaml(await PriceListService(session).document())
