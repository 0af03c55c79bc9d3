"""The mapped base of schema `events`."""

from sqlalchemy.orm import DeclarativeBase

from dotmac_core_ops.database import tenant_metadata


class EventsBase(DeclarativeBase):
    """Every table of this package."""

    metadata = tenant_metadata("events")
