"""What the library surface refuses."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError, UnavailableError


class TenantMismatchError(InvalidError):
    """A call names another tenant than the one its service was made for."""

    code = "TENANT_MISMATCH"

    def __init__(self, tenant_id: UUID, bound: UUID) -> None:
        super().__init__(
            "This billing service works for another tenant; make one for each.",
            tenant_id=str(tenant_id),
            bound=str(bound),
        )


class UnknownFieldError(InvalidError):
    """A filter or an order names a field that the records do not have."""

    code = "UNKNOWN_FIELD"

    def __init__(self, field: str, allowed: list[str]) -> None:
        super().__init__(f"There is no field {field!r}.", field=field, allowed=allowed)


class IntegrationNotAvailableError(UnavailableError):
    """An integration is asked for that is not part of this version.

    Raised when the service is made: a gateway that is silently left out would leave payments
    pending for ever.
    """

    code = "INTEGRATION_NOT_AVAILABLE"

    def __init__(self, integration: str, kind: str) -> None:
        super().__init__(
            f"{kind!r} is not available for {integration}.", integration=integration, type=kind
        )


class PlatformIncompatibleError(UnavailableError):
    """The platform around billing has an interface that this version does not know."""

    code = "PLATFORM_INCOMPATIBLE"

    def __init__(self, version: str, compatible: list[str]) -> None:
        super().__init__(
            f"Billing works in platforms of version {', '.join(compatible)}, not {version}.",
            version=version,
            compatible=compatible,
        )


class InvalidIntegrationError(InvalidError):
    """The configuration of an integration does not fit it."""

    code = "INTEGRATION_INVALID"

    def __init__(self, integration: str, kind: str, problem: str) -> None:
        super().__init__(
            f"{kind!r} for {integration}: {problem}", integration=integration, type=kind
        )


class IntegrationMissingError(UnavailableError):
    """What is asked for needs an integration that the service was made without."""

    code = "INTEGRATION_MISSING"

    def __init__(self, integration: str) -> None:
        super().__init__(
            f"This billing service was made without {integration}.", integration=integration
        )


class RecordNotFoundError(NotFoundError):
    """There is no record of that id in this tenant."""

    code = "RECORD_NOT_FOUND"

    def __init__(self, kind: str, record_id: object) -> None:
        super().__init__(f"There is no such {kind}.", kind=kind, id=str(record_id))


class RecordPermanentError(ConflictError):
    """The record is part of the books or of a history that hangs on it: it stays as it is."""

    code = "RECORD_PERMANENT"

    def __init__(self, kind: str, instead: str) -> None:
        super().__init__(f"A {kind} stays as it is; {instead}", kind=kind)


class OverpaymentError(InvalidError):
    """A payment is over more than what is due on its invoice; nothing was charged."""

    code = "OVERPAYMENT"

    def __init__(self, amount: Decimal, due: Decimal) -> None:
        super().__init__(
            f"{amount} is more than the {due} that is due.", amount=str(amount), due=str(due)
        )


class InvoiceSettledError(ConflictError):
    """Nothing is due on the invoice; nothing was charged."""

    code = "INVOICE_SETTLED"

    def __init__(self, number: str) -> None:
        super().__init__(f"Nothing is due on invoice {number}.", number=number)


class GatewayAnswerError(UnavailableError):
    """A gateway's answer cannot be understood: nobody knows whether money was taken."""

    code = "GATEWAY_ANSWER_INVALID"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The payment gateway's answer is not understood: {problem}")


class NothingDueError(ConflictError):
    """The subscription has nothing to bill for that period."""

    code = "NOTHING_DUE"

    def __init__(self, subscription_id: UUID) -> None:
        super().__init__(
            "The subscription has nothing to bill for that period.",
            subscription_id=str(subscription_id),
        )


class UsageRefusedError(InvalidError):
    """Usage was not taken; `reason` is the code of the refusal."""

    code = "USAGE_REFUSED"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, reason=reason)


class CustomerInactiveError(ConflictError):
    """The customer was put out of use."""

    code = "CUSTOMER_INACTIVE"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("The customer is not active.", customer_id=str(customer_id))
