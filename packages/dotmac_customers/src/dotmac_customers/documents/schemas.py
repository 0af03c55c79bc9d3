"""HTTP shapes of documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, field_serializer, field_validator

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.documents.accepted import DEFAULT_MAX_BYTES, LARGEST_BYTES
from dotmac_customers.documents.inspection import ACCEPTABLE
from dotmac_customers.documents.kinds import DocumentKind, ScanState, Verification

Title = Annotated[str, Field(max_length=200, examples=["Passport of the owner"])]
Number = Annotated[str | None, Field(max_length=100, examples=["C01X00T47"])]


class DocumentChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    title: Title = ""
    number: Number = None
    issued_on: date | None = None
    expires_on: date | None = Field(None, description="The last day on which it counts.")
    is_private: bool = False
    is_shared: bool = Field(False, description="The customer sees it in the portal.")

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class VerificationIn(RequestModel):
    """What somebody found who looked at a document."""

    outcome: Literal["verified", "rejected"]
    note: str | None = Field(None, max_length=2000, examples=["Matches the application."])


class DocumentVersionOut(ResponseModel):
    """A file of a document."""

    serial: int = Field(description="Counts from 1.")
    file_name: str
    media_type: str = Field(description="As its content says.", examples=["application/pdf"])
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="Of its bytes, in hexadecimal.")
    scan: ScanState
    scanned_at: datetime | None
    uploaded_by: str
    uploaded_at: datetime

    @field_validator("sha256", mode="before")
    @classmethod
    def _in_hexadecimal(cls, value: object) -> object:
        return value.hex() if isinstance(value, bytes) else value


class DocumentOut(ResponseModel):
    """A document with its latest file."""

    id: UUID
    customer_id: UUID
    kind: DocumentKind
    title: str
    number: str | None
    issued_on: date | None
    expires_on: date | None
    is_private: bool
    is_shared: bool = Field(description="The customer sees it in the portal.")
    verification: Verification
    verified_by: str | None
    verified_at: datetime | None
    verification_note: str | None
    version: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    file: DocumentVersionOut


class FileLinkIn(RequestModel):
    """Which file of a document is wanted."""

    serial: int | None = Field(None, ge=1, description="The latest, unless given.")


class FileLinkOut(ResponseModel):
    """A link to a file. It works without signing in, for minutes: hand it to nobody else."""

    url: str
    expires_at: datetime


class DocumentSettingsIn(RequestModel):
    """What is accepted from now on."""

    max_bytes: int = Field(DEFAULT_MAX_BYTES, ge=1024, le=LARGEST_BYTES, description="Of one file.")
    media_types: tuple[str, ...] = Field(
        tuple(sorted(ACCEPTABLE)), min_length=1, examples=[["application/pdf", "image/jpeg"]]
    )
    portal_uploads: bool = Field(False, description="Customers upload in the portal, too.")

    @field_validator("media_types")
    @classmethod
    def _known(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(types) - ACCEPTABLE)
        if unknown:
            raise ValueError(f"{unknown[0]!r} cannot be accepted; choose of {sorted(ACCEPTABLE)}.")
        return tuple(sorted(set(types)))


class DocumentSettingsOut(ResponseModel):
    """What is accepted: the largest file in bytes, and the types."""

    max_bytes: int
    media_types: list[str]
    portal_uploads: bool

    @field_serializer("media_types")
    def _sorted(self, types: list[str]) -> list[str]:
        return sorted(types)
