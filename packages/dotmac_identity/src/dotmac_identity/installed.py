"""What the routes of this package find in the application they run in."""

from __future__ import annotations

from typing import Annotated, Protocol, runtime_checkable

from fastapi import Depends, Request
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.errors import ForbiddenError
from dotmac_core_ops.http import Client, client_of
from dotmac_core_ops.principal import Principal, principal_of
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.roles.system_roles import RoleCatalogue


@runtime_checkable
class InstalledIdentity(Protocol):
    """The part of the `Authenticator` that users, roles and API keys need."""

    catalogue: RoleCatalogue
    passwords: Passwords
    public_url: str

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


async def for_customers(request: Request) -> None:
    """A dependency of the routes under `/portal`: what is asked there is asked by customers."""
    request.state.account_kind = AccountKind.PORTAL


async def kind_of_asking(request: Request) -> AccountKind:
    """Whether the request is for the portal or for staff, by the route it came to."""
    kind: AccountKind = getattr(request.state, "account_kind", AccountKind.STAFF)
    return kind


AskedKind = Annotated[AccountKind, Depends(kind_of_asking)]
"""The kind of account that a public route is about: it is served twice."""


class NotAPersonError(ForbiddenError):
    """An API key has no profile, no password and no sessions; sign in as a person."""

    code = "NOT_A_PERSON"

    def __init__(self) -> None:
        super().__init__("Only a person has this; an API key cannot use it.")


async def themselves(request: Request) -> Principal:
    """The person who sent the request.

    Raises:
        NotAPersonError: it was an API key.
    """
    principal = await principal_of(request)
    if principal.kind not in {"user", "portal"}:
        raise NotAPersonError
    return principal


Themselves = Annotated[Principal, Depends(themselves)]
"""The signed-in person, for routes that are included below a requirement."""

FromClient = Annotated[Client, Depends(client_of)]
"""Who sent the request, and from where."""


async def page_of_asking(request: Request) -> str | None:
    """The site whose page sends the request, as its browser says (`Origin`); not to be believed."""
    return request.headers.get("origin")


AskingPage = Annotated[str | None, Depends(page_of_asking)]
"""Which of the sites that are known to be ours is meant, where there are several."""
