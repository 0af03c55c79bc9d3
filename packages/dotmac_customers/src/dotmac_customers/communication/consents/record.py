"""What is written down about a consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dotmac_customers.communication.topics import ContactChannel, Topic


class ConsentDecision(StrEnum):
    """Whether the customer agrees."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class ConsentMethod(StrEnum):
    """How the customer said so."""

    EXPLICIT_OPT_IN = "explicit_opt_in"
    DOUBLE_OPT_IN = "double_opt_in"
    WRITTEN = "written"
    VERBAL = "verbal"
    CONTRACT = "contract"
    IMPORTED = "imported"
    PREFERENCE_PAGE = "preference_page"
    UNSUBSCRIBE_LINK = "unsubscribe_link"
    CUSTOMER_REQUEST = "customer_request"


@dataclass(frozen=True, slots=True)
class NewConsent:
    """A consent to be recorded.

    `text_version` names the text that the customer saw and `wording` repeats it: consent is given
    to a text (GDPR, article 7(1)), so that at least one of them is needed. `source_address` is the
    network address it came from.
    """

    topic: Topic
    channel: ContactChannel
    decision: ConsentDecision
    method: ConsentMethod
    text_version: str | None = None
    wording: str | None = None
    source_address: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ConsentRecord:
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
