"""The customer's own data in the portal, and who of a customer may sign in to it."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    etag_of,
    listing,
    require_match,
)
from dotmac_core_ops.principal import PORTAL, Principal, customer_of, requires
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.portal.schemas import (
    OwnProfileIn,
    OwnProfileOut,
    PortalAccountOut,
    PortalInvitationIn,
    PortalInvitationOut,
    PortalPermissionsIn,
)
from dotmac_customers.portal.service import changing_customer
from dotmac_customers.profiles.service import CustomerService
from dotmac_identity import PortalAccountService

own_profile_router = APIRouter(prefix="/portal/me", tags=["Portal"])
portal_accounts_router = APIRouter(
    prefix="/customers/{customer_id}/portal-accounts", tags=["Portal accounts"]
)

Customer = Annotated[Principal, Depends(requires("portal:profile"))]
Reader = Annotated[Principal, Depends(CustomerRequirement("portal_accounts:read"))]
Writer = Annotated[Principal, Depends(CustomerRequirement("portal_accounts:write"))]


@own_profile_router.get("", response_model=Envelope[OwnProfileOut], summary="Read my data")
async def read_own_profile(tx: Tx, response: Response, principal: Customer) -> dict[str, object]:
    """What is known of the customer for whom one is signed in."""
    profile = await CustomerService.within(tx).by_id(customer_of(principal))
    response.headers["etag"] = etag_of(profile.version)
    return enveloped(profile)


@own_profile_router.patch("", response_model=Envelope[OwnProfileOut], summary="Change my data")
async def change_own_profile(
    body: OwnProfileIn, tx: Tx, request: Request, response: Response, principal: Customer
) -> dict[str, object]:
    """Change how one is reached; needs `If-Match` with the `ETag` that was read.

    The address with which one signs in is another one: see the own account. Who has left changes
    nothing any more.
    """
    customer_id = await changing_customer(tx, principal)
    changed = await CustomerService.within(tx).change(
        customer_id, body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(changed.version)
    return enveloped(changed)


async def portal_accounts(customer_id: UUID, tx: Tx, request: Request) -> PortalAccountService:
    """The accounts of the customer in the path, who exists."""
    await CustomerService.within(tx).by_id(customer_id)
    offered = frozenset(
        permission.name
        for module in request.app.state.modules
        for permission in module.permissions
        if permission.name.startswith(PORTAL)
    )
    settings = request.app.state.settings
    return PortalAccountService(tx, customer_id, settings.public_url, offered)


Accounts = Annotated[PortalAccountService, Depends(portal_accounts)]


@portal_accounts_router.get(
    "", response_model=Envelope[list[PortalAccountOut]], summary="List portal accounts"
)
async def list_portal_accounts(_: Reader, accounts: Accounts) -> dict[str, object]:
    """Everybody who signs in for the customer, by e-mail address."""
    return enveloped(await accounts.accounts())


@portal_accounts_router.get(
    "/invitations",
    response_model=Listing[PortalInvitationOut],
    summary="List invitations to the portal",
)
async def list_portal_invitations(
    _: Reader, accounts: Accounts, page: Annotated[PageParams, Depends()]
) -> dict[str, object]:
    """The customer's invitations, newest first."""
    found, total = await accounts.invitations(offset=page.offset, limit=page.per_page)
    return listing(found, page, total)


@portal_accounts_router.post(
    "/invitations",
    response_model=Envelope[PortalInvitationOut],
    status_code=201,
    summary="Invite to the portal",
)
async def invite_to_portal(
    body: PortalInvitationIn, principal: Writer, accounts: Accounts
) -> dict[str, object]:
    """Send somebody a link, good once and for seven days, with which they make their account."""
    invited = await accounts.invite(
        email=body.email,
        name=body.name,
        permissions=body.permissions,
        locale=body.locale,
        by=principal,
    )
    return enveloped(invited)


@portal_accounts_router.post(
    "/invitations/{invitation_id}/resend",
    response_model=Envelope[PortalInvitationOut],
    summary="Send an invitation to the portal again",
)
async def resend_portal_invitation(
    invitation_id: UUID, principal: Writer, accounts: Accounts
) -> dict[str, object]:
    """Send another link; the former one is void."""
    return enveloped(await accounts.resend(invitation_id, by=principal))


@portal_accounts_router.post(
    "/invitations/{invitation_id}/revoke",
    response_model=Envelope[PortalInvitationOut],
    summary="Take an invitation to the portal back",
)
async def revoke_portal_invitation(
    invitation_id: UUID, _: Writer, accounts: Accounts
) -> dict[str, object]:
    """Make its link void."""
    return enveloped(await accounts.revoke(invitation_id))


@portal_accounts_router.post(
    "/{user_id}/disable",
    response_model=Envelope[PortalAccountOut],
    summary="Disable a portal account",
)
async def disable_portal_account(user_id: UUID, _: Writer, accounts: Accounts) -> dict[str, object]:
    """Let somebody sign in no more; their sessions end at once."""
    return enveloped(await accounts.disable(user_id))


@portal_accounts_router.post(
    "/{user_id}/enable",
    response_model=Envelope[PortalAccountOut],
    summary="Enable a portal account",
)
async def enable_portal_account(user_id: UUID, _: Writer, accounts: Accounts) -> dict[str, object]:
    """Let somebody who was disabled sign in again."""
    return enveloped(await accounts.enable(user_id))


@portal_accounts_router.post(
    "/{user_id}/second-factors/reset",
    response_model=Envelope[PortalAccountOut],
    summary="Reset the second factors of a portal account",
)
async def reset_portal_factors(user_id: UUID, _: Writer, accounts: Accounts) -> dict[str, object]:
    """Remove app, passkeys and codes of somebody who lost them; they are told and signed out."""
    return enveloped(await accounts.reset_factors(user_id))


@portal_accounts_router.put(
    "/{user_id}/permissions",
    response_model=Envelope[PortalAccountOut],
    summary="Set what a portal account sees",
)
async def set_portal_permissions(
    user_id: UUID, body: PortalPermissionsIn, _: Writer, accounts: Accounts
) -> dict[str, object]:
    """Let somebody see exactly these parts, from their next request on."""
    return enveloped(await accounts.set_permissions(user_id, body.permissions))
