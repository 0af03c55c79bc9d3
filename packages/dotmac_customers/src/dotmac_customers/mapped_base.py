"""The mapped base of schema `customers`."""

from sqlalchemy.orm import DeclarativeBase

from dotmac_core_ops.database import tenant_metadata


class CustomersBase(DeclarativeBase):
    """Every table of this package."""

    metadata = tenant_metadata("customers")
