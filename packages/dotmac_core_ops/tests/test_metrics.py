from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Histogram

from dotmac_core_ops.database import Database
from dotmac_core_ops.metrics import REGISTRY, observe_request, render, scrape, track_duration
from dotmac_core_ops.module import Module


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_route_template_and_class_of_status() -> None:
    labels = {"method": "GET", "route": "/api/v1/plans/{plan_id}", "status": "2xx"}
    before = sample("http_requests_total", **labels)

    observe_request("GET", "/api/v1/plans/{plan_id}", 200, 0.01)
    observe_request("GET", "/api/v1/plans/{plan_id}", 204, 0.01)

    assert sample("http_requests_total", **labels) == before + 2


def test_what_strangers_send_adds_no_time_series() -> None:
    observe_request("GET", None, 404, 0.01)
    observe_request("BREW", None, 999, 0.01)
    before = render().count(b"\n")

    for number in range(50):
        observe_request(f"VERB{number}", None, 404, 0.01)
        observe_request("GET", None, 404, 0.01)
    observe_request("BREW", None, 404, 0.01)
    after = render().count(b"\n")

    assert after - before <= 2  # the pair (other, 4xx), seen for the first time
    assert b'route="unmatched"' in render()
    assert b"VERB" not in render()


async def test_track_duration_observes_success_and_failure() -> None:
    registry = CollectorRegistry()
    spent = Histogram("spent_seconds", "Time", ["method"], registry=registry)

    @track_duration(spent, {"method": "stripe"})
    async def charge(amount: int) -> int:
        if amount < 0:
            raise ValueError
        return amount

    assert await charge(3) == 3
    with pytest.raises(ValueError):  # noqa: PT011 - it carries no message to match
        await charge(-1)
    assert charge.__name__ == "charge"
    assert registry.get_sample_value("spent_seconds_count", {"method": "stripe"}) == 2


async def test_track_duration_needs_no_labels() -> None:
    registry = CollectorRegistry()
    spent = Histogram("spent_seconds", "Time", registry=registry)

    @track_duration(spent)
    async def work() -> None: ...

    await work()

    assert registry.get_sample_value("spent_seconds_count") == 1


async def test_a_scrape_measures_first_and_survives_a_collector_that_fails(
    database: Database,
) -> None:
    measured: list[str] = []

    async def good(_: Database) -> None:
        measured.append("good")

    async def bad(_: Database) -> None:
        raise ConnectionError

    before = sample("metrics_collector_failures_total", module="sample")

    text = await scrape(database, [Module("sample", metrics=(bad, good))])

    assert measured == ["good"]
    assert sample("metrics_collector_failures_total", module="sample") == before + 1
    assert b"invoices_created_total" in text
    assert b"payment_processing_duration_seconds" in text
