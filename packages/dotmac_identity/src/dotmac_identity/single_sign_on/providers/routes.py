"""HTTP verbs of providers: set up by owners, offered to everybody who signs in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.authenticator import Authentication
from dotmac_identity.roles.service import require_grantable
from dotmac_identity.roles.system_roles import EVERYTHING
from dotmac_identity.single_sign_on.providers.schemas import (
    ProviderReportOut,
    SignInChoiceOut,
    SignInProviderChangeIn,
    SignInProviderIn,
    SignInProviderOut,
    SignInProviderRemovedOut,
)

router = APIRouter(prefix="/single-sign-on/providers", tags=["Single sign-on"])
choices_router = APIRouter(prefix="/auth/single-sign-on", tags=["Signing in"])

Reader = Annotated[Principal, Depends(requires("single_sign_on:read"))]


async def _owner(
    principal: Annotated[Principal, Depends(requires("single_sign_on:write"))],
) -> Principal:
    """Whoever says who vouches for people can become any of them: they must hold everything."""
    require_grantable(principal, (EVERYTHING,))
    return principal


Owner = Annotated[Principal, Depends(_owner)]


@router.get("", response_model=Envelope[list[SignInProviderOut]], summary="List sign-in providers")
async def list_sign_in_providers(tx: Tx, _: Reader, identity: Authentication) -> dict[str, object]:
    """The providers that people sign in by, by name, those switched off too."""
    return enveloped(await identity.single_sign_on.providers(tx).all())


@router.post(
    "",
    response_model=Envelope[SignInProviderOut],
    status_code=201,
    summary="Add a sign-in provider",
)
async def add_sign_in_provider(
    body: SignInProviderIn, tx: Tx, _: Owner, identity: Authentication
) -> dict[str, object]:
    """Let people sign in by a provider. Register the answer's `redirect_uri` there."""
    providers = identity.single_sign_on.providers(tx)
    return enveloped(await providers.add(body.issuer, body.values()))


@router.get(
    "/{provider_id}", response_model=Envelope[SignInProviderOut], summary="Read a sign-in provider"
)
async def read_sign_in_provider(
    provider_id: UUID, tx: Tx, _: Reader, identity: Authentication
) -> dict[str, object]:
    """How a provider is set up, without the client's secret."""
    return enveloped(await identity.single_sign_on.providers(tx).by_id(provider_id))


@router.patch(
    "/{provider_id}",
    response_model=Envelope[SignInProviderOut],
    summary="Change a sign-in provider",
)
async def change_sign_in_provider(
    provider_id: UUID,
    body: SignInProviderChangeIn,
    tx: Tx,
    _: Owner,
    identity: Authentication,
) -> dict[str, object]:
    """Set a provider up otherwise. Switched off, it ends all sessions of its people."""
    providers = identity.single_sign_on.providers(tx)
    return enveloped(await providers.change(provider_id, body.changes()))


@router.delete(
    "/{provider_id}",
    response_model=Envelope[SignInProviderRemovedOut],
    summary="Remove a sign-in provider",
)
async def remove_sign_in_provider(
    provider_id: UUID, tx: Tx, _: Owner, identity: Authentication
) -> dict[str, object]:
    """Let nobody sign in by it any more: its people are unlinked, and all their sessions end."""
    await identity.single_sign_on.providers(tx).remove(provider_id)
    return enveloped({"removed": True})


@router.post(
    "/{provider_id}/test",
    response_model=Envelope[ProviderReportOut],
    summary="Test a sign-in provider",
)
async def examine_sign_in_provider(
    provider_id: UUID, database: Db, principal: Owner, identity: Authentication
) -> dict[str, object]:
    """Read the provider's description and keys anew, and say what is in them or what is wrong."""
    async with database.transaction(principal.tenant_id) as session:
        providers = identity.single_sign_on.providers(session)
        setup = await providers.setup(provider_id, even_disabled=True)
    return enveloped(await identity.single_sign_on.examine(setup))


@choices_router.get(
    "", response_model=Envelope[list[SignInChoiceOut]], summary="Providers to sign in by"
)
async def list_sign_in_choices(
    identity: Authentication,
    database: Db,
    tenant: Annotated[
        str | None, Query(max_length=253, description="Short name or own domain of the tenant.")
    ] = None,
) -> dict[str, object]:
    """What the sign-in page offers beside the password, by name. Of no such tenant: nothing."""
    tenant_id = await identity.sign_in.tenant(tenant)
    if tenant_id is None:
        return enveloped([])
    async with database.transaction(tenant_id) as session:
        return enveloped(await identity.single_sign_on.providers(session).choices())
