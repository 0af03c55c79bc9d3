"""The mapped base of schema `identity`."""

from sqlalchemy.orm import DeclarativeBase

from dotmac_core_ops.database import tenant_metadata


class IdentityBase(DeclarativeBase):
    """Every table of this package."""

    metadata = tenant_metadata("identity")
