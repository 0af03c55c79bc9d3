"""HTTP shapes of documents in the portal."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import ResponseModel
from dotmac_customers.documents.kinds import DocumentKind, Verification


class OwnDocumentOut(ResponseModel):
    """A document with its latest file, without what the staff wrote beside it."""

    id: UUID
    kind: DocumentKind
    title: str
    number: str | None
    issued_on: date | None
    expires_on: date | None
    verification: Verification
    file_name: str
    media_type: str = Field(description="As its content says.", examples=["application/pdf"])
    size: int = Field(description="Bytes.")
    uploaded_at: datetime
