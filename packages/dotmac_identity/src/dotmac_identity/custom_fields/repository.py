"""Every query on custom fields."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.custom_fields.models import CustomField


class CustomFieldRepository:
    """The tenant's custom fields."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, field: CustomField) -> None:
        """Keep a new field."""
        self._session.add(field)

    async def of_entity(
        self,
        entity: str | None,
        *,
        archived: bool = False,
        for_update: bool = False,
        for_share: bool = False,
    ) -> Sequence[CustomField]:
        """The fields of an entity (None: of all) in their order, with or without archived ones.

        Those read `for_share` are changed by nobody until the transaction ends.
        """
        query = sa.select(CustomField).order_by(
            CustomField.entity, CustomField.position, CustomField.id
        )
        if entity is not None:
            query = query.where(CustomField.entity == entity)
        if not archived:
            query = query.where(CustomField.archived_at.is_(None))
        if for_update or for_share:
            query = query.with_for_update(read=for_share)
            query = query.execution_options(populate_existing=True)
        return (await self._session.scalars(query)).all()

    async def by_id(self, field_id: UUID, *, for_update: bool = False) -> CustomField | None:
        """The field, if the tenant has it."""
        query = sa.select(CustomField).where(CustomField.id == field_id)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)
