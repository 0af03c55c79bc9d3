"""Every route names the permission it needs, or stands on the short public list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from dotmac_core_ops.module import Module
from dotmac_core_ops.principal import Principal, Requirement, requires, signed_in
from dotmac_platform.modules import MODULES
from tests.architecture.tree import no_problems

# Who may call these is not known yet: they are how one becomes known.
PUBLIC: dict[str, str] = {}


def requirements(dependant: Dependant) -> Iterator[Requirement]:
    """Every permission asked for anywhere below."""
    for below in dependant.dependencies:
        if isinstance(below.call, Requirement):
            yield below.call
        yield from requirements(below)


def routes(modules: Iterable[Module]) -> Iterator[tuple[str, APIRoute]]:
    for module in modules:
        for router in module.routers:
            for route in router.routes:
                if isinstance(route, APIRoute):
                    method = min(route.methods or {"ANY"})
                    yield f"{module.name}: {method} {route.path}", route


def open_doors(modules: Iterable[Module]) -> Iterator[str]:
    for name, route in routes(modules):
        if not list(requirements(route.dependant)) and name not in PUBLIC:
            yield f"{name} asks for no permission"


def unknown_permissions(modules: Iterable[Module]) -> Iterator[str]:
    modules = list(modules)
    known = {permission.name for module in modules for permission in module.permissions}
    for name, route in routes(modules):
        for requirement in requirements(route.dependant):
            if requirement.permission is not None and requirement.permission not in known:
                yield f"{name} asks for {requirement.permission!r}, which no module declares"


def undocumented(modules: Iterable[Module]) -> Iterator[str]:
    for name, route in routes(modules):
        if not route.summary or not route.description:
            yield f"{name} has no summary or no description"


def test_every_route_asks_for_a_permission() -> None:
    no_problems(open_doors(MODULES))


def test_every_permission_is_declared() -> None:
    no_problems(unknown_permissions(MODULES))


def test_every_route_is_documented() -> None:
    no_problems(undocumented(MODULES))


def test_the_public_list_names_only_routes_that_exist() -> None:
    assert set(PUBLIC) <= {name for name, _ in routes(MODULES)}


def sample(router: APIRouter) -> tuple[Module, ...]:
    return (Module("sample", routers=(router,)),)


def test_a_route_without_a_permission_is_found() -> None:
    router = APIRouter()

    @router.get("/open")
    async def read() -> None: ...

    assert list(open_doors(sample(router))) == ["sample: GET /open asks for no permission"]
    assert len(list(undocumented(sample(router)))) == 1


def test_a_permission_that_nobody_declares_is_found() -> None:
    router = APIRouter(dependencies=[Depends(requires("samples:read"))])

    @router.get("/closed", summary="Read")
    async def read(_: Annotated[Principal, Depends(signed_in)]) -> None:
        """Read it."""

    assert list(open_doors(sample(router))) == []
    assert list(undocumented(sample(router))) == []
    assert len(list(unknown_permissions(sample(router)))) == 1
