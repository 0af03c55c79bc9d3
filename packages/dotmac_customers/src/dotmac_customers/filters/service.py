"""Reading filters with what the tenant's customers can be asked about."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import clock_of
from dotmac_customers.filters.expression import Expression, parsed
from dotmac_customers.filters.fields import Askable, askable_fields
from dotmac_customers.profiles.service import CUSTOM_FIELD_ENTITY
from dotmac_identity import custom_fields_of


async def askable(session: AsyncSession) -> Mapping[str, Askable]:
    """What filters of the session's tenant can ask about, by name."""
    return askable_fields(await custom_fields_of(session, CUSTOM_FIELD_ENTITY))


async def read_filter(session: AsyncSession, document: object) -> Expression:
    """The filter that `document` (JSON) describes, as of now.

    Raises:
        InvalidFilterError: it is none; the details say where.
    """
    return parsed(document, await askable(session), clock_of(session).now())
