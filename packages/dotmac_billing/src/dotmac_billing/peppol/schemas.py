"""HTTP shapes of Peppol delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from dotmac_billing.peppol.states import DeliveryStatus, SentKind
from dotmac_core_ops.http import RequestModel, ResponseModel

Scheme = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}$",
        description="Code of the scheme (EAS): 0088 GLN, 0208 Belgian number, 9930 German VAT.",
        examples=["0208"],
    ),
]
Identifier = Annotated[
    str, Field(min_length=1, max_length=150, description="Without the scheme; blanks are dropped.")
]
BuyerReference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="What the buyer wants to read on its documents (BT-10), such as a Leitweg-ID.",
    ),
]


class PeppolParticipantIn(RequestModel):
    """Where a customer is in the network. Without a reference its documents bear its name."""

    scheme: Scheme
    identifier: Annotated[Identifier, Field(examples=["0428759497"])]
    buyer_reference: BuyerReference | None = None


class PeppolParticipantOut(ResponseModel):
    """Where a customer is in the network."""

    customer_id: UUID
    scheme: str
    identifier: str
    buyer_reference: str | None
    updated_at: datetime


class PeppolSenderIn(RequestModel):
    """What the access point calls the tenant, and its address where its VAT number is not that."""

    account: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_-]{1,64}$",
            description="At Storecove the id of the legal entity.",
            examples=["100234"],
        ),
    ]
    scheme: Scheme | None = None
    identifier: Identifier | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.scheme is None) != (self.identifier is None):
            raise ValueError("Give scheme and identifier together, or neither.")
        return self


class PeppolSenderOut(ResponseModel):
    """The tenant in the network."""

    account: str
    scheme: str | None
    identifier: str | None
    updated_at: datetime


class PeppolQueueIn(RequestModel):
    """An issued invoice or credit note."""

    document_id: UUID


class PeppolDeliveryOut(ResponseModel):
    """A document on its way. `reason` says why it failed, or what the last attempt came to.

    `submission_id` is its name at the access point, `transmission_id` that of the transfer to the
    receiver's. At `next_at` it is sent or asked about again, while it is `queued` or `sent`.
    """

    id: UUID
    document_id: UUID
    kind: SentKind
    number: str
    customer_id: UUID
    status: DeliveryStatus
    sending: int
    attempts: int
    next_at: datetime
    submission_id: str | None
    transmission_id: str | None
    reason_code: str | None
    reason: str | None
    created_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
