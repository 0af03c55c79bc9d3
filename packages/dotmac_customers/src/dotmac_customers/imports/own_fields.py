"""A tenant's own fields in a file: text made into what each of them is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dotmac_customers.imports.columns import CUSTOM
from dotmac_customers.imports.problems import Problem, wrong_cell
from dotmac_identity import (
    FieldDefinition,
    FieldType,
    InvalidCustomFieldsError,
    checked_values,
)

_YES = frozenset({"true", "yes", "y", "1", "x"})
_NO = frozenset({"false", "no", "n", "0"})


class OwnFields:
    """The columns of a file that bring own fields."""

    def __init__(
        self,
        header: Sequence[str],
        mapping: Mapping[str, str],
        fields: Sequence[FieldDefinition],
    ) -> None:
        by_name = {f"{CUSTOM}{field.key}": field for field in fields}
        # A field that was archived since the mapping was chosen is brought no more.
        self._places = [
            (place, column, by_name[mapping[column]])
            for place, column in enumerate(header)
            if mapping.get(column, "") in by_name
        ]
        columns = {field.key: column for _, column, field in self._places}
        self._needed = [
            (columns.get(field.key, ""), field)
            for field in fields
            if field.is_required and field.default is None
        ]

    def read(self, cells: Sequence[str], problems: list[Problem]) -> dict[str, Any]:
        """Values by key; what is wrong is added to `problems`. Empty cells say nothing."""
        values: dict[str, Any] = {}
        for place, column, field in self._places:
            if cell := cells[place]:
                try:
                    given = {field.key: _typed(field, cell)}
                    values |= checked_values([field], given, partial=True)
                except InvalidCustomFieldsError as error:
                    found = error.problems[0]
                    problems.append(wrong_cell(column, cell, found.code.upper(), found.message))
        return values

    def missing(self, values: Mapping[str, Any]) -> Iterator[Problem]:
        """What is required of a new customer and not given."""
        for column, field in self._needed:
            if field.key not in values:
                yield Problem(column, "MISSING_VALUE", f"{field.label} is needed.")


def _typed(field: FieldDefinition, cell: str) -> object:
    """The cell as JSON would have it; what is none of the type stays as it is, to be refused."""
    if field.type is FieldType.BOOLEAN:
        said = cell.lower()
        return said in _YES if said in _YES | _NO else cell
    if field.type is FieldType.CHOICES:
        return [part.strip() for part in cell.split(";") if part.strip()]
    return cell
