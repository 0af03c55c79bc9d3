"""Refusals about providers."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class SignInProviderNotFoundError(NotFoundError):
    """The tenant has no such provider, or nobody signs in there at the moment."""

    code = "SIGN_IN_PROVIDER_NOT_FOUND"

    def __init__(self, provider_id: UUID) -> None:
        super().__init__("There is no such provider.", provider_id=str(provider_id))


class SignInProviderNameTakenError(ConflictError):
    """Another provider of the tenant is called so; people have to tell them apart."""

    code = "SIGN_IN_PROVIDER_NAME_TAKEN"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a provider {name!r} already.", name=name)


class RoleNotMappableError(InvalidError):
    """No provider gives or takes this role: an owner is made by an owner."""

    code = "ROLE_NOT_MAPPABLE"

    def __init__(self, role: str) -> None:
        super().__init__(f"The role {role!r} cannot come from a provider.", role=role)
