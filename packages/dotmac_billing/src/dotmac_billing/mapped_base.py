"""The mapped base of schema `billing`."""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from dotmac_core_ops.database import tenant_metadata


class BillingBase(DeclarativeBase):
    """Every table of this package."""

    metadata = tenant_metadata("billing")


def table_of(model: type[BillingBase]) -> sa.Table:
    """The table that `model` is mapped to, for writes of many rows."""
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table
