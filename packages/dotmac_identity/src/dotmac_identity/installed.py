"""What the routes of this package find in the application they run in."""

from __future__ import annotations

from typing import Annotated, Protocol, runtime_checkable

from fastapi import Depends, Request
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.roles.system_roles import RoleCatalogue


@runtime_checkable
class InstalledIdentity(Protocol):
    """The part of the `Authenticator` that users, roles and API keys need."""

    catalogue: RoleCatalogue
    passwords: Passwords

    def forget(self, subject: str) -> None:
        """Look up the user or API key `subject` again at its next request."""
        ...


def installed_identity(request: Request) -> InstalledIdentity:
    """The application's authenticator."""
    identity = request.app.state.identity
    assert isinstance(identity, InstalledIdentity), "call Authenticator.install(app)"
    return identity


Installed = Annotated[InstalledIdentity, Depends(installed_identity)]
"""The application's authenticator, for routes."""


def forget_when_done(session: AsyncSession, identity: InstalledIdentity, subject: str) -> None:
    """Have `subject` looked up again as soon as the transaction of `session` is committed.

    Not earlier: a request in between would remember what holds until then.
    """
    event.listen(
        session.sync_session, "after_commit", lambda _: identity.forget(subject), once=True
    )
