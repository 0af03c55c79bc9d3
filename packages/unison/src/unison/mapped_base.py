"""The mapped base of schema `unison`."""

from sqlalchemy.orm import DeclarativeBase

from dotmac_core_ops.database import tenant_metadata


class UnisonBase(DeclarativeBase):
    """Every table of this package."""

    metadata = tenant_metadata("unison")
