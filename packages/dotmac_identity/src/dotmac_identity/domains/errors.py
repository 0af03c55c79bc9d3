"""Refusals about domains of one's own."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, NotFoundError


class DomainNotFoundError(NotFoundError):
    """The tenant has no such domain."""

    code = "DOMAIN_NOT_FOUND"

    def __init__(self, domain_id: UUID) -> None:
        super().__init__("There is no such domain.", domain_id=str(domain_id))


class DomainTakenError(ConflictError):
    """The domain was added already, or was proved by another tenant."""

    code = "DOMAIN_TAKEN"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is taken.", domain=name)


class DomainNotProvedError(ConflictError):
    """The TXT record is not there (yet); the details say which is expected."""

    code = "DOMAIN_NOT_PROVED"

    def __init__(self, record: str, value: str) -> None:
        super().__init__(
            "The TXT record was not found. It can take a while until it is seen.",
            record=record,
            value=value,
        )
