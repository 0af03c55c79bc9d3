from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

import pytest
from fastapi import Request

from dotmac_core_ops.database import new_id
from dotmac_core_ops.logging.setup import add_actor
from dotmac_core_ops.principal import (
    Actor,
    AuthenticationRequiredError,
    NotWhileImpersonatingError,
    PermissionDeniedError,
    Principal,
    Scope,
    ScopeNotSupportedError,
    WrongAudienceError,
    acting_as,
    current_actor,
    customer_of,
    requires,
    signed_in,
    signed_in_or_impersonating,
)

ANN = Principal(new_id(), "user:7", "user", "Ann", frozenset({"plans:read"}))


class Door:
    """An application that knows one principal and counts how often it is asked who that is."""

    def __init__(self, principal: Principal | None) -> None:
        self.principal = principal
        self.asked = 0

    async def authenticate(self, _: Request) -> Principal | None:
        self.asked += 1
        return self.principal

    def request(self) -> Request:
        app = SimpleNamespace(state=SimpleNamespace(authenticate=self.authenticate))
        return Request({"type": "http", "app": app, "headers": [], "state": {"request_id": "r-1"}})


def test_a_principal_may_do_what_was_granted_and_nothing_else() -> None:
    assert ANN.allows("plans:read")
    assert not ANN.allows("plans:write")
    assert not ANN.allows("plans")
    assert Principal(ANN.tenant_id, "s", "system", "s", frozenset({"*"})).allows("plans:write")


async def test_a_route_gets_the_principal_that_holds_its_permission() -> None:
    assert await requires("plans:read")(Door(ANN).request()) is ANN
    assert await signed_in(Door(ANN).request()) is ANN


async def test_a_principal_without_the_permission_is_refused() -> None:
    with pytest.raises(PermissionDeniedError) as refusal:
        await requires("plans:write")(Door(ANN).request())

    assert refusal.value.details == {"permission": "plans:write"}


async def test_a_stranger_is_asked_to_sign_in() -> None:
    for requirement in (requires("plans:read"), signed_in):
        with pytest.raises(AuthenticationRequiredError):
            await requirement(Door(None).request())


async def test_a_request_is_authenticated_once_and_names_its_actor() -> None:
    door = Door(ANN)
    request = door.request()

    await requires("plans:read")(request)
    await signed_in(request)

    assert door.asked == 1
    assert current_actor() == Actor("user:7", "user", "r-1", ANN.tenant_id)


async def test_tasks_act_each_for_their_own() -> None:
    async def act(name: str) -> str:
        with acting_as(Actor(name)):
            await asyncio.sleep(0)
            return current_actor().name

    assert list(await asyncio.gather(act("a"), act("b"))) == ["a", "b"]


def test_acting_ends_with_its_block() -> None:
    outside = current_actor()

    with acting_as(Actor("system:worker")):
        with acting_as(Actor("user:7", "user")):
            assert current_actor().name == "user:7"
        assert current_actor().name == "system:worker"

    assert current_actor() == outside


async def test_a_customer_and_the_staff_have_no_use_of_each_others_routes() -> None:
    customer = Principal(
        ANN.tenant_id,
        "carla",
        "portal",
        "Carla",
        frozenset({"portal:billing"}),
        customer_id=new_id(),
    )
    owner = Principal(ANN.tenant_id, "olga", "user", "Olga", frozenset({"*", "portal:billing"}))

    assert await requires("portal:billing")(Door(customer).request()) is customer
    for requirement in (requires("plans:read"), signed_in):
        with pytest.raises(WrongAudienceError):
            await requirement(Door(customer).request())
    with pytest.raises(WrongAudienceError):
        await requires("portal:billing")(Door(owner).request())


def test_not_even_everything_contains_what_is_the_portals() -> None:
    owner = Principal(ANN.tenant_id, "olga", "user", "Olga", frozenset({"*", "portal:billing"}))
    customer = Principal(ANN.tenant_id, "carla", "portal", "Carla", frozenset({"*", "plans:read"}))

    assert not owner.allows("portal:billing")
    assert not customer.allows("plans:read")
    assert owner.allows("plans:read")


def test_only_a_customer_has_data_of_its_own() -> None:
    carla = Principal(ANN.tenant_id, "carla", "portal", "Carla", customer_id=new_id())

    assert customer_of(carla) == carla.customer_id
    with pytest.raises(WrongAudienceError):
        customer_of(ANN)


PART = Scope("customer_group", UUID(int=7))
CONFINED = replace(ANN, permissions=frozenset(), scopes={"plans:read": frozenset({PART})})


async def test_what_is_held_in_a_part_opens_only_routes_that_know_of_parts() -> None:
    found = await requires("plans:read", scoped=True)(Door(CONFINED).request())

    assert found.within("plans:read") == frozenset({PART})
    with pytest.raises(ScopeNotSupportedError):
        await requires("plans:read")(Door(CONFINED).request())
    with pytest.raises(PermissionDeniedError):
        await requires("plans:write", scoped=True)(Door(CONFINED).request())
    assert CONFINED.within("plans:write") == frozenset()
    assert ANN.within("plans:read") is None


@pytest.mark.parametrize(("method", "enters"), [("GET", True), ("POST", False), ("DELETE", False)])
async def test_who_acts_as_somebody_changes_nothing_of_their_own(method: str, enters: bool) -> None:
    acting = replace(ANN, impersonated_by="operator")
    request = Door(acting).request()
    request.scope["method"] = method

    assert await signed_in_or_impersonating(request) is acting
    if enters:
        assert await signed_in(request) is acting
    else:
        with pytest.raises(NotWhileImpersonatingError):
            await signed_in(request)


def test_the_person_behind_a_deed_is_who_holds_the_key_or_acts_as_another() -> None:
    key = replace(ANN, subject="key", kind="api_key", person="user:7")
    helped = replace(ANN, impersonated_by="operator")

    assert ANN.actor().responsible == key.actor().responsible == "user:7"
    assert helped.actor().responsible == "operator"
    assert key.is_named("user:7")
    assert not ANN.is_named("key")


def test_a_line_of_the_log_says_who_acted_as_whom() -> None:
    with acting_as(replace(ANN, impersonated_by="operator").actor("r-1")):
        said = add_actor(None, "info", {"event": "x"})

    assert (said["user"], said["impersonated_by"]) == ("user:7", "operator")
