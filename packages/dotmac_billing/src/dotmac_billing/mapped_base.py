"""The mapped base of schema `billing`."""

from sqlalchemy.orm import DeclarativeBase

from dotmac_core_ops.database import tenant_metadata


class BillingBase(DeclarativeBase):
    """Every table of this package."""

    metadata = tenant_metadata("billing")
