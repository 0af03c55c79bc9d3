"""Queries of customers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.models import Customer
from dotmac_core_ops.database import copy_rows, driver_connection

COLUMNS = (
    "id",
    "code",
    "name",
    "company_name",
    "email",
    "phone",
    "currency",
    "time_zone",
    "country",
    "payment_terms_days",
    "created_at",
    "version",
    "street",
    "postal_code",
    "city",
    "region",
    "tax_id",
    "tax_id_valid_on",
    "is_business",
)
SORTS = {"name": Customer.name, "code": Customer.code, "created_at": Customer.created_at}


@dataclass(frozen=True)
class CustomerFilter:
    """Which customers are wanted: `q` is a beginning of code, name or e-mail; None is any."""

    q: str | None = None
    currency: str | None = None


class CustomerRepository:
    """Customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, customer_id: UUID, *, locked: bool = False) -> Customer | None:
        """The customer of that id; with `locked`, nobody else changes it meanwhile."""
        statement = sa.select(Customer).where(Customer.id == customer_id)
        if locked:
            statement = statement.with_for_update(key_share=True)
            statement = statement.execution_options(populate_existing=True)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def find_by_code(self, code: str) -> Customer | None:
        """The customer of that code."""
        return await self._one(Customer.code == code)

    async def find_by_email(self, email: str) -> Customer | None:
        """The oldest customer of that address."""
        return await self._one(Customer.email == email)

    async def _one(self, condition: sa.ColumnElement[bool]) -> Customer | None:
        statement = sa.select(Customer).where(condition).order_by(Customer.id).limit(1)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def known(self, codes: Collection[str], ids: Collection[UUID]) -> dict[str, UUID]:
        """Code → id of the customers who have one of these codes or ids."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            # Joined to what is wanted, not compared with an array; see the payments' repository.
            "SELECT c.code, c.id FROM unnest($1::text[]) AS wanted(code) "
            "JOIN billing.customers c ON c.code = wanted.code "
            "UNION SELECT c.code, c.id FROM unnest($2::uuid[]) AS wanted(id) "
            "JOIN billing.customers c ON c.id = wanted.id",
            list(codes),
            list(ids),
        )
        return {row["code"]: row["id"] for row in rows}

    async def add(self, rows: Sequence[tuple[Any, ...]]) -> int:
        """Insert rows with values in the order of `COLUMNS`."""
        return await copy_rows(self._session, "billing.customers", rows, columns=COLUMNS)

    async def remove(self, customer_ids: Collection[UUID]) -> None:
        """Take customers away.

        Raises:
            asyncpg.ForeignKeyViolationError: something refers to one of them.
        """
        connection = await driver_connection(self._session)
        await connection.execute(
            "DELETE FROM billing.customers c USING unnest($1::uuid[]) AS gone(id) "
            "WHERE c.id = gone.id",
            list(customer_ids),
        )

    async def page(
        self, wanted: CustomerFilter, *, sort: str, descending: bool, offset: int, limit: int
    ) -> tuple[list[Customer], int]:
        """A page of matching customers and the number of all that match."""
        conditions = list(_conditions(wanted))
        column = SORTS[sort]
        order = (column.desc(), Customer.id.desc()) if descending else (column, Customer.id)
        rows = await self._session.execute(
            sa.select(Customer).where(*conditions).order_by(*order).offset(offset).limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(Customer).where(*conditions)
        )
        return list(rows.scalars()), total.scalar_one()


def _conditions(wanted: CustomerFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.q:
        conditions.append(
            sa.or_(
                Customer.code.istartswith(wanted.q, autoescape=True),
                Customer.name.istartswith(wanted.q, autoescape=True),
                Customer.email.istartswith(wanted.q, autoescape=True),
            )
        )
    if wanted.currency:
        conditions.append(Customer.currency == wanted.currency)
    return conditions
