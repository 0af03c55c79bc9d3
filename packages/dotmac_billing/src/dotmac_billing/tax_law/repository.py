"""Queries of written tax law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.models import TaxRate
from dotmac_billing.customers.models import Customer
from dotmac_billing.mapped_base import table_of
from dotmac_billing.tax.models import (
    TaxCategory,
    TaxExemption,
    TaxRegistration,
    TaxRule,
    TaxWithholding,
)
from dotmac_billing.tax.rule_book import compact_postal_code
from dotmac_billing.tax_law.written import NewRule
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection, new_ids

Law = TaxRule | TaxRegistration | TaxCategory | TaxExemption | TaxWithholding
Kind = TypeVar("Kind", TaxRule, TaxRegistration, TaxCategory, TaxExemption, TaxWithholding)

_RULE = (
    *("id", "country", "tax_code", "rate", "valid_from", "name", "region", "postal_prefix"),
    *("city", "product_category", "buyer", "supply", "slot", "is_compound", "position"),
    *("category", "jurisdiction", "exemption_reason", "exemption_code", "valid_until"),
    "created_at",
)
_IDENTITIES = """
SELECT country, region, postal_prefix, lower(coalesce(city, '')) AS city, product_category, buyer,
       supply, slot, valid_from
FROM billing.tax_rules r
JOIN unnest($1::text[]) AS wanted(country) USING (country)
"""


class TaxLawRepository:
    """Tax law of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: Law) -> None:
        """Insert one row."""
        self._session.add(row)
        await self._session.flush()  # read back by the routes

    async def find(self, kind: type[Kind], row_id: UUID) -> Kind | None:
        """The row of that id, held until the transaction ends."""
        statement = sa.select(kind).where(kind.id == row_id).with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def delete(self, row: Law) -> None:
        """Take a row away."""
        await self._session.delete(row)
        await self._session.flush()  # a row that cannot go is refused here

    async def page(
        self,
        kind: type[Kind],
        conditions: Iterable[sa.ColumnElement[bool]],
        offset: int,
        limit: int,
    ) -> tuple[Sequence[Kind], int]:
        """A page of rows in the order they were written, and the number of all that match."""
        conditions = list(conditions)
        rows = await self._session.execute(
            sa.select(kind).where(*conditions).order_by(kind.id).offset(offset).limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(kind).where(*conditions)
        )
        return rows.scalars().all(), total.scalar_one()

    async def identities(self, countries: Iterable[str]) -> set[tuple[object, ...]]:
        """What the rules of these countries are known by; see `NewRule.identity`."""
        connection = await driver_connection(self._session)
        return {tuple(row) for row in await connection.fetch(_IDENTITIES, sorted(set(countries)))}

    async def add_rules(self, rules: Sequence[NewRule], now: datetime) -> list[UUID]:
        """Insert any number of rules in one go; their ids in their order."""
        ids = new_ids(len(rules))
        rows = [_row(rule_id, rule, now) for rule_id, rule in zip(ids, rules, strict=True)]
        await copy_tables(self._session, [TableRows(table_of(TaxRule), _RULE, rows)])
        return list(ids)

    async def categories(self) -> set[str]:
        """The codes of all categories."""
        return set((await self._session.execute(sa.select(TaxCategory.code))).scalars())

    async def is_taken(self, code: str) -> bool:
        """Whether a tax or a category has that code."""
        statement = (
            sa.select(TaxRate.code)
            .where(TaxRate.code == code)
            .union(sa.select(TaxCategory.code).where(TaxCategory.code == code))
        )
        return (await self._session.execute(statement)).first() is not None

    async def knows_customer(self, customer_id: UUID) -> bool:
        """Whether billing has that customer."""
        found = await self._session.execute(
            sa.select(Customer.id).where(Customer.id == customer_id)
        )
        return found.first() is not None


def _row(rule_id: UUID, rule: NewRule, now: datetime) -> tuple[Any, ...]:
    return (
        *(rule_id, rule.country, rule.tax_code, rule.rate, rule.valid_from),
        *(rule.name or rule.tax_code, rule.region, compact_postal_code(rule.postal_prefix)),
        *(rule.city, rule.product_category, rule.buyer.value, rule.supply.value),
        *(rule.slot or rule.tax_code, rule.is_compound, rule.position, rule.category),
        *(rule.jurisdiction, rule.exemption_reason, rule.exemption_code, rule.valid_until, now),
    )


def holding_on(
    kind: type[TaxRule | TaxRegistration | TaxExemption], on: date
) -> list[sa.ColumnElement[bool]]:
    """Conditions that leave what holds on that day."""
    return [kind.valid_from <= on, sa.or_(kind.valid_until.is_(None), kind.valid_until > on)]
