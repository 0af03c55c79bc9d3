"""HTTP shapes of verifications."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.verification.terms import VerificationKind


class VerificationStatusOut(ResponseModel):
    """Whether the customer's present address is verified, and what waits to be."""

    customer_id: UUID
    kind: VerificationKind
    address: str | None = Field(examples=["ann@example.com"])
    is_verified: bool
    verified_at: datetime | None
    pending_since: datetime | None = Field(description="When a code was sent that still counts.")
    expires_at: datetime | None
    attempts_left: int = Field(description="Codes that may still be tried.")


class CodeIn(RequestModel):
    """The code that the customer was sent."""

    code: str = Field(pattern=r"^[0-9]{6}$", examples=["042137"])


class LinkVerifiedOut(ResponseModel):
    """What was verified by a link."""

    kind: VerificationKind
    is_verified: bool
