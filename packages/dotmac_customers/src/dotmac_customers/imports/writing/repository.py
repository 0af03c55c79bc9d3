"""The statements that change and remove many customers, each in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import copy_rows, driver_connection
from dotmac_customers.profiles.errors import ExternalIdTakenError
from dotmac_customers.profiles.models import Address, Customer
from dotmac_customers.profiles.profile import POSTAL, CustomerProfile, PostalAddress
from dotmac_customers.profiles.rows import (
    ADDRESS_COLUMNS,
    FIELDS_OF_ADDRESS,
    TAG_SEPARATOR,
    Row,
)
from dotmac_customers.profiles.search_terms import sort_name

# The parts put together here are constants of this file; values travel as parameters. Tags travel
# as one text: unnest would take an array of arrays apart to the last.
_TEXTS = (
    *("name", "sort_name", "kind", "email", "phone", "tags", "external_id", "notes"),
    *("time_zone", "given_name", "family_name", "company_name", "tax_id"),
    *("registration_number", "language", "custom_fields"),
)
_STORED = {
    "tags": f"string_to_array(n.tags, chr({ord(TAG_SEPARATOR)}))",
    "custom_fields": "n.custom_fields::jsonb",
}
_CHANGE = (
    "UPDATE customers.customers c SET version = c.version + 1, updated_at = $1, "  # noqa: S608 - see above
    + ", ".join(f"{column} = {_STORED.get(column, f'n.{column}')}" for column in _TEXTS)
    + " FROM unnest($2::uuid[], "
    + ", ".join(f"${place}::text[]" for place in range(3, len(_TEXTS) + 3))
    + f") AS n(id, {', '.join(_TEXTS)}) WHERE c.id = n.id"
)
# Another place has other coordinates, and nobody has looked whether it is right.
_MOVE = (
    "UPDATE customers.addresses a SET version = a.version + 1, "  # noqa: S608 - see above
    "latitude = NULL, longitude = NULL, verified_at = NULL, "
    + ", ".join(f"{column} = n.{column}" for column in FIELDS_OF_ADDRESS)
    + " FROM unnest($1::uuid[], "
    + ", ".join(f"${place}::text[]" for place in range(2, len(FIELDS_OF_ADDRESS) + 2))
    + f") AS n(customer_id, {', '.join(FIELDS_OF_ADDRESS)}) "
    f"WHERE a.customer_id = n.customer_id AND a.kind = '{POSTAL}' AND a.is_primary"
)
_REMOVE_POSTAL = f"""
DELETE FROM customers.addresses a USING unnest($1::uuid[]) AS g(customer_id)
WHERE a.customer_id = g.customer_id AND a.kind = '{POSTAL}' AND a.is_primary
"""  # noqa: S608 - see above
_PUT_FIRST = f"""
UPDATE customers.addresses a SET is_primary = true FROM (
  SELECT min(o.id::text)::uuid AS id FROM unnest($1::uuid[]) AS g(customer_id)
  JOIN customers.addresses o ON o.customer_id = g.customer_id AND o.kind = '{POSTAL}'
  GROUP BY o.customer_id
) AS oldest WHERE a.id = oldest.id
"""  # noqa: S608 - see above
_REMOVE = "DELETE FROM customers.{} t USING unnest($1::uuid[]) AS g(id) WHERE t.{} = g.id"
_REMOVED_FROM = (
    *(("search_terms", "customer_id"), ("addresses", "customer_id"), ("customers", "id")),
)


class ManyCustomersRepository:
    """Many customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def held(self, customer_ids: Sequence[UUID]) -> list[CustomerProfile]:
        """Those among the customers that exist, as they are until the transaction ends."""
        wanted = (
            sa.func.unnest(sa.bindparam("ids", list(customer_ids), sa.ARRAY(sa.Uuid())))
            .table_valued("id")
            .render_derived()
        )
        query = sa.select(Customer).join(wanted, wanted.c.id == Customer.id)
        # In one order, so that two who hold some of the same wait for each other and go on.
        query = query.order_by(Customer.id).with_for_update(of=Customer, key_share=True)
        customers = await self._session.scalars(query.execution_options(populate_existing=True))
        addresses = await self._session.scalars(
            sa.select(Address)
            .join(wanted, wanted.c.id == Address.customer_id)
            .where(Address.kind == POSTAL, Address.is_primary)
            .execution_options(populate_existing=True)
        )
        postal = {address.customer_id: address for address in addresses}
        return [customer.profile(postal.get(customer.id)) for customer in customers]

    async def change(self, customers: Sequence[CustomerProfile], now: datetime) -> None:
        """Let the customers be as their profiles say, but for their addresses.

        Raises:
            ExternalIdTakenError: another customer has it.
        """
        connection = await driver_connection(self._session)
        rows = [_row(customer) for customer in customers]
        try:
            await connection.execute(
                _CHANGE, now, *(list(column) for column in zip(*rows, strict=True))
            )
        except asyncpg.UniqueViolationError as error:
            raise ExternalIdTakenError([]) from error

    async def move(
        self, moved: Mapping[UUID, PostalAddress], added: Sequence[Row], removed: Sequence[UUID]
    ) -> None:
        """Change, add (rows in order of `ADDRESS_COLUMNS`) and remove postal addresses."""
        connection = await driver_connection(self._session)
        if moved:
            rows = [
                (customer_id, *(getattr(address, part) for part in FIELDS_OF_ADDRESS))
                for customer_id, address in moved.items()
            ]
            await connection.execute(_MOVE, *(list(column) for column in zip(*rows, strict=True)))
        await copy_rows(self._session, "customers.addresses", list(added), columns=ADDRESS_COLUMNS)
        if removed:
            await connection.execute(_REMOVE_POSTAL, list(removed))
            await connection.execute(_PUT_FIRST, list(removed))

    async def remove(self, customer_ids: Sequence[UUID]) -> None:
        """Take customers away with what they are found by and their addresses.

        Raises:
            asyncpg.ForeignKeyViolationError: something else belongs to one of them.
        """
        connection = await driver_connection(self._session)
        for table, column in _REMOVED_FROM:
            await connection.execute(_REMOVE.format(table, column), list(customer_ids))


def _row(customer: CustomerProfile) -> Row:
    return (
        *(customer.id, customer.name, sort_name(customer.name), customer.kind.value),
        *(customer.email, customer.phone, TAG_SEPARATOR.join(customer.tags)),
        *(customer.external_id, customer.notes, customer.time_zone, customer.given_name),
        *(customer.family_name, customer.company_name, customer.tax_id),
        *(customer.registration_number, customer.language),
        orjson.dumps(dict(customer.custom_fields), default=str).decode(),
    )
