"""One FastAPI application from a list of modules."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, TypeAlias

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from dotmac_api_gateway.admission import Admission
from dotmac_api_gateway.boundary import Boundary, Observe
from dotmac_api_gateway.policy import Policy
from dotmac_api_gateway.rate_limit import RateLimiter
from dotmac_api_gateway.routing import GatewayRoute, Handle, RouteIndex, mounted
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Module
from dotmac_core_ops.principal import Authenticate
from dotmac_core_ops.settings import Settings

PREFIX = "/api/v1"

Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]
"""What runs around the serving: before the first request, and after the last."""


class Gateway(FastAPI):
    """The application that `create_app` makes."""

    def __init__(self, *, policy: Policy, observe: Observe, **options: Any) -> None:  # noqa: ANN401 (FastAPI's)
        super().__init__(
            docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, **options
        )
        self._policy = policy
        self._observe = observe

    def build_middleware_stack(self) -> ASGIApp:
        """The boundary around the routes; FastAPI's own layers would do its work twice."""
        index = RouteIndex(self.router.routes)

        async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                await index.find(scope).handle(scope, receive, send)
            else:
                await self.router(scope, receive, send)

        return Boundary(dispatch, self._policy, self._observe)


def create_app(
    modules: Sequence[Module],
    *,
    database: Database,
    settings: Settings,
    authenticate: Authenticate,
    title: str = "DotMac",
    version: str = "0.1.0",
    lifespan: Sequence[Lifespan] = (),
) -> Gateway:
    """The routes of `modules` under `/api/v1`, with everything HTTP around them.

    The caller opens and closes `database`; what must run while the application serves is given as
    `lifespan`, entered in order.
    """
    policy = Policy.of(settings)
    admission = Admission(
        authenticate,
        policy,
        principals=RateLimiter(settings.api_rate_limit),
        addresses=RateLimiter(settings.api_rate_limit_anonymous),
    )
    app = Gateway(
        policy=policy,
        observe=lambda *_: None,
        title=title,
        version=version,
        lifespan=_joined(lifespan),
    )
    app.state.database = database
    app.state.settings = settings
    app.state.authenticate = admission

    def guarded(route: GatewayRoute, handle: Handle) -> Handle:
        return admission.counted(handle) if route.requirement is None else handle

    for module in modules:
        for router in module.routers:
            app.router.routes += mounted(router, prefix=PREFIX, module=module.name, wrap=guarded)
    return app


def _joined(parts: Sequence[Lifespan]) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part(app))
            yield

    return lifespan
