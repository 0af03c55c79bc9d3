"""Refusals about lists of customers."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class FieldNotSearchableError(InvalidError):
    """Customers are not found by this custom field: make it searchable, or choose another."""

    code = "FIELD_NOT_SEARCHABLE"

    def __init__(self, key: str, searchable: list[str]) -> None:
        super().__init__(
            f"Customers are not found by {key!r}: make the field searchable.",
            field=key,
            searchable=searchable,
        )
