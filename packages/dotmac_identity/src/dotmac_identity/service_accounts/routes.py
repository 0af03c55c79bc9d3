"""HTTP verbs of service accounts."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

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
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.api_keys.grant import KeyOwner
from dotmac_identity.api_keys.schemas import ApiKeyOut, IssuedApiKeyOut, ServiceKeyIn
from dotmac_identity.api_keys.service import ApiKeyService
from dotmac_identity.installed import Installed, InstalledIdentity, forget_when_done
from dotmac_identity.roles.held import Held
from dotmac_identity.roles.service import (
    RoleService,
    permissions_of,
    require_grantable,
    require_known,
)
from dotmac_identity.service_accounts.schemas import (
    AccountRolesIn,
    ServiceAccountChangeIn,
    ServiceAccountIn,
    ServiceAccountOut,
)
from dotmac_identity.service_accounts.service import ServiceAccountService

router = APIRouter(prefix="/service-accounts", tags=["Service accounts"])

Reader = Annotated[Principal, Depends(requires("service_accounts:read"))]
Writer = Annotated[Principal, Depends(requires("service_accounts:write"))]


@router.get("", response_model=Listing[ServiceAccountOut], summary="List service accounts")
async def list_service_accounts(
    tx: Tx, _: Reader, page: Annotated[PageParams, Depends()]
) -> dict[str, Any]:
    """All service accounts by name, the inactive ones too."""
    found, total = await ServiceAccountService(tx).page(offset=page.offset, limit=page.per_page)
    return listing(found, page, total)


@router.post(
    "",
    response_model=Envelope[ServiceAccountOut],
    status_code=201,
    summary="Make a service account",
)
async def create_service_account(
    body: ServiceAccountIn, tx: Tx, response: Response, principal: Writer, identity: Installed
) -> dict[str, Any]:
    """Let a program have rights of its own: of roles that allow no more than one may oneself."""
    roles = await RoleService.within(tx).named(body.roles)
    require_grantable(principal, permissions_of(roles, identity.catalogue))
    made = await ServiceAccountService(tx).create(body.name, body.description, roles)
    response.headers["etag"] = etag_of(made.version)
    return enveloped(made)


@router.get(
    "/{account_id}", response_model=Envelope[ServiceAccountOut], summary="Read a service account"
)
async def read_service_account(
    account_id: UUID, tx: Tx, response: Response, _: Reader
) -> dict[str, Any]:
    """One service account with the names of its roles."""
    found = await ServiceAccountService(tx).by_id(account_id)
    response.headers["etag"] = etag_of(found.version)
    return enveloped(found)


@router.patch(
    "/{account_id}",
    response_model=Envelope[ServiceAccountOut],
    summary="Rename a service account",
)
async def rename_service_account(
    *,
    account_id: UUID,
    body: ServiceAccountChangeIn,
    tx: Tx,
    request: Request,
    response: Response,
    principal: Writer,
    identity: Installed,
) -> dict[str, Any]:
    """Call it otherwise; needs `If-Match`."""
    await _require_as_wide(tx, principal, identity, account_id)
    changed = await ServiceAccountService(tx).rename(
        account_id, body.name, body.description, check=partial(require_match, request)
    )
    forget_when_done(tx, identity, str(account_id))
    response.headers["etag"] = etag_of(changed.version)
    return enveloped(changed)


@router.put(
    "/{account_id}/roles",
    response_model=Envelope[ServiceAccountOut],
    summary="Set the roles of a service account",
)
async def set_service_account_roles(
    account_id: UUID, body: AccountRolesIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, Any]:
    """Give it exactly these roles; its keys may do what follows from them at once."""
    await _require_as_wide(tx, principal, identity, account_id)
    roles = await RoleService.within(tx).named(body.roles)
    require_grantable(principal, permissions_of(roles, identity.catalogue))
    changed = await ServiceAccountService(tx).set_roles(account_id, roles)
    forget_when_done(tx, identity, str(account_id))
    return enveloped(changed)


@router.post(
    "/{account_id}/deactivate",
    response_model=Envelope[ServiceAccountOut],
    summary="Deactivate a service account",
)
async def deactivate_service_account(
    account_id: UUID, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, Any]:
    """Make all its keys useless at once, until it is activated again."""
    await _require_as_wide(tx, principal, identity, account_id)
    changed = await ServiceAccountService(tx).set_active(account_id, is_active=False)
    forget_when_done(tx, identity, str(account_id))
    return enveloped(changed)


@router.post(
    "/{account_id}/activate",
    response_model=Envelope[ServiceAccountOut],
    summary="Activate a service account",
)
async def activate_service_account(
    account_id: UUID, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, Any]:
    """Let its keys be good again."""
    await _require_as_wide(tx, principal, identity, account_id)
    return enveloped(await ServiceAccountService(tx).set_active(account_id, is_active=True))


@router.get(
    "/{account_id}/keys",
    response_model=Listing[ApiKeyOut],
    summary="List the keys of a service account",
)
async def list_service_account_keys(
    account_id: UUID, tx: Tx, _: Reader, page: Annotated[PageParams, Depends()]
) -> dict[str, Any]:
    """Its keys, newest first, the revoked ones too; never their secrets."""
    await ServiceAccountService(tx).by_id(account_id)
    keys, total = await ApiKeyService.within(tx).page(
        offset=page.offset, limit=page.per_page, service_account_id=account_id
    )
    return listing(keys, page, total)


@router.post(
    "/{account_id}/keys",
    response_model=Envelope[IssuedApiKeyOut],
    status_code=201,
    summary="Issue a key of a service account",
)
async def create_service_account_key(
    account_id: UUID, body: ServiceKeyIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, Any]:
    """Issue a further key of the account, for all that it may do or for a part of it.

    Only who may do that too learns the secret, which is in this answer and cannot be had again.
    """
    require_known(identity.catalogue, body.scopes)
    await _require_as_wide(tx, principal, identity, account_id, frozenset(body.scopes))
    issued = await ApiKeyService.within(tx).create(
        **body.model_dump(), owner=KeyOwner(service_account_id=account_id)
    )
    return enveloped({**asdict(issued.grant), "secret": issued.secret})


async def _require_as_wide(
    tx: AsyncSession,
    principal: Principal,
    identity: InstalledIdentity,
    account_id: UUID,
    scopes: frozenset[str] = frozenset({"*"}),
) -> None:
    """Nobody has a hand in an account that may more than they may themselves."""
    accounts = ServiceAccountService(tx)
    await accounts.by_id(account_id)
    may = Held(permissions_of(await accounts.roles_of(account_id), identity.catalogue))
    require_grantable(principal, may.limited_to(scopes).permissions)
