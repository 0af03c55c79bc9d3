"""One FastAPI application from a list of modules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from typing import Any, Protocol, TypeAlias

from fastapi import FastAPI
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from dotmac_api_gateway.admission import Admission, required
from dotmac_api_gateway.boundary import Boundary, Observe
from dotmac_api_gateway.dialects import Dialects
from dotmac_api_gateway.documentation import router as documentation
from dotmac_api_gateway.error_codes import Reactions
from dotmac_api_gateway.errors import RouteNotFoundError
from dotmac_api_gateway.idempotency import PURPOSE, idempotent
from dotmac_api_gateway.openapi import build_document
from dotmac_api_gateway.operations import health_router, metrics_router
from dotmac_api_gateway.policy import API, Policy
from dotmac_api_gateway.rate_limit import RateLimiter
from dotmac_api_gateway.routing import GatewayRoute, Handle, RouteIndex, Wrap, mounted
from dotmac_core_ops.database import Database
from dotmac_core_ops.metrics import observe_request
from dotmac_core_ops.module import Module
from dotmac_core_ops.principal import Authenticate
from dotmac_core_ops.sealing import Sealer
from dotmac_core_ops.settings import Settings

PREFIX = "/api/v1"

Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]
"""What runs around the serving: before the first request, and after the last."""


class Pages(Protocol):
    """What is shown to people at the addresses that are no route: an ASGI application."""

    def has(self, path: str, accept: bytes) -> bool:
        """Whether a GET of `path` with this `Accept` is answered."""
        ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it."""
        ...


class Gateway(FastAPI):
    """The application that `create_app` makes."""

    def __init__(
        self,
        *,
        policy: Policy,
        observe: Observe,
        reactions: Reactions,
        dialects: Dialects,
        pages: Pages | None = None,
        **options: Any,  # noqa: ANN401 (FastAPI's)
    ) -> None:
        super().__init__(
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            redirect_slashes=False,
            telemetry={"tracing": False, "metrics": False, "logs": False},
            **options,
        )
        self._policy = policy
        self._observe = observe
        self._reactions = reactions
        self._dialects = dialects
        self._pages = pages

    def build_middleware_stack(self) -> ASGIApp:
        """The boundary around the routes; FastAPI's own layers would do its work twice."""
        index = RouteIndex(self.router.routes)

        async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                await self._found(index, scope)(scope, receive, send)
            else:
                await self.router(scope, receive, send)

        return Boundary(dispatch, self._policy, self._observe, self._dialects)

    def _found(self, index: RouteIndex, scope: Scope) -> ASGIApp:
        """The route of a request, or the page where there is none."""
        try:
            return index.find(scope).handle
        except RouteNotFoundError:
            accept = dict(scope["headers"]).get(b"accept", b"")
            path: str = scope["path"]
            is_read = scope["method"] == "GET" and not path.startswith(API)
            if self._pages is None or not is_read or not self._pages.has(path, accept):
                raise
            return self._pages

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, built at the first call."""
        if self.openapi_schema is None:
            self.openapi_schema = build_document(
                title=self.title,
                version=self.version,
                routes=self.routes,
                reactions=self._reactions,
                dialects=self._dialects,
            )
        return self.openapi_schema


def create_app(
    modules: Sequence[Module],
    *,
    database: Database,
    settings: Settings,
    authenticate: Authenticate,
    title: str = "DotMac",
    version: str = "0.1.0",
    lifespan: Sequence[Lifespan] = (),
    pages: Pages | None = None,
) -> Gateway:
    """The routes of `modules` under `/api/v1`, with everything HTTP around them.

    The caller opens and closes `database`; what must run while the application serves is given as
    `lifespan`, entered in order. `pages` answer where there is no route.
    """
    policy = Policy.of(settings, trusted=settings.trusted_proxies)
    admission = Admission(
        authenticate,
        principals=RateLimiter(settings.api_rate_limit),
        addresses=RateLimiter(settings.api_rate_limit_anonymous),
    )
    app = Gateway(
        policy=policy,
        observe=observe_request,
        reactions=_inline_reactions(modules),
        dialects=Dialects(modules, PREFIX),
        pages=pages,
        title=title,
        version=version,
        lifespan=_joined(lifespan),
    )
    app.state.database = database
    app.state.modules = tuple(modules)
    app.state.settings = settings
    app.state.authenticate = admission

    sealer = Sealer(settings.secret_key.get_secret_value(), PURPOSE)
    guard = _guard(admission, sealer, connections=settings.database_pool_size)
    metrics = metrics_router(modules, database=database, settings=settings)
    for own in (health_router, metrics, documentation):
        app.router.routes += mounted(own, prefix="", module="gateway")
    for module in modules:
        for router in module.routers:
            app.router.routes += mounted(router, prefix=PREFIX, module=module.name, wrap=guard)
    _name_operations(app.router.routes)
    return app


def _guard(admission: Admission, sealer: Sealer, *, connections: int) -> Wrap:
    unlimited, lent = nullcontext(), asyncio.Semaphore(max(1, connections // 2))

    def guard(route: GatewayRoute, handle: Handle) -> Handle:
        if route.requirement is None:
            return admission.counted(handle)
        if "POST" in (route.methods or ()):
            held = unlimited if route.uses_transaction else lent
            handle = idempotent(handle, held, sealer)
        return required(route.requirement, route.endpoint, handle)

    return guard


class OperationNameTakenError(ValueError):
    """Two routes of a feature have the same function name, from which clients take theirs."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(f"{path}: another route is called {name} already; rename its function.")


def _name_operations(routes: Sequence[BaseRoute]) -> None:
    """Give each route the stable name that generated clients call it by."""
    taken: set[str] = set()
    for route in routes:
        if not isinstance(route, GatewayRoute):
            continue
        name = f"{route.module}_{route.name}"
        if name in taken:
            feature = route.endpoint.__module__.split(".")[-2]
            name = f"{route.module}_{feature}_{route.name}"
        if name in taken:
            raise OperationNameTakenError(name, route.path)
        taken.add(name)
        route.operation_id = route.unique_id = name
        route.tags = route.tags or [route.module]


def _inline_reactions(modules: Sequence[Module]) -> Reactions:
    found: dict[type, list[Callable[..., Any]]] = {}
    for module in modules:
        for handler in module.handlers:
            if handler.inline:
                found.setdefault(handler.payload, []).append(handler.call)
    return found


def _joined(parts: Sequence[Lifespan]) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part(app))
            yield

    return lifespan
