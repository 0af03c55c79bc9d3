"""What a list of customers can be asked for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_customers.directory.errors import FieldNotSearchableError
from dotmac_customers.profiles.service import CUSTOM_FIELD_ENTITY
from dotmac_identity import custom_fields_of


async def searchable_values(
    session: AsyncSession, asked: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Keys and values of searchable custom fields, from texts such as `plan:gold`.

    Raises:
        FieldNotSearchableError: the tenant has no searchable field of this key.
    """
    fields = await custom_fields_of(session, CUSTOM_FIELD_ENTITY)
    searchable = sorted(field.key for field in fields if field.is_searchable)
    pairs = [(key, text) for key, _, text in (each.partition(":") for each in asked)]
    for key, _ in pairs:
        if key not in searchable:
            raise FieldNotSearchableError(key, searchable)
    return tuple(pairs)
