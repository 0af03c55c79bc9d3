"""HTTP verbs of acting as somebody else."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires, signed_in_or_impersonating
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenants import tenant_by_slug
from dotmac_identity.impersonation.errors import NotImpersonatingError
from dotmac_identity.impersonation.repository import ImpersonationRepository
from dotmac_identity.impersonation.schemas import (
    ActingOut,
    ImpersonationEndedOut,
    ImpersonationIn,
    ImpersonationOut,
)
from dotmac_identity.impersonation.service import ImpersonationService, require_person
from dotmac_identity.installed import Installed, forget_when_done
from dotmac_identity.operator_access import OperatorRequirement

router = APIRouter(prefix="/impersonations", tags=["Acting as users"])

Operator = Annotated[Principal, Depends(OperatorRequirement("tenants:impersonate"))]
Reader = Annotated[Principal, Depends(requires("impersonations:read"))]
Ender = Annotated[Principal, Depends(requires("impersonations:end"))]
Acting = Annotated[Principal, Depends(signed_in_or_impersonating)]


@router.post(
    "", response_model=Envelope[ActingOut], status_code=201, summary="Act as a user of a tenant"
)
async def start_impersonation(
    body: ImpersonationIn,
    request: Request,
    principal: Operator,
    database: Db,
    identity: Installed,
) -> dict[str, Any]:
    """For people of the operator: act as a user who may no more than oneself, an hour at most.

    The tenant sees it, its owners are told, and every entry of the audit log says so. Passwords,
    second factors, keys, roles and approvals stay out of reach.
    """
    settings: Settings = request.app.state.settings
    require_person(principal)
    tenant = await tenant_by_slug(database, body.tenant)
    async with database.transaction(tenant.id) as session:
        acting = await ImpersonationService(session).start(
            principal,
            email=body.email,
            reason=body.reason,
            life=timedelta(minutes=body.minutes),
            catalogue=identity.catalogue,
            key=settings.secret_key.get_secret_value(),
        )
    async with database.transaction(principal.tenant_id) as session:
        await record(
            session,
            action="identity.impersonation_start",
            target=("tenant", tenant.id),
            after={"user": acting.user_id, "reason": body.reason, "until": acting.expires_at},
        )
    return enveloped({**asdict(acting), "token_type": "Bearer"})


@router.get("", response_model=Listing[ImpersonationOut], summary="List who acted as users")
async def list_impersonations(
    tx: Tx, _: Reader, page: Annotated[PageParams, Depends()]
) -> dict[str, Any]:
    """Who of the operator acted as one's users, why and for how long, newest first."""
    rows, total = await ImpersonationRepository(tx).page(offset=page.offset, limit=page.per_page)
    return listing(rows, page, total)


@router.post(
    "/current/end",
    response_model=Envelope[ImpersonationEndedOut],
    summary="Stop acting as a user",
)
async def end_current_impersonation(
    tx: Tx, principal: Acting, identity: Installed
) -> dict[str, Any]:
    """For who acts as a user with the token of that: act as oneself again."""
    if principal.impersonated_by is None or principal.session_id is None:
        raise NotImpersonatingError
    found = await ImpersonationRepository(tx).of_session(principal.session_id)
    if found is None:
        raise NotImpersonatingError
    return await _ended(tx, found, identity)


@router.post(
    "/{impersonation_id}/end",
    response_model=Envelope[ImpersonationEndedOut],
    summary="End somebody's acting as a user",
)
async def end_impersonation(
    impersonation_id: UUID, tx: Tx, _: Ender, identity: Installed
) -> dict[str, Any]:
    """For the tenant: let nobody act as one's user any more, at once."""
    return await _ended(tx, impersonation_id, identity)


async def _ended(tx: Tx, impersonation_id: UUID, identity: Installed) -> dict[str, Any]:
    user_id = await ImpersonationService(tx).end(impersonation_id)
    forget_when_done(tx, identity, str(user_id))
    return enveloped({"ended": True})
