"""HTTP shapes of preferences, consents and messages to customers."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.communication.consents.record import (
    ConsentDecision,
    ConsentMethod,
    NewConsent,
)
from dotmac_customers.communication.notices.decision import NoticeOutcome, NoticeReason
from dotmac_customers.communication.notices.words import Words
from dotmac_customers.communication.suppression.bounce import SuppressionReason
from dotmac_customers.communication.topics import ContactChannel, Topic

Version = Annotated[str, Field(max_length=200, examples=["marketing-2026-01"])]
Wording = Annotated[str, Field(max_length=10_000, examples=["Yes, send me offers by e-mail."])]


class PreferenceIn(RequestModel):
    """Whether a topic is wanted on a channel."""

    channel: ContactChannel = Field(examples=["email"])
    topic: Topic = Field(examples=["technical"])
    is_enabled: bool = Field(examples=[False])


class PreferencesIn(RequestModel):
    """What the customer said; what is left out stays."""

    preferences: list[PreferenceIn] = Field(min_length=1, max_length=25)


class PreferenceOut(ResponseModel):
    """Whether a topic is wanted on a channel."""

    channel: ContactChannel
    topic: Topic
    is_enabled: bool
    is_default: bool = Field(description="The customer has not said so; it is the default.")
    needs_consent: bool = Field(description="Nothing is sent without consent.")
    has_consent: bool


class QuietHoursIn(RequestModel):
    """When the customer is not to be disturbed, on the wall in its time zone."""

    starts: time = Field(description="Included.", examples=["22:00"])
    ends: time = Field(description="Not included; before `starts`: on the next day.")
    time_zone: Annotated[str, Field(max_length=64)] | None = Field(
        None,
        description="Without one, the customer's, else the tenant's.",
        examples=["Europe/Stockholm"],
    )


class QuietHoursOut(ResponseModel):
    """When the customer is not disturbed."""

    starts: time
    ends: time
    time_zone: str | None


class PreferencesOut(ResponseModel):
    """All that a customer wants and does not want to hear."""

    customer_id: UUID
    preferences: list[PreferenceOut]
    quiet_hours: QuietHoursOut | None


class ConsentIn(RequestModel):
    """That the customer agrees, or no longer does."""

    topic: Topic = Field(Topic.MARKETING)
    channel: ContactChannel = Field(examples=["email"])
    decision: ConsentDecision = Field(examples=["given"])
    method: ConsentMethod = Field(examples=["explicit_opt_in"])
    text_version: Version | None = Field(None, description="Which text was agreed to.")
    wording: Wording | None = Field(None, description="What the text said.")
    source_address: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="Network address it came from.", examples=["203.0.113.7"]
    )
    note: str = Field("", max_length=2000, examples=["On the phone, call 4711."])

    def consent(self) -> NewConsent:
        """The same for the service."""
        return NewConsent(**self.model_dump())


class ConsentOut(ResponseModel):
    """A consent as it was recorded."""

    id: UUID
    topic: Topic
    channel: ContactChannel
    decision: ConsentDecision
    method: ConsentMethod
    text_version: str | None
    wording: str | None
    source_address: str | None
    note: str
    recorded_by: str
    recorded_at: datetime


class ConsentProofOut(ResponseModel):
    """Every consent of a customer, with a digest that shows whether it was changed."""

    customer_id: UUID
    customer_number: str = Field(examples=["C-000123"])
    made_at: datetime
    records: list[ConsentOut]
    sha256: str = Field(description="Of `records` as canonical JSON: sorted keys, no spaces.")


class NoticeIn(RequestModel):
    """A message to a customer."""

    topic: Topic = Field(examples=["service"])
    channel: ContactChannel = Field(ContactChannel.EMAIL)
    subject: str = Field(min_length=1, max_length=200, examples=["Works in your street"])
    text: str = Field(
        min_length=1,
        max_length=20_000,
        description="Empty lines make paragraphs.",
        examples=["There is no service on Monday from 2 to 4."],
    )

    def words(self) -> Words:
        """The same for the service."""
        paragraphs = (part.strip() for part in self.text.split("\n\n"))
        return Words(self.subject, tuple(part for part in paragraphs if part))


class NoticeOut(ResponseModel):
    """What was decided about a message to a customer."""

    id: UUID
    customer_id: UUID
    topic: Topic
    channel: ContactChannel
    subject: str
    outcome: NoticeOutcome = Field(description="`sent` also while the message is on its way.")
    reason: NoticeReason | None = Field(description="Why it is not sent at once.")
    message_id: UUID | None
    send_at: datetime | None = Field(description="For what is held.")
    created_at: datetime


class SuppressedAddressIn(RequestModel):
    """An address that is not to be written to."""

    channel: ContactChannel = Field(examples=["email"])
    address: str = Field(min_length=3, max_length=320, examples=["ann@example.com"])
    reason: SuppressionReason = Field(examples=["complained"])
    detail: str = Field("", max_length=1000, examples=["Feedback report of the mail provider."])


class SuppressedAddressOut(ResponseModel):
    """An address that is not written to."""

    id: UUID
    channel: ContactChannel
    address: str | None = Field(description="Null once its owner was erased; it stays suppressed.")
    reason: SuppressionReason
    detail: str
    message_id: UUID | None = Field(description="The message that told so.")
    created_at: datetime
