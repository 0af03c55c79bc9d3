"""Refusals of Peppol delivery.

```text
PeppolParticipantInvalidError   422
PeppolParticipantUnknownError   404
PeppolSenderUnknownError        404
PeppolDeliveryUnknownError      404
PeppolDocumentUnknownError      404
PeppolNotAddressedError         422
PeppolUnderWayError             409
AccessPointRefusedError         422
AccessPointUnavailableError     503
AccessPointNotConfiguredError   503
```
"""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError, UnavailableError


class PeppolParticipantInvalidError(InvalidError):
    """The scheme and identifier cannot be an address in the network; correct them."""

    code = "PEPPOL_PARTICIPANT_INVALID"

    def __init__(self, scheme: str, problem: str) -> None:
        super().__init__(
            f"This cannot be a Peppol identifier. {problem}", scheme=scheme, problem=problem
        )


class PeppolParticipantUnknownError(NotFoundError):
    """The customer has no Peppol identifier."""

    code = "PEPPOL_PARTICIPANT_UNKNOWN"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__(
            "The customer has no Peppol identifier; give it one first.",
            customer_id=str(customer_id),
        )


class PeppolSenderUnknownError(NotFoundError):
    """The tenant has no account at the access point, so that nothing is sent."""

    code = "PEPPOL_SENDER_UNKNOWN"

    def __init__(self) -> None:
        super().__init__("Nothing is sent yet: set the Peppol sender first.")


class PeppolDeliveryUnknownError(NotFoundError):
    """No delivery with this id."""

    code = "PEPPOL_DELIVERY_NOT_FOUND"

    def __init__(self, delivery_id: UUID) -> None:
        super().__init__("There is no such delivery.", delivery_id=str(delivery_id))


class PeppolDocumentUnknownError(NotFoundError):
    """No issued invoice or credit note with this id, or the invoice is void."""

    code = "PEPPOL_DOCUMENT_NOT_FOUND"

    def __init__(self, document_id: UUID) -> None:
        super().__init__(
            "There is no invoice or credit note to send with this id, or it is void.",
            document_id=str(document_id),
        )


class PeppolNotAddressedError(InvalidError):
    """The customer of the document has no Peppol identifier."""

    code = "PEPPOL_NOT_ADDRESSED"

    def __init__(self) -> None:
        super().__init__("The customer has no Peppol identifier; give it one, then send.")


class PeppolUnderWayError(ConflictError):
    """The document has been taken by the access point; a second one would confuse its receiver."""

    code = "PEPPOL_UNDER_WAY"

    def __init__(self, number: str, status: str) -> None:
        super().__init__(
            f"{number} is {status}; only what waits or failed is sent again.",
            number=number,
            status=status,
        )


class AccessPointRefusedError(InvalidError):
    """The access point will not carry the document; it says why."""

    code = "ACCESS_POINT_REFUSED"

    def __init__(self, message: str) -> None:
        super().__init__(f"The access point refuses the document: {message}")


class AccessPointUnavailableError(UnavailableError):
    """The access point does not answer, or not now; it is asked again later."""

    code = "ACCESS_POINT_UNAVAILABLE"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The access point does not answer ({problem}).")


class AccessPointNotConfiguredError(UnavailableError):
    """This installation has no access point; set STORECOVE_API_KEY."""

    code = "ACCESS_POINT_NOT_CONFIGURED"

    def __init__(self) -> None:
        super().__init__("This installation has no Peppol access point; set STORECOVE_API_KEY.")
