"""Customers are found by what their tenant's own fields say now."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer
from dotmac_customers.profiles.service import CUSTOM_FIELD_ENTITY, CustomerService
from dotmac_identity import CustomFieldChanged


@EventConsumer.handle("identity.custom_field_changed", batch=True)
async def on_custom_fields_changed(
    events: Sequence[CustomFieldChanged], session: AsyncSession
) -> None:
    """Index customers anew by fields that became searchable, or stopped being so."""
    service = CustomerService.within(session)
    for key in sorted({event.key for event in events if event.entity == CUSTOM_FIELD_ENTITY}):
        await service.reindex(key)
