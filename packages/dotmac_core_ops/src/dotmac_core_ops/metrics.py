"""Numbers for Prometheus, all in one registry of our own.

A metric is a module-level object here or in the package that counts it (`registry=REGISTRY`). Label
values come from closed sets (route templates, states, job names), never from input: each new value
is a new time series that stays until the process ends.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import wraps
from time import perf_counter
from typing import ParamSpec, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from dotmac_core_ops.database import Database
from dotmac_core_ops.logging import get_logger
from dotmac_core_ops.module import Module

P = ParamSpec("P")
R = TypeVar("R")

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Media type of what `render` returns."""

REGISTRY = CollectorRegistry()
"""Where every metric of the platform is registered; prometheus-client's global one is not used."""

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

http_requests = Counter(
    "http_requests_total",
    "Requests answered, by method, route template and class of status",
    ["method", "route", "status"],
    registry=REGISTRY,
)
http_request_duration = Histogram(
    "http_request_duration_seconds",
    "Time from the first byte in to the last byte out",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
database_connections = Gauge(
    "database_pool_connections",
    "Connections of this process's pool of role app, by state (in_use, idle, size)",
    ["state"],
    registry=REGISTRY,
)
jobs_finished = Counter(
    "jobs_finished_total",
    "Job runs that ended, by job and outcome (done, retried, dead)",
    ["job", "outcome"],
    registry=REGISTRY,
)
job_duration = Histogram(
    "job_duration_seconds",
    "Time a job run took",
    ["job"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800),
    registry=REGISTRY,
)
outbox_lag = Gauge(
    "outbox_lag_seconds",
    "Age of the oldest event that is not delivered yet; 0 when none waits",
    registry=REGISTRY,
)
outbox_events = Gauge(
    "outbox_events",
    "Events in the outbox that are not delivered, by state (pending, dead)",
    ["state"],
    registry=REGISTRY,
)
invoices_created = Counter(
    "invoices_created_total", "Total number of invoices created", ["status"], registry=REGISTRY
)
payment_processing_duration = Histogram(
    "payment_processing_duration_seconds",
    "Time spent processing payments",
    ["payment_method"],
    registry=REGISTRY,
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STATUS_CLASSES = {1: "1xx", 2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"}
_scrape_failures = Counter(
    "metrics_collector_failures_total",
    "Collectors that failed while metrics were read, by module",
    ["module"],
    registry=REGISTRY,
)
_log = get_logger(__name__)


def observe_request(method: str, route: str | None, status: int, seconds: float) -> None:
    """Count an answered request.

    `route` is the template (`/api/v1/plans/{plan_id}`), None when no route matched: paths that
    strangers try are all counted as `unmatched`, unknown methods as `other`.
    """
    verb = method if method in _METHODS else "other"
    template = route or "unmatched"
    kind = _STATUS_CLASSES.get(status // 100, "other")
    http_requests.labels(verb, template, kind).inc()
    http_request_duration.labels(verb, template).observe(seconds)


def track_duration(
    metric: Histogram, labels: Mapping[str, str] | None = None
) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
    """Decorate a coroutine function so that `metric` observes how many seconds each call takes.

    `@track_duration(payment_processing_duration, {"payment_method": "stripe"})`. Calls that raise
    are observed too.
    """
    observed = metric.labels(**labels) if labels else metric

    def decorate(function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        @wraps(function)
        async def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            started = perf_counter()
            try:
                return await function(*args, **kwargs)
            finally:
                observed.observe(perf_counter() - started)

        return timed

    return decorate


async def refresh_pool(database: Database) -> None:
    """Set the pool gauges to what they are at this moment."""
    for state, count in database.pool_status().items():
        database_connections.labels(state).set(count)


async def scrape(database: Database, modules: Iterable[Module]) -> bytes:
    """Refresh what modules measure on demand (`Module.metrics`), then render everything.

    A collector that fails is logged and counted and leaves its last figures: monitoring must not
    go dark because one part is ill.
    """
    for module in modules:
        for collector in module.metrics:
            try:
                await collector(database)
            except Exception:  # noqa: BLE001 - whatever it is, the other figures are still wanted
                _scrape_failures.labels(module.name).inc()
                _log.exception("metrics collector failed", module=module.name)
    return render()


def render() -> bytes:
    """All metrics in Prometheus's text format."""
    return generate_latest(REGISTRY)
