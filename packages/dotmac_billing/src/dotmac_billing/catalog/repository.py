"""Queries of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.models import Plan, PlanVersion, PriceComponent, TaxRate
from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan

PLAN_SORTS = {"code": Plan.code, "name": Plan.name, "created_at": Plan.created_at}


class CatalogRepository:
    """Plans and tax rates of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, *rows: Plan | PlanVersion | PriceComponent | TaxRate) -> None:
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
        """The versions of these ids with their components, in two queries."""
        versions = await self._session.execute(
            sa.select(PlanVersion, Plan.code, Plan.name)
            .join(Plan, Plan.id == PlanVersion.plan_id)
            .where(PlanVersion.id.in_(version_ids))
        )
        components = await self._components(version_ids)
        return {
            row.PlanVersion.id: _published(
                row.PlanVersion, row.code, row.name, components.get(row.PlanVersion.id, ())
            )
            for row in versions
        }

    async def versions_of(self, plan_ids: Collection[UUID]) -> dict[UUID, list[PublishedPlan]]:
        """All versions of these plans by plan, newest first."""
        found = await self._session.execute(
            sa.select(PlanVersion.id).where(PlanVersion.plan_id.in_(plan_ids))
        )
        published = await self.published(list(found.scalars()))
        ordered = sorted(published.values(), key=lambda one: (one.plan_id, -one.version))
        return {key: list(group) for key, group in groupby(ordered, key=lambda one: one.plan_id)}

    async def _components(
        self, version_ids: Collection[UUID]
    ) -> dict[UUID, tuple[PublishedComponent, ...]]:
        found = await self._session.execute(
            sa.select(PriceComponent)
            .where(PriceComponent.plan_version_id.in_(version_ids))
            .order_by(PriceComponent.plan_version_id, PriceComponent.position)
        )
        return {
            version_id: tuple(_component(row) for row in group)
            for version_id, group in groupby(found.scalars(), key=lambda row: row.plan_version_id)
        }

    async def page(
        self, *, sort: str, descending: bool, offset: int, limit: int, offered_on: date | None
    ) -> tuple[list[Plan], int]:
        """A page of plans and the number of all; with `offered_on` only those not retired then."""
        conditions: list[sa.ColumnElement[bool]] = []
        if offered_on is not None:
            conditions.append(sa.or_(Plan.retired_on.is_(None), Plan.retired_on > offered_on))
        column = PLAN_SORTS[sort]
        order = (column.desc(), Plan.id.desc()) if descending else (column, Plan.id)
        rows = await self._session.execute(
            sa.select(Plan).where(*conditions).order_by(*order).offset(offset).limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(Plan).where(*conditions)
        )
        return list(rows.scalars()), total.scalar_one()

    async def known_tax_codes(self, codes: Iterable[str]) -> set[str]:
        """Those of `codes` that have a rate on some day."""
        found = await self._session.execute(
            sa.select(TaxRate.code).where(TaxRate.code.in_(set(codes))).distinct()
        )
        return set(found.scalars())

    async def tax_rate(self, code: str, valid_from: date) -> TaxRate | None:
        """The rate of that tax from exactly that day."""
        found = await self._session.execute(
            sa.select(TaxRate).where(TaxRate.code == code, TaxRate.valid_from == valid_from)
        )
        return found.scalar_one_or_none()

    async def tax_rates(self, *, offset: int, limit: int) -> tuple[Sequence[TaxRate], int]:
        """A page of rates by code, the newest first, and the number of all."""
        rows = await self._session.execute(
            sa.select(TaxRate)
            .order_by(TaxRate.code, TaxRate.valid_from.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(sa.select(sa.func.count()).select_from(TaxRate))
        return rows.scalars().all(), total.scalar_one()


def _published(
    version: PlanVersion, code: str, name: str, components: tuple[PublishedComponent, ...]
) -> PublishedPlan:
    return PublishedPlan(
        id=version.id,
        plan_id=version.plan_id,
        code=code,
        name=name,
        version=version.version,
        pricing_model=version.pricing_model,
        cycle=version.cycle,
        timing=version.timing,
        currency=version.currency,
        available_from=version.available_from,
        components=components,
    )


def _component(row: PriceComponent) -> PublishedComponent:
    return PublishedComponent(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        model=row.model,
        unit_price=row.unit_price,
        tax_code=row.tax_code,
    )
