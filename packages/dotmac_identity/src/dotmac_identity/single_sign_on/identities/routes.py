"""HTTP verbs of one's own linked identities."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import signed_in
from dotmac_identity.authenticator import Authentication
from dotmac_identity.installed import Themselves
from dotmac_identity.single_sign_on.flows.routes import remember
from dotmac_identity.single_sign_on.identities.schemas import (
    IdentityUnlinkedOut,
    LinkedIdentityOut,
    LinkIdentityIn,
    LinkingOut,
)
from dotmac_identity.single_sign_on.openid.asking import Wishes

router = APIRouter(
    prefix="/me/linked-identities", tags=["Signing in"], dependencies=[Depends(signed_in)]
)


@router.get(
    "", response_model=Envelope[list[LinkedIdentityOut]], summary="List the own linked identities"
)
async def list_own_identities(
    tx: Tx, principal: Themselves, identity: Authentication
) -> dict[str, object]:
    """The providers that one signs in by, oldest first."""
    identities = identity.single_sign_on.identities(tx)
    return enveloped(await identities.of_user(UUID(principal.subject)))


@router.post("", response_model=Envelope[LinkingOut], summary="Link an identity")
async def link_own_identity(
    body: LinkIdentityIn,
    response: Response,
    principal: Themselves,
    identity: Authentication,
    database: Db,
) -> dict[str, object]:
    """Begin to link an identity: the browser goes to the provider and comes back linked.

    Needs the password; wrong ones count like those at signing in. Who has none must have signed in
    within ten minutes.
    """
    if body.password is not None:
        await identity.sign_in.require_password(principal, body.password.get_secret_value())
    else:
        async with database.transaction(principal.tenant_id) as session:
            await identity.single_sign_on.identities(session).require_recent(principal)
    departure = await identity.single_sign_on.begin(
        principal.tenant_id,
        body.provider_id,
        Wishes(prompt="select_account"),
        return_to=body.return_to,
        linking=principal,
    )
    remember(response, departure)
    return enveloped({"authorization_url": departure.address})


@router.delete(
    "/{identity_id}",
    response_model=Envelope[IdentityUnlinkedOut],
    summary="Unlink an identity",
)
async def unlink_own_identity(
    identity_id: UUID, tx: Tx, principal: Themselves, identity: Authentication
) -> dict[str, object]:
    """Sign in by this provider no more. One is told by mail; the password stays as it is."""
    identities = identity.single_sign_on.identities(tx)
    await identities.unlink(UUID(principal.subject), identity_id)
    return enveloped({"unlinked": True})
