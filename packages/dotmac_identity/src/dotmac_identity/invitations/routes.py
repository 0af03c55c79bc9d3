"""HTTP verbs of invitations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.accounts.locales import checked_locale
from dotmac_identity.authentication.schemas import TokensOut
from dotmac_identity.authenticator import Authentication
from dotmac_identity.installed import AskedKind, FromClient, Installed, InstalledIdentity
from dotmac_identity.invitations.models import InvitationState
from dotmac_identity.invitations.schemas import AcceptIn, InvitationIn, InvitationOut
from dotmac_identity.invitations.service import InvitationService, read_invitation_token
from dotmac_identity.refresh_cookie import Refreshing
from dotmac_identity.roles.service import RoleService, permissions_of, require_grantable

invitations_router = APIRouter(prefix="/users/invitations", tags=["Users"])
accepting_router = APIRouter()

Reader = Annotated[Principal, Depends(requires("users:read"))]
Writer = Annotated[Principal, Depends(requires("users:write"))]


@invitations_router.get("", response_model=Listing[InvitationOut], summary="List invitations")
async def list_invitations(
    tx: Tx,
    _: Reader,
    identity: Installed,
    page: Annotated[PageParams, Depends()],
    state: Annotated[InvitationState | None, Query()] = None,
) -> dict[str, object]:
    """Invitations of staff, newest first; `state=pending` are those that can be accepted."""
    found, total = await InvitationService(tx, identity.public_url).page(
        state=state, offset=page.offset, limit=page.per_page
    )
    return listing(found, page, total)


@invitations_router.post(
    "", response_model=Envelope[InvitationOut], status_code=201, summary="Invite somebody"
)
async def invite(
    body: InvitationIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Send somebody a link, good once and for seven days, with which they make their account.

    Only roles can be given that allow no more than one's own.
    """
    await _require_grantable(tx, principal, identity, body.roles)
    invited = await InvitationService(tx, identity.public_url).invite(
        email=body.email,
        name=body.name,
        roles=body.roles,
        locale=None if body.locale is None else checked_locale(body.locale),
        by=principal,
    )
    return enveloped(invited)


@invitations_router.post(
    "/{invitation_id}/resend",
    response_model=Envelope[InvitationOut],
    summary="Send an invitation again",
)
async def resend_invitation(
    invitation_id: UUID, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Send another link, good for seven days from now; the former one is void."""
    invitations = InvitationService(tx, identity.public_url)
    roles = (await invitations.by_id(invitation_id)).roles
    await _require_grantable(tx, principal, identity, roles)
    return enveloped(await invitations.resend(invitation_id, by=principal))


@invitations_router.post(
    "/{invitation_id}/revoke",
    response_model=Envelope[InvitationOut],
    summary="Take an invitation back",
)
async def revoke_invitation(
    invitation_id: UUID, tx: Tx, _: Writer, identity: Installed
) -> dict[str, object]:
    """Make its link void."""
    return enveloped(await InvitationService(tx, identity.public_url).revoke(invitation_id))


@accepting_router.post(
    "/invitations/accept", response_model=Envelope[TokensOut], summary="Accept an invitation"
)
async def accept_invitation(
    body: AcceptIn,
    *,
    identity: Authentication,
    database: Db,
    kind: AskedKind,
    client: FromClient,
    refreshing: Refreshing,
) -> dict[str, object]:
    """Make one's account with a password, and be signed in. The link is good once."""
    token = body.token.get_secret_value()
    async with database.transaction(read_invitation_token(token).tenant_id) as session:
        account = await InvitationService(session, identity.public_url, kind).accept(
            token,
            password=body.password.get_secret_value(),
            name=body.name,
            passwords=identity.passwords,
        )
        tokens = await identity.sign_in.open_for(session, account, client)
    return enveloped(refreshing.handed_out(tokens))


async def _require_grantable(
    tx: AsyncSession, principal: Principal, identity: InstalledIdentity, roles: Iterable[str]
) -> None:
    known = await RoleService.within(tx).named(roles)
    require_grantable(principal, permissions_of(known, identity.catalogue))
