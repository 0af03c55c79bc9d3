"""Refusals about service accounts."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, NotFoundError


class ServiceAccountNotFoundError(NotFoundError):
    """The tenant has no such service account."""

    code = "SERVICE_ACCOUNT_NOT_FOUND"

    def __init__(self, account_id: UUID) -> None:
        super().__init__("There is no such service account.", service_account_id=str(account_id))


class ServiceAccountNameTakenError(ConflictError):
    """Another service account has this name."""

    code = "SERVICE_ACCOUNT_NAME_TAKEN"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a service account {name!r} already.", name=name)
