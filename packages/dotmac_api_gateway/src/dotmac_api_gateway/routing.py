"""Routes, and finding the one that a request is for.

FastAPI tries its routes one after the other, each with a regular expression; with two hundred of
them that costs more than everything else a read does. Here the segments of the path lead to the few
routes that can match, and those decide in the order in which they were declared, so that the answer
is the same as that of the linear search.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from functools import cache
from typing import Any, TypeAlias

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from dotmac_api_gateway.errors import MethodNotAllowedError, RouteNotFoundError
from dotmac_api_gateway.exact_json import JsonRequest
from dotmac_core_ops.database import open_transaction
from dotmac_core_ops.http import shortcut_of
from dotmac_core_ops.principal import Requirement

Handle: TypeAlias = Callable[[Request], Awaitable[Response]]
Wrap: TypeAlias = Callable[["GatewayRoute", Handle], Handle]


class GatewayRoute(APIRoute):
    """A route of a module at its final address.

    `requirement` is what it asks of the principal; None for a public route. `uses_transaction` says
    whether it works in the request's one transaction; `module` is the name of the module that
    brought it.
    """

    module: str = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (handed on unread)
        super().__init__(*args, **kwargs)
        self.requirement = next(
            (call for call in _calls(self.dependant) if isinstance(call, Requirement)), None
        )
        self.uses_transaction = open_transaction in _calls(self.dependant)
        _keep_in_loop(self.dependant)
        self.handler: Handle = _shortened(self.endpoint, self.get_route_handler())
        self.app = self._respond

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        # FastAPI's own wrapper, without the layer that turns exceptions into answers: that is the
        # boundary's work. The names of the stacks are FastAPI's; a transaction is closed by the
        # inner one, before the first byte of the answer.
        request = JsonRequest(scope, receive, send)
        async with AsyncExitStack() as after_answer:
            scope["fastapi_middleware_astack"] = after_answer
            scope["fastapi_inner_astack"] = after_answer
            async with AsyncExitStack() as before_answer:
                scope["fastapi_function_astack"] = before_answer
                response = await self.handler(request)
            await response(scope, receive, send)


_PARAMETERS = [
    name
    for name in inspect.signature(APIRoute.__init__).parameters
    if name not in {"self", "methods", "generate_unique_id_function"}
]


def mounted(
    router: APIRouter, *, prefix: str, module: str, wrap: Wrap | None = None
) -> Iterator[GatewayRoute]:
    """The routes of `router` under `prefix`, nested routers opened up, in their order."""
    outer = APIRouter()
    outer.include_router(router, prefix=prefix)
    for context in iter_route_contexts(outer.routes):
        if not isinstance(context.original_route, APIRoute):
            raise TypeError(f"{context.path} of module {module} is not an API route.")
        values: dict[str, Any] = {name: getattr(context, name) for name in _PARAMETERS}
        route = GatewayRoute(methods=sorted(context.methods or ()), **values)
        route.module = module
        if wrap is not None:
            route.handler = wrap(route, route.handler)
        yield route


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for child in dependant.dependencies:
        yield from _calls(child)


def _shortened(endpoint: Callable[..., Any], handle: Handle) -> Handle:
    quick = shortcut_of(endpoint)
    if quick is None:
        return handle

    async def handled(request: Request) -> Response:
        return await quick(request) or await handle(request)

    return handled


def _keep_in_loop(dependant: Dependant) -> None:
    """Let plain functions and classes among the dependencies run where the route runs.

    FastAPI sends each of them to a thread, which costs more than a read from the database. Ours
    only look something up or hold parameters together; one that blocks must be a coroutine.
    """
    for child in dependant.dependencies:
        call = child.call
        if call is not None and not _is_awaited(call):
            child.call = _awaitable(call)
        _keep_in_loop(child)


def _is_awaited(call: Callable[..., Any]) -> bool:
    called = call if inspect.isroutine(call) or inspect.isclass(call) else type(call).__call__
    return (
        inspect.iscoroutinefunction(called)
        or inspect.isasyncgenfunction(called)
        or inspect.isgeneratorfunction(called)
    )


@cache  # one for each, because FastAPI recognises a dependency that it has solved by its function
def _awaitable(call: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def awaitable(**values: Any) -> Any:  # noqa: ANN401 (handed on unread)
        return call(**values)

    return awaitable


class _Step:
    """A segment of the paths known: what may follow it, and the routes that end here."""

    __slots__ = ("anything", "named", "routes")

    def __init__(self) -> None:
        self.named: dict[str, _Step] = {}
        self.anything: _Step | None = None
        self.routes: list[tuple[int, APIRoute]] = []

    def towards(self, segment: str) -> _Step:
        if "{" not in segment:
            return self.named.setdefault(segment, _Step())
        if self.anything is None:
            self.anything = _Step()
        return self.anything


class RouteIndex:
    """Finds routes by the segments of their paths."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._root = _Step()
        self._others: list[tuple[int, BaseRoute]] = []
        for number, route in enumerate(routes):
            if isinstance(route, APIRoute) and ":path}" not in route.path:
                step = self._root
                for segment in route.path.split("/"):
                    step = step.towards(segment)
                step.routes.append((number, route))
            else:
                self._others.append((number, route))

    def candidates(self, path: str) -> list[BaseRoute]:
        """The routes that may match `path`, in the order in which they were declared."""
        steps = [self._root]
        for segment in path.split("/"):
            following = [step.named[segment] for step in steps if segment in step.named]
            following += [step.anything for step in steps if step.anything is not None]
            if not following:
                steps = []
                break
            steps = following
        found = [route for step in steps for route in step.routes]
        if len(found) == 1 and not self._others:
            return [found[0][1]]
        return [route for _, route in sorted([*found, *self._others], key=lambda pair: pair[0])]

    def find(self, scope: Scope) -> BaseRoute:
        """The first route that matches; what it took from the path is put into `scope`.

        Raises:
            RouteNotFoundError: none has this path.
            MethodNotAllowedError: some have the path, none of them with this method.
        """
        allowed: set[str] = set()
        for route in self.candidates(scope["path"]):
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                return route
            if match is Match.PARTIAL:
                scope["route"] = route
                allowed |= set(getattr(route, "methods", None) or ())
        if allowed:
            raise MethodNotAllowedError(sorted(allowed))
        raise RouteNotFoundError
