"""HTTP shapes of what customers agree to in the portal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.communication.consents.record import (
    ConsentDecision,
    ConsentMethod,
    NewConsent,
)
from dotmac_customers.communication.schemas import Version, Wording
from dotmac_customers.communication.topics import ContactChannel, Topic


class OwnConsentIn(RequestModel):
    """That one agrees to a text, or no longer does."""

    topic: Topic = Field(Topic.MARKETING)
    channel: ContactChannel = Field(examples=["email"])
    decision: ConsentDecision = Field(examples=["withdrawn"])
    text_version: Version | None = Field(None, description="Which text is agreed to.")
    wording: Wording | None = Field(None, description="What the text says.")

    def consent(self, source_address: str | None) -> NewConsent:
        """The same for the service, as it came from a network address."""
        return NewConsent(
            **self.model_dump(),
            method=ConsentMethod.PREFERENCE_PAGE,
            source_address=source_address,
        )


class OwnConsentOut(ResponseModel):
    """A consent as it was recorded, without what the staff wrote beside it."""

    id: UUID
    topic: Topic
    channel: ContactChannel
    decision: ConsentDecision
    method: ConsentMethod
    text_version: str | None
    wording: str | None
    recorded_at: datetime
