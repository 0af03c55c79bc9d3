"""`/health` and `/metrics`, for load balancers and for the one who runs the installation."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from fastapi import APIRouter, Request, Response, status

from dotmac_api_gateway.errors import MetricsForbiddenError
from dotmac_core_ops.database import Database, Db
from dotmac_core_ops.health import Health, Readiness, health, live, ready
from dotmac_core_ops.http import dump_json, raw_json
from dotmac_core_ops.metrics import CONTENT_TYPE, scrape
from dotmac_core_ops.module import Module
from dotmac_core_ops.settings import Settings

_OK, _UNAVAILABLE = status.HTTP_200_OK, status.HTTP_503_SERVICE_UNAVAILABLE


def _examples(well: Mapping[str, Any], ill: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {
        _OK: {"content": {"application/json": {"example": well}}},
        _UNAVAILABLE: {
            "description": "Not at the moment",
            "content": {"application/json": {"example": ill}},
        },
    }


_HEALTHY = Health(
    status="healthy",
    database="connected",
    version="0.1.0",
    database_server={"kind": "embedded", "version": "18.6"},
)
_READY = Readiness(
    status="ready", database="connected", migrations="current", missing=[], warnings=[]
)

health_router = APIRouter(prefix="/health", tags=["Operations"])


@health_router.get(
    "",
    summary="Health",
    responses=_examples(
        _HEALTHY,
        {
            **_HEALTHY,
            "status": "unhealthy",
            "database": "disconnected",
            "database_server": {"kind": "embedded", "version": None},
        },
    ),
)
async def read_health(db: Db) -> Response:
    """Whether the database answers, and which one it is; 503 when it does not."""
    found = await health(db)
    return raw_json(dump_json(found), status=_OK if found["status"] == "healthy" else _UNAVAILABLE)


@health_router.get(
    "/ready",
    summary="Readiness",
    responses=_examples(
        _READY,
        {**_READY, "status": "not_ready", "migrations": "behind", "missing": ["billing_0007"]},
    ),
)
async def read_readiness(db: Db, request: Request) -> Response:
    """Whether requests can be served: the database answers and is migrated; 503 when not.

    In production, `warnings` says what is still as on a first start, such as e-mail that is written
    to files.
    """
    found = await ready(db, request.app.state.settings)
    return raw_json(dump_json(found), status=_OK if found["status"] == "ready" else _UNAVAILABLE)


@health_router.get(
    "/live",
    summary="Liveness",
    responses={_OK: {"content": {"application/json": {"example": live()}}}},
)
async def read_liveness() -> Response:
    """That this process answers at all; it asks nobody."""
    return raw_json(dump_json(live()))


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
