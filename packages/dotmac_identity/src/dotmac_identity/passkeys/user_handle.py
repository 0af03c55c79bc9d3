"""What an authenticator keeps beside a passkey to say whose it is."""

from __future__ import annotations

from uuid import UUID

_HALF = 16


def user_handle(tenant_id: UUID, user_id: UUID) -> bytes:
    """32 bytes that name an account and tell nothing about the person.

    The tenant is part of it, so that nobody who signs in with a passkey alone has to name it.
    """
    return tenant_id.bytes + user_id.bytes


def read_user_handle(handle: bytes | None) -> tuple[UUID, UUID] | None:
    """Tenant and user that `handle` names; None, if it has not the form of one."""
    if handle is None or len(handle) != 2 * _HALF:
        return None
    return UUID(bytes=handle[:_HALF]), UUID(bytes=handle[_HALF:])
