"""What a row does, given who is there already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from dotmac_customers.imports.columns import Mode
from dotmac_customers.imports.problems import Problem
from dotmac_customers.imports.row_reading import ReadRow, RowReader

Key = tuple[str, str]
"""By what a customer is known: a field and its value."""


@dataclass(frozen=True, slots=True)
class Known:
    """A customer who is there; one that was merged or erased is changed no more."""

    id: UUID
    is_merged: bool
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The customer to be changed, or None to make one; or why neither can be."""

    customer_id: UUID | None
    problems: tuple[Problem, ...] = ()


def decided(
    row: ReadRow,
    mode: Mode,
    known: Mapping[Key, Known],
    reader: RowReader,
    *,
    ruled_tags: Collection[str] = (),
    is_repeated: bool,
) -> Decision:
    """What is to become of a row.

    `known` are the customers with its number and its external id, `ruled_tags` those that a rule
    gives and takes; `is_repeated` says that an earlier row has the same number or external id.
    """
    problems = list(row.problems)
    if kept := sorted(set(ruled_tags) & set(row.values.get("tags", ()))):
        told = f"A rule decides who has {', '.join(kept)}."
        problems.append(Problem(reader.column_of("tags"), "TAG_KEPT_BY_RULE", told))
    if is_repeated:
        told = "An earlier row of the file has the same number or external id."
        problems.append(Problem("", "REPEATED_ROW", told))
    by_number, by_external_id = (
        known.get((name, row.values.get(name, ""))) for name in ("number", "external_id")
    )
    meant = by_number if "number" in row.values else by_external_id
    if by_external_id is not None and by_external_id != meant:
        told = "Another customer has this external id."
        problems.append(Problem(reader.column_of("external_id"), "EXTERNAL_ID_TAKEN", told))
    elif meant is None:
        problems += _of_new(row, mode, reader)
    elif mode is Mode.CREATE:
        problems.append(
            Problem(_key_column(row, reader), "CUSTOMER_EXISTS", "It is there already.")
        )
    elif meant.is_merged:
        told = "The customer was merged into another; change that one."
        problems.append(Problem(_key_column(row, reader), "CUSTOMER_MERGED", told))
    elif meant.is_erased:
        told = "The person behind the customer was forgotten; give the new one another number."
        problems.append(Problem(_key_column(row, reader), "CUSTOMER_ERASED", told))
    return Decision(None if meant is None else meant.id, tuple(problems))


def _of_new(row: ReadRow, mode: Mode, reader: RowReader) -> list[Problem]:
    if mode is not Mode.UPDATE:
        # A cell that is wrong is not missing as well.
        wrong = {problem.column for problem in row.problems} - {""}
        return [one for one in reader.missing_of_new(row) if one.column not in wrong]
    if not row.keys:
        told = "Say by number or external id which customer is meant."
        return [Problem("", "MISSING_VALUE", told)]
    told = "There is no such customer."
    return [Problem(_key_column(row, reader), "CUSTOMER_NOT_FOUND", told)]


def _key_column(row: ReadRow, reader: RowReader) -> str:
    return reader.column_of("number" if "number" in row.values else "external_id")
