"""Every route names the permission it needs, or stands on the short public list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends

from dotmac_api_gateway.routing import GatewayRoute, mounted
from dotmac_core_ops.module import Module, Permission
from dotmac_core_ops.principal import Principal, requires, signed_in
from dotmac_platform.application import openapi_document
from dotmac_platform.modules import MODULES
from tests.architecture.tree import layers, no_problems

PREFIX = "/api/v1"
PUBLIC = {
    **{
        f"POST {PREFIX}{door}/auth/{path}": why
        for door in ("", "/portal")
        for path, why in {
            "sign-in": "it is how one becomes known",
            "second-factor": "the challenge in the body says who asks",
            "second-factor/passkey-options": "the challenge in the body says who asks",
            "passkey/options": "whoever signs in by a passkey alone names nobody",
            "passkey": "the signature in the body says who signs in",
            "refresh": "the refresh token in the body says who asks",
            "password/forgotten": "whoever forgot it cannot sign in; all get the same answer",
            "password/reset": "the link's token in the body says who asks",
            "email/confirm": "the link's token in the body says who asks",
            "email/undo": "the link's token in the body says who asks",
            "invitations/accept": "the link's token in the body says who was invited",
        }.items()
    },
    "GET /api/v1/auth/single-sign-on": "the sign-in page shows what one can sign in by",
    "GET /api/v1/auth/single-sign-on/{tenant_id}/{provider_id}/start": "one is not known yet",
    "GET /api/v1/auth/single-sign-on/{tenant_id}/{provider_id}/callback": "the cookie says who",
    "POST /api/v1/auth/single-sign-on/finish": "the code and the cookie say who asks",
    "GET /api/v1/customers/verify-email": "the token of the link says whose address it is",
    "GET /api/v1/customer-documents/download/{ticket}": "the link is signed, for minutes",
    "GET /api/v1/data-requests/download/{ticket}": "the link is signed, for minutes",
    "GET /api/v1/unsubscribe": "the token of the link is signed",
    "POST /api/v1/unsubscribe": "the token of the link is signed",
    "GET /api/v1/branding/{tenant_id}/{image}": "logos, for messages and sign-in pages",
    "GET /api/v1/tenant-exports/{tenant_id}/{export_id}/{signature}": "the signature says who",
}

# Who changes these gets at what belongs to people: their passwords, factors, keys and rights.
OVER_PEOPLE = {"users", "roles", "api_keys", "service_accounts", "second_factors"}


def routes(modules: Iterable[Module]) -> Iterator[tuple[str, GatewayRoute]]:
    """Every route as it is served, by method and path."""
    for module in modules:
        for router in module.routers:
            for route in mounted(router, prefix=PREFIX, module=module.name):
                yield f"{' '.join(sorted(route.methods or ()))} {route.path}", route


def open_doors(modules: Iterable[Module]) -> Iterator[str]:
    for name, route in routes(modules):
        if route.requirement is None and name not in PUBLIC:
            yield f"{name} asks for no permission"


def unknown_permissions(modules: Iterable[Module]) -> Iterator[str]:
    modules = list(modules)
    known = {permission.name for module in modules for permission in module.permissions}
    for name, route in routes(modules):
        wanted = route.requirement.permission if route.requirement else None
        if wanted is not None and wanted not in known:
            yield f"{name} asks for {wanted!r}, which no module declares"


def lent_rights(modules: Iterable[Module]) -> Iterator[str]:
    """Rights over people's credentials that somebody would have who acts as a user."""
    for module in modules:
        for permission in module.permissions:
            subject, _, verb = permission.name.partition(":")
            if subject in OVER_PEOPLE and verb != "read" and not permission.is_personal:
                yield f"{permission.name}: say is_personal=True, or the operator is lent it"


def undocumented(modules: Iterable[Module]) -> Iterator[str]:
    for name, route in routes(modules):
        if not route.summary or not route.description:
            yield f"{name} has no summary or no description"


def shared_names(schemas: Iterable[str]) -> Iterator[str]:
    """Shapes that have to be told apart by their module; a generated client cannot."""
    for name in schemas:
        if name.startswith(tuple(f"{package}__" for layer in layers() for package in layer)):
            yield f"{name.replace('__', '.')}: another shape has the same name"


def test_every_shape_has_a_name_of_its_own() -> None:
    components: dict[str, dict[str, object]] = openapi_document()["components"]
    no_problems(shared_names(components["schemas"]))


def test_every_route_asks_for_a_permission() -> None:
    no_problems(open_doors(MODULES))


def test_every_permission_is_declared() -> None:
    no_problems(unknown_permissions(MODULES))


def test_rights_over_peoples_credentials_are_not_lent() -> None:
    no_problems(lent_rights(MODULES))


def test_a_right_that_is_lent_is_found() -> None:
    lent = Permission("users:provision", "Bring users in.")
    assert len(list(lent_rights([Module("sample", permissions=(lent,))]))) == 1


def test_every_route_is_documented() -> None:
    no_problems(undocumented(MODULES))


def test_the_public_list_names_only_routes_that_exist() -> None:
    assert set(PUBLIC) <= {name for name, _ in routes(MODULES)}


def sample(router: APIRouter) -> tuple[Module, ...]:
    return (Module("sample", routers=(router,)),)


def test_two_shapes_with_one_name_are_found() -> None:
    names = ["CustomerOut", "dotmac_billing__customers__schemas__CustomerOut"]
    assert len(list(shared_names(names))) == 1


def test_a_route_without_a_permission_is_found() -> None:
    router = APIRouter()

    @router.get("/open")
    async def read() -> None: ...

    assert list(open_doors(sample(router))) == ["GET /api/v1/open asks for no permission"]
    assert len(list(undocumented(sample(router)))) == 1


def test_a_permission_that_nobody_declares_is_found() -> None:
    router = APIRouter(dependencies=[Depends(requires("samples:read"))])

    @router.get("/closed", summary="Read")
    async def read(_: Annotated[Principal, Depends(signed_in)]) -> None:
        """Read it."""

    assert list(open_doors(sample(router))) == []
    assert list(undocumented(sample(router))) == []
    assert len(list(unknown_permissions(sample(router)))) == 1
