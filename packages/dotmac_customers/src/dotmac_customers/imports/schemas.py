"""HTTP shapes of imports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.imports.columns import Mode
from dotmac_customers.imports.models import ImportState

_Name = Annotated[str, Field(max_length=200)]
_Mapping = Annotated[
    dict[str, str],
    Field(
        description="Columns of the file to the fields that they bring.",
        examples=[{"E-Mail": "email", "Name": "name"}],
    ),
]


class ImportMappingIn(RequestModel):
    """Which column brings which field, and what rows do. Columns left out bring nothing."""

    mapping: Annotated[
        dict[_Name, _Name],
        Field(max_length=200, examples=[{"E-Mail": "email", "Name": "name"}]),
    ]
    mode: Mode = Field(Mode.UPSERT, examples=["upsert"])


class ImportUndoIn(RequestModel):
    """Whether to leave those who moved on, or to refuse when there are any."""

    leave_changed: bool = Field(
        default=False, description="Take back the others when some were changed or used since."
    )


class ImportCountsOut(ResponseModel):
    """Rows by what becomes of them; in the states checking and checked, what would."""

    created: int
    changed: int
    same: int = Field(description="Nothing differed from what is there; told once it has run.")
    refused: int


class CustomerImportOut(ResponseModel):
    """An import: what the file holds, what is to become of it, and how far that is."""

    id: UUID
    file_name: str = Field(examples=["customers.xlsx"])
    state: ImportState
    mode: Mode
    columns: list[str] = Field(examples=[["Name", "E-Mail"]])
    mapping: _Mapping
    sample: list[list[str]] = Field(
        description="The first rows of the file.", examples=[[["Ann Berg", "ann@example.com"]]]
    )
    rows: int = Field(description="Below the header, without empty ones.")
    done: int = Field(description="How many of them were looked at.")
    counts: ImportCountsOut
    undone: int = Field(description="Customers that were taken back.")
    is_forgotten: bool = Field(description="The file is not kept any more, nor what it replaced.")
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ImportProblemOut(ResponseModel):
    """What is wrong with a cell."""

    row: int = Field(description="As the spreadsheet counts it: the header is 1.", examples=[7])
    column: str = Field(description="Empty where it is the whole row.", examples=["E-Mail"])
    code: str = Field(examples=["INVALID_EMAIL"])
    message: str
    value: str = Field(description="The cell's beginning.")


class ImportProblemCountOut(ResponseModel):
    """How often something is wrong with the cells of a column."""

    column: str
    code: str
    count: int


class ImportPreviewOut(ResponseModel):
    """What would come of the file, or what came of it."""

    state: ImportState
    rows: int
    done: int
    counts: ImportCountsOut
    by_kind: list[ImportProblemCountOut] = Field(description="Problems, the most frequent first.")
    problems: list[ImportProblemOut] = Field(description="This page of them, in order of rows.")


class ImportFieldOut(ResponseModel):
    """A field that a column can bring."""

    name: str = Field(examples=["email"])
    label: str = Field(examples=["E-mail address"])
    is_custom: bool
    only_when_new: bool = Field(description="Not changed for customers who are there already.")
    example: str
