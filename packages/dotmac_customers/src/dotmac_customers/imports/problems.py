"""What is wrong with a cell of a file, in a form that is kept and shown."""

from __future__ import annotations

from dataclasses import dataclass

from dotmac_core_ops.errors import DomainError
from dotmac_customers.imports.table_file import is_failed

SHOWN_CHARACTERS = 80
"""How much of a wrong cell is shown."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell: `column` is the file's, empty where it is the whole row.

    `code` is stable, `value` the cell's beginning.
    """

    column: str
    code: str
    message: str
    value: str = ""


def wrong_cell(column: str, cell: str, code: str, message: str) -> Problem:
    """What is wrong with this cell; a formula's failure explains all others."""
    if is_failed(cell):
        code, message = "SPREADSHEET_ERROR", "The spreadsheet could not compute this cell."
    return Problem(column, code, message, cell[:SHOWN_CHARACTERS])


def problem_of(column: str, cell: str, error: DomainError) -> Problem:
    """The same of a refusal."""
    return wrong_cell(column, cell, error.code, error.message)
