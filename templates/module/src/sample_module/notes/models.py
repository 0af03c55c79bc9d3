"""The table of notes, and when a note may be archived."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_index
from sample_module.mapped_base import SampleBase
from sample_module.notes.errors import SampleNoteAlreadyArchivedError


class SampleNote(TenantOwned, SampleBase):
    """Something a person wrote down for colleagues."""

    __tablename__ = "notes"
    __table_args__ = (tenant_index("written_at"),)

    title: Mapped[str] = mapped_column(sa.Text())
    body: Mapped[str] = mapped_column(sa.Text())
    version: Mapped[int] = mapped_column(sa.Integer())
    written_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)

    def archive(self, at: datetime) -> None:
        """Put it away.

        Raises:
            SampleNoteAlreadyArchivedError: it was put away before.
        """
        if self.archived_at is not None:
            raise SampleNoteAlreadyArchivedError(self.title, self.archived_at)
        self.archived_at = at
        self.version += 1
