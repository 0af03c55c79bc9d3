"""HTTP verbs of API keys."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.api_keys.grant import KeyOwner
from dotmac_identity.api_keys.schemas import ApiKeyIn, ApiKeyOut, IssuedApiKeyOut, RotationIn
from dotmac_identity.api_keys.service import ApiKeyService
from dotmac_identity.installed import Installed, forget_when_done
from dotmac_identity.roles.held import Held
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import permissions_of, require_grantable, require_known

router = APIRouter(prefix="/api-keys", tags=["API keys"])

Reader = Annotated[Principal, Depends(requires("api_keys:read"))]
Writer = Annotated[Principal, Depends(requires("api_keys:write"))]


@router.get("", response_model=Listing[ApiKeyOut], summary="List API keys")
async def list_keys(tx: Tx, _: Reader, page: Annotated[PageParams, Depends()]) -> dict[str, object]:
    """All keys, newest first, the revoked ones too; never their secrets."""
    keys, total = await ApiKeyService.within(tx).page(offset=page.offset, limit=page.per_page)
    return listing(keys, page, total)


@router.post(
    "", response_model=Envelope[IssuedApiKeyOut], status_code=201, summary="Issue an API key"
)
async def create_key(
    body: ApiKeyIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Issue a key. Its scopes are permissions, none of which one does not hold oneself.

    It does no more than one may oneself at the time, and ends when one is deactivated; give what
    shall outlive you to a service account. The secret is in this answer and cannot be had again.
    """
    require_known(identity.catalogue, body.scopes)
    require_grantable(principal, body.scopes)
    issued = await ApiKeyService.within(tx).create(
        **body.model_dump(), owner=KeyOwner.of(principal)
    )
    return enveloped({**asdict(issued.grant), "secret": issued.secret})


@router.post(
    "/{api_key_id}/rotate",
    response_model=Envelope[IssuedApiKeyOut],
    status_code=201,
    summary="Rotate an API key",
)
async def rotate_key(
    api_key_id: UUID, body: RotationIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Issue a key like this one, which stays good for some hours, so that nothing stands still.

    Only who holds what the key allows learns the new secret; a person's key becomes one's own.
    """
    keys = ApiKeyService.within(tx)
    key = await keys.by_id(api_key_id)
    allowed = frozenset(key.scopes)
    if key.service_account_id is not None:
        roles = await RoleRepository(tx).of_service_accounts([key.service_account_id])
        held = permissions_of(roles.get(key.service_account_id, []), identity.catalogue)
        allowed = Held(held).limited_to(allowed).permissions
    require_grantable(principal, allowed)
    overlap = timedelta(hours=body.overlap_hours)
    issued = await keys.rotate(api_key_id, overlap, KeyOwner.of(principal))
    forget_when_done(tx, identity, str(api_key_id))
    return enveloped({**asdict(issued.grant), "secret": issued.secret})


@router.post(
    "/{api_key_id}/revoke", response_model=Envelope[ApiKeyOut], summary="Revoke an API key"
)
async def revoke_key(api_key_id: UUID, tx: Tx, _: Writer, identity: Installed) -> dict[str, object]:
    """Make a key useless for good; it is refused at once."""
    grant = await ApiKeyService.within(tx).revoke(api_key_id)
    forget_when_done(tx, identity, str(api_key_id))
    return enveloped(grant)
