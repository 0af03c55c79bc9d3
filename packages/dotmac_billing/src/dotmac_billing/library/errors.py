"""What the library surface refuses."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import InvalidError, UnavailableError


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
