"""A customer as a row of an export, in columns that an import understands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import orjson

from dotmac_identity import FieldDefinition

_COLUMNS = (
    *("number", "external_id", "name", "kind", "given_name", "family_name", "company_name"),
    *("email", "phone", "state", "state_reason", "tags", "currency", "time_zone", "language"),
    *("tax_id", "registration_number", "notes"),
    *("line1", "line2", "postal_code", "city", "region", "country", "created_at"),
)


class Stored(Protocol):
    """A row of the database."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 - whatever the column holds
        """The value of a column."""


def export_header(own_fields: Sequence[FieldDefinition]) -> list[str]:
    """The names of the columns; the tenant's own fields are `custom.key`."""
    return [*_COLUMNS, *(f"custom.{field.key}" for field in own_fields)]


def exported_row(row: Stored, own_fields: Sequence[FieldDefinition]) -> list[object]:
    """The values of a stored customer, with `custom_fields` as JSON, in order of the header."""
    own = orjson.loads(row["custom_fields"]) if own_fields else {}
    values = (own.get(field.key) for field in own_fields)
    plain = (str(value).lower() if isinstance(value, bool) else value for value in values)
    return [*(row[column] for column in _COLUMNS), *plain]
