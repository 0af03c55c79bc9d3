"""`/metrics`, for the one who runs the installation."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response

from dotmac_api_gateway.errors import MetricsForbiddenError
from dotmac_core_ops.database import Database
from dotmac_core_ops.metrics import CONTENT_TYPE, scrape
from dotmac_core_ops.module import Module
from dotmac_core_ops.settings import Settings


def metrics_router(
    modules: Sequence[Module], *, database: Database, settings: Settings
) -> APIRouter:
    """`/metrics` of this process and of what `modules` measure on demand."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        """Prometheus's text format."""
        _refuse_strangers(request, settings)
        return Response(await scrape(database, modules), headers={"Content-Type": CONTENT_TYPE})

    return router


def _refuse_strangers(request: Request, settings: Settings) -> None:
    if settings.metrics_token is not None:
        expected = f"Bearer {settings.metrics_token.get_secret_value()}"
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise MetricsForbiddenError
        return
    # A proxy on this machine is on the loopback too, and serves the whole world.
    is_forwarded = any(name.startswith(("x-forwarded", "forwarded")) for name in request.headers)
    if is_forwarded or request.client is None or not _is_loopback(request.client.host):
        raise MetricsForbiddenError


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
