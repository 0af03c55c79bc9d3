"""The index finds what the linear search finds, only sooner."""

import threading
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import BaseRoute, Match, Mount

from dotmac_api_gateway.errors import MethodNotAllowedError, RouteNotFoundError
from dotmac_api_gateway.routing import GatewayRoute, RouteIndex, mounted

SEGMENTS = ["a", "b", "{x}", "{y}", "{n:int}", "{x}.csv", "pre-{x}", "{rest:path}"]
REQUESTED = ["a", "b", "7", "c.csv", "pre-a", "", "a b", "é"]


async def endpoint() -> None:
    """Does nothing."""


def route(path: str, method: str = "GET") -> GatewayRoute:
    return GatewayRoute(path, endpoint, methods=[method])


def scope_of(path: str, method: str = "GET") -> dict[str, Any]:
    return {"type": "http", "path": path, "method": method, "root_path": ""}


def linear(routes: list[BaseRoute], scope: dict[str, Any]) -> BaseRoute | str | None:
    """Starlette's own way: the first that matches; None: no such path, else a wrong method."""
    matches = [(candidate, candidate.matches(scope)[0]) for candidate in routes]
    for candidate, match in matches:
        if match is Match.FULL:
            return candidate
    return "wrong method" if any(match is Match.PARTIAL for _, match in matches) else None


def indexed(routes: list[BaseRoute], scope: dict[str, Any]) -> BaseRoute | str | None:
    try:
        return RouteIndex(routes).find(scope)
    except MethodNotAllowedError:
        return "wrong method"
    except RouteNotFoundError:
        return None


paths = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=4, unique=True).map(
    lambda segments: "/" + "/".join(segments)
)
declared = st.lists(st.tuples(paths, st.sampled_from(["GET", "POST"])), max_size=12)
requested = st.lists(st.sampled_from(REQUESTED), max_size=5).map(lambda s: "/" + "/".join(s))


@given(declared, requested, st.sampled_from(["GET", "POST", "PUT"]))
def test_the_index_and_the_linear_search_agree(
    routes: list[tuple[str, str]], path: str, method: str
) -> None:
    try:
        built: list[BaseRoute] = [route(*each) for each in routes]
    except ValueError:
        return  # the same name twice in a path

    assert indexed(built, scope_of(path, method)) == linear(built, scope_of(path, method))


def test_what_stood_in_the_path_is_handed_on() -> None:
    scope = scope_of("/a/7")

    RouteIndex([route("/a/{n:int}")]).find(scope)

    assert scope["path_params"] == {"n": 7}


def test_a_mounted_application_gets_what_no_route_before_it_wants() -> None:
    site = Mount("/", app=APIRouter())
    index = RouteIndex([route("/a"), site])

    assert index.find(scope_of("/a")) != site
    assert index.find(scope_of("/index.html")) is site


def test_a_wrong_method_names_those_of_all_routes_with_the_path() -> None:
    index = RouteIndex([route("/a", "POST"), route("/{x}", "DELETE")])

    with pytest.raises(MethodNotAllowedError) as refused:
        index.find(scope_of("/a"))

    assert refused.value.allowed == "DELETE, POST"


def test_routers_inside_routers_are_opened_up() -> None:
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/outer", tags=["outer"])
    inner.add_api_route("/{x}", endpoint)
    outer.include_router(inner)

    (only,) = mounted(outer, prefix="/api/v1", module="toy")

    assert only.path == "/api/v1/outer/inner/{x}"
    assert only.tags == ["outer"]
    assert only.module == "toy"


async def test_a_plain_dependency_runs_where_the_route_runs() -> None:
    seen: list[str] = []

    def plain(request: Request) -> str:
        seen.append(threading.current_thread().name)
        return request.url.path

    class Parameters:
        def __init__(self, page: int = 1) -> None:
            seen.append(threading.current_thread().name)
            self.page = page

    async def both(
        path: Annotated[str, Depends(plain)],
        again: Annotated[str, Depends(plain)],
        parameters: Annotated[Parameters, Depends()],
    ) -> list[object]:
        return [path, again, parameters.page]

    app = FastAPI()
    app.router.routes.append(GatewayRoute("/both", both, methods=["GET"]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = await client.get("/both?page=3")

    assert answer.json() == ["/both", "/both", 3]
    assert seen == [threading.current_thread().name] * 2
