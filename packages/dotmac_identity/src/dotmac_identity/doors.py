"""Where people come in: the same verbs for staff, and under `/portal` for customers."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from dotmac_core_ops.principal import (
    Requirement,
    requires,
    signed_in,
    signed_in_or_enrolling,
    signed_in_or_impersonating,
)
from dotmac_identity.accounts.routes import (
    account_links_router,
    own_account_router,
    own_password_router,
)
from dotmac_identity.authentication.routes import (
    sign_in_router,
    sign_out_router,
    signed_in_router,
)
from dotmac_identity.factor_sign_in.routes import second_step_router
from dotmac_identity.installed import for_customers
from dotmac_identity.invitations.routes import accepting_router
from dotmac_identity.passkey_sign_in.routes import passkey_sign_in_router
from dotmac_identity.passkeys.routes import own_passkeys_router
from dotmac_identity.permissions import OWN_ACCOUNT
from dotmac_identity.second_factors.routes import own_factors_router
from dotmac_identity.second_step.routes import own_devices_router
from dotmac_identity.sessions.routes import own_sessions_router


def _door(
    router: APIRouter,
    *,
    own: str,
    requirement: Requirement,
    enrolling: Requirement,
    leaving: Requirement,
    tag: str,
) -> APIRouter:
    """The verbs under `router`: public ones, and those that `requirement` guards.

    Those about one's own account are below `own`; `leaving` guards the way out, `enrolling` the
    setting up of second factors.
    """
    known = [Depends(requirement)]
    for public in (
        *(sign_in_router, second_step_router, passkey_sign_in_router),
        *(account_links_router, accepting_router),
    ):
        router.include_router(public, prefix="/auth", tags=[tag])
    router.include_router(
        sign_out_router, prefix="/auth", tags=[tag], dependencies=[Depends(leaving)]
    )
    for signed in (signed_in_router, own_password_router):
        router.include_router(signed, prefix="/auth", tags=[tag], dependencies=known)
    for mine in (own_account_router, own_sessions_router, own_devices_router):
        router.include_router(mine, prefix=own, tags=[tag], dependencies=known)
    for factors in (own_factors_router, own_passkeys_router):
        router.include_router(factors, prefix=own, tags=[tag], dependencies=[Depends(enrolling)])
    return router


staff_door = _door(
    APIRouter(),
    own="/me",
    requirement=signed_in,
    enrolling=signed_in_or_enrolling,
    leaving=signed_in_or_impersonating,
    tag="Signing in",
)
"""`/auth` and `/me`."""

portal_door = _door(
    APIRouter(prefix="/portal", dependencies=[Depends(for_customers)]),
    own="/account",
    requirement=requires(OWN_ACCOUNT),
    enrolling=requires(OWN_ACCOUNT),
    leaving=requires(OWN_ACCOUNT),
    tag="Portal",
)
"""`/portal/auth` and `/portal/account`."""
