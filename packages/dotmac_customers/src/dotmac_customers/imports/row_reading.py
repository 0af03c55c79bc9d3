"""One row of a file as what it says about a customer, or what is wrong with each of its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from dotmac_core_ops.errors import DomainError
from dotmac_core_ops.money import currency_exponent
from dotmac_customers.imports.columns import ADDRESS_FIELDS, ONLY_WHEN_NEW
from dotmac_customers.imports.own_fields import OwnFields
from dotmac_customers.imports.problems import Problem, problem_of
from dotmac_customers.imports.table_file import TableRow
from dotmac_customers.profiles import rules
from dotmac_customers.profiles.errors import InvalidCustomerError
from dotmac_customers.profiles.profile import CustomerKind, NewCustomer, PostalAddress, kind_named
from dotmac_customers.profiles.states import CustomerState
from dotmac_identity import FieldDefinition, country_code

_NEEDED_OF_ADDRESS = ("line1", "city", "country")


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What a row says, by field and in the usual form, and what is wrong with it.

    Empty cells say nothing. `custom` are the values of the tenant's own fields by their keys.
    """

    values: Mapping[str, Any]
    custom: Mapping[str, Any]
    problems: tuple[Problem, ...]

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """By what the customer can be known: `("number", "C-1")`, `("external_id", "crm-1")`."""
        return tuple(
            (name, self.values[name]) for name in ("number", "external_id") if name in self.values
        )

    def customer(self) -> NewCustomer:
        """The customer to be made."""
        plain = {name: v for name, v in self.values.items() if name not in ADDRESS_FIELDS}
        return NewCustomer(**plain, address=self._address(), custom_fields=self.custom)

    def changes(self) -> dict[str, Any]:
        """What is to be different for a customer who is there."""
        changes: dict[str, Any] = {
            name: value
            for name, value in self.values.items()
            if name not in ONLY_WHEN_NEW and name not in ADDRESS_FIELDS
        }
        if (address := self._address()) is not None:
            changes["address"] = address
        if self.custom:
            changes["custom_fields"] = self.custom
        return changes

    def _address(self) -> PostalAddress | None:
        parts = {name: self.values[name] for name in ADDRESS_FIELDS if name in self.values}
        return PostalAddress(**parts) if parts else None


class RowReader:
    """Reads the rows of a file by a mapping from its columns to fields."""

    def __init__(
        self,
        header: Sequence[str],
        mapping: Mapping[str, str],
        custom_fields: Sequence[FieldDefinition],
    ) -> None:
        self._width = len(header)
        self._column_of = {mapping[column]: column for column in header if column in mapping}
        self._places = [
            (place, column, mapping[column], _READERS[mapping[column]])
            for place, column in enumerate(header)
            if mapping.get(column) in _READERS
        ]
        self._own = OwnFields(header, mapping, custom_fields)

    def read(self, row: TableRow) -> ReadRow:
        """The row's values and problems."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        if len(row.cells) > self._width:
            told = "The row has more cells than there are columns: put quotes around delimiters."
            problems.append(Problem("", "TOO_MANY_CELLS", told))
        for place, column, field, reader in self._places:
            if cell := row.cells[place]:
                try:
                    values[field] = reader(cell)
                except DomainError as error:
                    problems.append(problem_of(column, cell, error))
        custom = self._own.read(row.cells, problems)
        problems += self._missing_of_address(values, {one.column for one in problems})
        return ReadRow(values, custom, tuple(problems))

    def missing_of_new(self, row: ReadRow) -> Iterator[Problem]:
        """What a new customer needs and the row does not say."""
        if _NAMES.isdisjoint(row.values):
            told = "A new customer needs a name, of its own, of a person or of a company."
            yield Problem(self._column_of.get("name", ""), "MISSING_VALUE", told)
        yield from self._own.missing(row.custom)

    def column_of(self, field: str) -> str:
        """The column that brings a field; empty where none does."""
        return self._column_of.get(field, "")

    def _missing_of_address(self, values: Mapping[str, Any], wrong: set[str]) -> Iterator[Problem]:
        if _ADDRESS.isdisjoint(values):
            return
        for field in _NEEDED_OF_ADDRESS:
            column = self.column_of(field)
            if field not in values and (not column or column not in wrong):
                told = f"{field} is needed where there is an address."
                yield Problem(column, "MISSING_VALUE", told)


def _kind(cell: str) -> CustomerKind:
    kind = kind_named(cell)
    if kind is None:
        raise InvalidCustomerError("kind", f"is none of {_listed(CustomerKind)}.")
    return kind


def _state(cell: str) -> CustomerState:
    try:
        return CustomerState(cell.lower())
    except ValueError as error:
        raise InvalidCustomerError("state", f"is none of {_listed(CustomerState)}.") from error


def _currency(cell: str) -> str:
    currency_exponent(cell.upper())
    return cell.upper()


def _tags(cell: str) -> tuple[str, ...]:
    return rules.checked_tags(tag for tag in cell.split(";") if tag.strip())


def _listed(choices: Iterable[StrEnum]) -> str:
    return ", ".join(choices)


def _line(field: str, longest: int) -> Callable[[str], str]:
    return lambda cell: rules.line(field, cell, longest)


_NAMES = frozenset({"name", "given_name", "family_name", "company_name"})
_ADDRESS = frozenset(ADDRESS_FIELDS)
_SHORT = ("number", "phone", "tax_id", "registration_number", "postal_code")
_LONG = (
    *("external_id", "name", "given_name", "family_name", "company_name"),
    *("line1", "line2", "city", "region"),
)
_READERS: Mapping[str | None, Callable[[str], Any]] = MappingProxyType(
    {
        "kind": _kind,
        "state": _state,
        "currency": _currency,
        "tags": _tags,
        "email": rules.checked_email,
        "time_zone": rules.checked_zone,
        "language": rules.checked_language,
        "notes": rules.checked_notes,
        "country": country_code,
        **{field: _line(field, rules.LONGEST_NUMBER) for field in _SHORT},
        **{field: _line(field, rules.LONGEST_NAME) for field in _LONG},
    }
)
