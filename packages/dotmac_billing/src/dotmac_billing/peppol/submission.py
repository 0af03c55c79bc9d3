"""What is handed to an access point, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from dotmac_billing.peppol.participant import Participant


@dataclass(frozen=True)
class Submission:
    """A document for the network. The access point takes a `key` once, however often it is offered.

    `account` is whose behalf it is sent on, as the access point calls that party.
    """

    key: UUID
    account: str
    receiver: Participant
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Accepted:
    """The access point has it.

    `submission_id` is its name for it. None: it had taken this key before, and does not say the
    name a second time; what became of it cannot be asked.
    """

    submission_id: str | None


@dataclass(frozen=True)
class Evidence:
    """The receiver's access point has confirmed it; `transmission_id` names the transfer."""

    transmission_id: str | None
