"""Imports as stored, and which change of state is legal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from dotmac_customers.imports.columns import Mode
from dotmac_customers.imports.errors import ImportForgottenError, ImportStateError
from dotmac_customers.mapped_base import CustomersBase


class ImportState(StrEnum):
    """How far an import is."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class CustomerImport(TenantOwned, CustomersBase):
    """A file of customers, and what becomes of its rows.

    `done` is how many of the `rows` were looked at. The counts beside it say, while the file is
    checked, what would become of them, and from the start on what did. Without `file_id` the file
    was forgotten, with the first rows that `sample` shows.
    """

    __tablename__ = "imports"
    __table_args__ = (tenant_index("created_at", "id", name="ix_imports_created"),)

    file_name: Mapped[str] = mapped_column(sa.Text())
    file_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    state: Mapped[ImportState] = mapped_column(enum_type(ImportState))
    mode: Mapped[Mode] = mapped_column(enum_type(Mode))
    header: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    mapping: Mapped[dict[str, str]] = mapped_column(Json)
    sample: Mapped[list[list[str]]] = mapped_column(Json)
    rows: Mapped[int] = mapped_column(sa.Integer())
    done: Mapped[int] = mapped_column(sa.Integer())
    created: Mapped[int] = mapped_column(sa.Integer())
    changed: Mapped[int] = mapped_column(sa.Integer())
    same: Mapped[int] = mapped_column(sa.Integer())
    refused: Mapped[int] = mapped_column(sa.Integer())
    undone: Mapped[int] = mapped_column(sa.Integer())
    created_by: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def is_forgotten(self) -> bool:
        """Whether the file and what it replaced are not kept any more."""
        return self.file_id is None

    def check(self, mapping: Mapping[str, str], mode: Mode) -> None:
        """Begin to look what would come of the file.

        Raises:
            ImportStateError, ImportForgottenError: it was started, or is forgotten.
        """
        self._require(ImportState.UPLOADED, ImportState.CHECKED)
        self.mapping, self.mode = dict(mapping), mode
        self._from_the_first_row(ImportState.CHECKING)

    def start(self, now: datetime) -> None:
        """Begin to take the rows in.

        Raises:
            ImportStateError, ImportForgottenError: it was not checked, or is forgotten.
        """
        self._require(ImportState.CHECKED)
        self._from_the_first_row(ImportState.RUNNING)
        self.started_at = now

    def undo(self) -> None:
        """Begin to take back what it brought.

        Raises:
            ImportStateError, ImportForgottenError: it has brought nothing, or is forgotten.
        """
        # Again, too: whoever had moved on may have been put right by hand.
        self._require(ImportState.DONE, ImportState.UNDONE)
        self.state = ImportState.UNDOING

    def end(self, now: datetime) -> None:
        """Come to the end of what is being done."""
        self.state = _AFTER[self.state]
        if self.state is not ImportState.CHECKED:
            self.finished_at = now

    def forget(self) -> None:
        """Keep nothing of what the file said."""
        self.file_id, self.sample = None, []

    def _require(self, *states: ImportState) -> None:
        if self.state not in states:
            raise ImportStateError(self.state.value, states)
        if self.is_forgotten:
            raise ImportForgottenError

    def _from_the_first_row(self, state: ImportState) -> None:
        self.state = state
        self.done = self.created = self.changed = self.same = self.refused = 0


_AFTER = {
    ImportState.CHECKING: ImportState.CHECKED,
    ImportState.RUNNING: ImportState.DONE,
    ImportState.UNDOING: ImportState.UNDONE,
}


class ImportRefusal(TenantOwned, CustomersBase):
    """A row of the file that is not taken: which line it is, and what is wrong with it."""

    __tablename__ = "import_refusals"
    __table_args__ = (
        tenant_foreign_key("import_id", "customers.imports"),
        tenant_unique("import_id", "line"),
    )

    import_id: Mapped[UUID] = mapped_column(sa.Uuid())
    line: Mapped[int] = mapped_column(sa.Integer())
    problems: Mapped[list[dict[str, str]]] = mapped_column(Json)


class ImportedCustomer(TenantOwned, CustomersBase):
    """A customer that a line of the file made or changed, until that is taken back.

    `digest` is of all that the customer was then: another one shows that somebody went on with it.
    `before` is what the changed fields were; None of a customer that was made.
    """

    __tablename__ = "imported_customers"
    __table_args__ = (
        tenant_foreign_key("import_id", "customers.imports"),
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_unique("import_id", "line"),
        tenant_index("customer_id", name="ix_imported_customers_customer"),
    )

    import_id: Mapped[UUID] = mapped_column(sa.Uuid())
    line: Mapped[int] = mapped_column(sa.Integer())
    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    digest: Mapped[str] = mapped_column(sa.String(32))
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
