"""Queries of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.metering import CountingMeter
from dotmac_billing.catalog.models import (
    Plan,
    PlanChangeRule,
    PlanVersion,
    PriceComponent,
    Product,
    TaxRate,
)
from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.read_version import component_of, plan_of
from dotmac_core_ops.database import Json, driver_connection

# What a component is read from, wherever it stands; see `read_version.component_of`.
_COMPONENT = """
c.id AS component_id, c.code AS component_code, c.name AS component_name, c.kind, c.model,
c.unit_price, c.tax_code, c.cycle AS component_cycle, c.timing AS component_timing, c.prices,
c.meter, c.filters, c.group_by, c.phases AS component_phases, c.is_prorated, c.includes_tax,
v.cycle, v.timing, v.currency
"""

# On the path of every subscription, hence not through the ORM. Joined to the wanted ids, not
# compared with an array, which is slow before the first ANALYZE.
_PUBLISHED = f"""
SELECT v.id, v.plan_id, p.code, p.name, v.version, v.pricing_model, v.available_from, v.phases,
       v.alignment, v.term_months, v.renews, v.termination_fee, v.add_on_to, v.features, v.rollout,
       v.rollout_on, v.change_rules, v.thresholds, p.is_add_on, o.code AS product_code, {_COMPONENT}
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.plan_versions v ON v.id = wanted.id
JOIN billing.plans p ON p.tenant_id = v.tenant_id AND p.id = v.plan_id
JOIN billing.price_components c ON c.tenant_id = v.tenant_id AND c.plan_version_id = v.id
LEFT JOIN billing.products o ON o.tenant_id = p.tenant_id AND o.id = p.product_id
ORDER BY v.id, c.position
"""  # noqa: S608 (a list of columns)

_COMPONENTS = f"""
SELECT {_COMPONENT}
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.price_components c ON c.id = wanted.id
JOIN billing.plan_versions v ON v.tenant_id = c.tenant_id AND v.id = c.plan_version_id
"""  # noqa: S608 (a list of columns)

# Tax stands above the catalogue; only whether a code exists is asked of it.
_TAX_CATEGORIES = sa.table("tax_categories", sa.column("code", sa.Text()), schema="billing")
_METERS = sa.table(
    "meters",
    sa.column("code", sa.Text()),
    sa.column("aggregation", sa.Text()),
    sa.column("price_property", sa.Text()),
    sa.column("dimensions", Json),
    schema="billing",
)

PLAN_SORTS = {"code": Plan.code, "name": Plan.name, "created_at": Plan.created_at}


@dataclass(frozen=True)
class PlanFilter:
    """Which plans are wanted; None means whichever. `q` is in code, name or description."""

    offered_on: date | None = None
    product: str | None = None
    is_public: bool | None = None
    is_add_on: bool | None = None
    q: str | None = None


class CatalogRepository:
    """Plans and tax rates of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(
        self, *rows: Product | Plan | PlanVersion | PriceComponent | PlanChangeRule | TaxRate
    ) -> None:
        """Insert with the next flush."""
        self._session.add_all(rows)

    async def flush(self) -> None:
        """Write what was added."""
        await self._session.flush()

    async def plan(self, plan_id: UUID, *, locked: bool = False) -> Plan | None:
        """The plan of that id; with `locked`, no other version is published meanwhile."""
        statement = sa.select(Plan).where(Plan.id == plan_id)
        if locked:
            statement = statement.with_for_update(key_share=True)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def plan_by_code(self, code: str) -> Plan | None:
        """The plan of that code."""
        found = await self._session.execute(sa.select(Plan).where(Plan.code == code))
        return found.scalar_one_or_none()

    async def product_by_code(self, code: str) -> Product | None:
        """The product of that code."""
        found = await self._session.execute(sa.select(Product).where(Product.code == code))
        return found.scalar_one_or_none()

    async def latest_version(self, plan_id: UUID, on: date | None = None) -> UUID | None:
        """The id of the newest version, of those available on a day when `on` is given."""
        statement = sa.select(PlanVersion.id).where(PlanVersion.plan_id == plan_id)
        if on is not None:
            statement = statement.where(PlanVersion.available_from <= on)
        statement = statement.order_by(PlanVersion.version.desc()).limit(1)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def last_number(self, plan_id: UUID) -> int:
        """The number of the newest version; 0 when there is none."""
        found = await self._session.execute(
            sa.select(sa.func.max(PlanVersion.version)).where(PlanVersion.plan_id == plan_id)
        )
        return found.scalar_one() or 0

    async def published(self, version_ids: Collection[UUID]) -> dict[UUID, PublishedPlan]:
        """The versions of these ids with their components, in one query."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_PUBLISHED, list(set(version_ids)))
        return {
            version_id: plan_of(list(group))
            for version_id, group in groupby(rows, key=itemgetter("id"))
        }

    async def components(self, component_ids: Collection[UUID]) -> dict[UUID, PublishedComponent]:
        """The components of these ids, of whatever versions, in one query."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_COMPONENTS, list(set(component_ids)))
        return {row["component_id"]: component_of(row) for row in rows}

    async def versions_of(self, plan_ids: Collection[UUID]) -> dict[UUID, list[PublishedPlan]]:
        """All versions of these plans by plan, newest first."""
        found = await self._session.execute(
            sa.select(PlanVersion.id).where(PlanVersion.plan_id.in_(plan_ids))
        )
        published = await self.published(list(found.scalars()))
        ordered = sorted(published.values(), key=lambda one: (one.plan_id, -one.version))
        return {key: list(group) for key, group in groupby(ordered, key=lambda one: one.plan_id)}

    async def page(
        self, wanted: PlanFilter, *, sort: str, descending: bool, offset: int, limit: int
    ) -> tuple[list[Plan], int]:
        """A page of plans and the number of all that are wanted."""
        conditions = _conditions(wanted)
        column = PLAN_SORTS[sort]
        order = (column.desc(), Plan.id.desc()) if descending else (column, Plan.id)
        rows = await self._session.execute(
            sa.select(Plan).where(*conditions).order_by(*order).offset(offset).limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(Plan).where(*conditions)
        )
        return list(rows.scalars()), total.scalar_one()

    async def plans(self, wanted: PlanFilter | None = None) -> list[Plan]:
        """All plans that are wanted, by code."""
        conditions = [] if wanted is None else _conditions(wanted)
        found = await self._session.execute(sa.select(Plan).where(*conditions).order_by(Plan.code))
        return list(found.scalars())

    async def latest(
        self, plan_ids: Collection[UUID], on: date | None = None
    ) -> dict[UUID, PublishedPlan]:
        """By plan its newest version, of those available on a day when `on` is given."""
        statement = (
            sa.select(PlanVersion.id)
            .where(PlanVersion.plan_id.in_(plan_ids))
            .order_by(PlanVersion.plan_id, PlanVersion.version.desc())
            .ext(distinct_on(PlanVersion.plan_id))
        )
        if on is not None:
            statement = statement.where(PlanVersion.available_from <= on)
        found = (await self._session.execute(statement)).scalars().all()
        return {one.plan_id: one for one in (await self.published(found)).values()}

    async def product(self, product_id: UUID, *, locked: bool = False) -> Product | None:
        """The product of that id; with `locked`, nobody else changes it meanwhile."""
        statement = sa.select(Product).where(Product.id == product_id)
        if locked:
            statement = statement.with_for_update(key_share=True)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def products(self, *, offset: int = 0, limit: int | None = None) -> list[Product]:
        """Products by code."""
        statement = sa.select(Product).order_by(Product.code).offset(offset).limit(limit)
        return list((await self._session.execute(statement)).scalars())

    async def count_products(self) -> int:
        """How many products there are."""
        found = await self._session.execute(sa.select(sa.func.count()).select_from(Product))
        return found.scalar_one()

    async def change_rules(self) -> list[ChangeRule]:
        """The tenant's own rules, always in the same order."""
        found = await self._session.execute(
            sa.select(PlanChangeRule).order_by(
                PlanChangeRule.from_what, PlanChangeRule.to_what, PlanChangeRule.direction
            )
        )
        return [row.rule() for row in found.scalars()]

    async def replace_change_rules(self, rules: Iterable[ChangeRule]) -> None:
        """Let the tenant have these rules and no others."""
        await self._session.execute(sa.delete(PlanChangeRule))
        self._session.add_all(PlanChangeRule.of(rule) for rule in rules)
        await self._session.flush()  # refused here when two are about the same change

    async def known_tax_codes(self, codes: Iterable[str]) -> set[str]:
        """Those of `codes` that have a rate on some day, or are a category that rules tax."""
        wanted = set(codes)
        found = await self._session.execute(
            sa.select(TaxRate.code)
            .where(TaxRate.code.in_(wanted))
            .union(sa.select(_TAX_CATEGORIES.c.code).where(_TAX_CATEGORIES.c.code.in_(wanted)))
        )
        return set(found.scalars())

    async def meters(self, codes: Iterable[str]) -> dict[str, CountingMeter]:
        """Those of the meters named that exist, by code."""
        found = await self._session.execute(
            sa.select(
                _METERS.c.code,
                _METERS.c.aggregation,
                _METERS.c.price_property.is_not(None),
                _METERS.c.dimensions,
            ).where(_METERS.c.code.in_(set(codes)))
        )
        return {row[0]: CountingMeter(*row) for row in found}

    async def is_tax_category(self, code: str) -> bool:
        """Whether the code is that of a category of products."""
        found = await self._session.execute(
            sa.select(_TAX_CATEGORIES.c.code).where(_TAX_CATEGORIES.c.code == code)
        )
        return found.first() is not None

    async def tax_rate(self, code: str, valid_from: date) -> TaxRate | None:
        """The rate of that tax from exactly that day."""
        found = await self._session.execute(
            sa.select(TaxRate).where(TaxRate.code == code, TaxRate.valid_from == valid_from)
        )
        return found.scalar_one_or_none()

    async def tax_rates(self, *, offset: int, limit: int | None) -> tuple[Sequence[TaxRate], int]:
        """A page of rates by code, the newest first, and the number of all."""
        rows = await self._session.execute(
            sa.select(TaxRate)
            .order_by(TaxRate.code, TaxRate.valid_from.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(sa.select(sa.func.count()).select_from(TaxRate))
        return rows.scalars().all(), total.scalar_one()


def _conditions(wanted: PlanFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.offered_on is not None:
        conditions.append(sa.or_(Plan.retired_on.is_(None), Plan.retired_on > wanted.offered_on))
    if wanted.product is not None:
        product = sa.select(Product.id).where(Product.code == wanted.product).scalar_subquery()
        conditions.append(Plan.product_id == product)
    if wanted.is_public is not None:
        conditions.append(Plan.is_public == wanted.is_public)
    if wanted.is_add_on is not None:
        conditions.append(Plan.is_add_on == wanted.is_add_on)
    if wanted.q:
        texts = (Plan.code, Plan.name, Plan.description)
        conditions.append(sa.or_(*(text.icontains(wanted.q, autoescape=True) for text in texts)))
    return conditions
