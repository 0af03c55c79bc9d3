"""Column types that mean the same in every table."""

from enum import Enum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

MoneyAmount = sa.Numeric(19, 4)
"""An amount of money; its currency stands beside it. Four digits hold every ISO 4217 currency."""

UnitPrice = sa.Numeric(28, 12)
"""A price of one unit, before rounding."""

Quantity = sa.Numeric(28, 9)
"""How many or how much, in the unit named beside it."""

Instant = sa.DateTime(timezone=True)
"""A moment, stored in UTC."""

Json = JSONB(none_as_null=True)
"""A JSON document."""


def enum_type(kind: type[Enum]) -> sa.Enum:
    """A text column that holds the values (not the names) of `kind`, checked by the application.

    Not a PostgreSQL enum: adding a value there takes a lock and cannot be undone.
    """
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
