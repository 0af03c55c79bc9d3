"""Headers, ids, sizes, compression: what every answer has."""

from __future__ import annotations

import gzip
import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from dotmac_api_gateway.policy import CorsOriginError
from dotmac_core_ops.metrics import REGISTRY
from packages.dotmac_api_gateway.tests.kites import Connect

APP = "https://app.example.com"
STRONG = "kR7#vQ2m!xT9$wL4pZ8&nB6cY3^hJ5dF"


async def test_a_request_id_comes_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/weather", headers={"X-Request-ID": "a.B_7:c-1"})

    assert answer.headers["X-Request-ID"] == "a.B_7:c-1"


@pytest.mark.parametrize("given", ["", "two words", "x" * 129, "<script>", "a\tb"])
async def test_an_unusable_request_id_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get("/api/v1/weather", headers={"X-Request-ID": given})

    assert len(answer.headers["X-Request-ID"]) == 36


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/api/v1/weather", "/api/v1/kites/broken", "/nothing"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers


async def test_production_asks_for_https(connect: Connect) -> None:
    async with connect(environment="production", secret_key=STRONG) as client:
        headers = (await client.get("/api/v1/weather")).headers

    assert "max-age" in headers["Strict-Transport-Security"]


async def test_a_head_request_gets_the_headers_of_the_get(client: httpx.AsyncClient) -> None:
    got, head = await client.get("/api/v1/weather"), await client.head("/api/v1/weather")

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


async def test_a_body_over_the_limit_is_refused(connect: Connect) -> None:
    async with connect(max_body_bytes=1024) as client:
        answer = await client.post("/api/v1/kites", json={"name": "x" * 1025})

    assert answer.status_code == 413
    assert answer.json()["error"]["details"] == {"limit_bytes": 1024}


async def test_a_body_that_hides_its_length_is_refused_too(connect: Connect) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 500

    async with connect(max_body_bytes=1024) as client:
        answer = await client.post(
            "/api/v1/kites", content=pieces(), headers={"Content-Type": "application/json"}
        )

    assert answer.json()["error"]["code"] == "BODY_TOO_LARGE"


async def test_an_upload_has_a_limit_of_its_own(connect: Connect) -> None:
    async with connect(max_body_bytes=1024, upload_max_size=2048) as client:
        answer = await client.post("/api/v1/kites/picture", files={"file": b"x" * 2000})
        too_large = await client.post("/api/v1/kites/picture", files={"file": b"x" * 1_002_048})

    assert answer.json()["data"] == 2000
    assert too_large.status_code == 413


async def test_a_large_answer_is_compressed(client: httpx.AsyncClient) -> None:
    packed = await client.get("/api/v1/kites/large", headers={"Accept-Encoding": "br, gzip"})
    plain = await client.get("/api/v1/kites/large", headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) < 1000 < int(plain.headers["Content-Length"])
    assert packed.json() == plain.json()
    assert packed.headers["ETag"] == plain.headers["ETag"] == '"7"'


async def test_a_small_answer_is_not_compressed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/weather", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers


async def test_a_stream_is_compressed_as_it_goes(client: httpx.AsyncClient) -> None:
    request = client.build_request(
        "GET", "/api/v1/kites/stream", headers={"Accept-Encoding": "gzip"}
    )
    answer = await client.send(request, stream=True)
    packed = b"".join([piece async for piece in answer.aiter_raw()])

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Content-Length" not in answer.headers
    assert gzip.decompress(packed).endswith(b"kite,499\n")


async def test_a_listed_origin_may_call(connect: Connect) -> None:
    asked = {"Origin": APP, "Access-Control-Request-Method": "POST"}
    async with connect(cors_origins=APP) as client:
        preflight = await client.options("/api/v1/kites", headers=asked)
        answer = await client.post("/api/v1/kites", json={"name": "x"}, headers={"Origin": APP})

    assert preflight.status_code == 204
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in preflight.headers["Access-Control-Allow-Headers"]
    for each in (preflight, answer):
        assert each.headers.get_list("Access-Control-Allow-Origin") == [APP]
        assert each.headers["Access-Control-Allow-Credentials"] == "true"
        assert each.headers["Vary"] == "Origin"


async def test_refusals_can_be_read_by_a_listed_origin(connect: Connect) -> None:
    async with connect(cors_origins=APP) as client:
        answer = await client.get("/nothing", headers={"Origin": APP})

    assert answer.headers["Access-Control-Allow-Origin"] == APP


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", f"{APP}.evil.example"])
async def test_another_origin_may_not_call(connect: Connect, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    async with connect(cors_origins=APP) as client:
        preflight = await client.options("/api/v1/kites", headers=asked)
        answer = await client.get("/api/v1/weather", headers={"Origin": origin})

    assert preflight.json()["error"]["code"] == "ORIGIN_NOT_ALLOWED"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("origin", ["*", "app.example.com", f"{APP}/", "https://*.example.com"])
async def test_what_is_not_one_origin_stops_the_start(connect: Connect, origin: str) -> None:
    with pytest.raises(CorsOriginError, match="CORS_ORIGINS"):
        async with connect(cors_origins=origin):
            pass


async def test_requests_are_counted_by_template(client: httpx.AsyncClient) -> None:
    labels = {"method": "PATCH", "route": "/api/v1/kites/{kite_id}", "status": "4xx"}
    before = REGISTRY.get_sample_value("http_requests_total", labels) or 0

    await client.patch("/api/v1/kites/one")
    await client.patch("/api/v1/kites/two")

    assert REGISTRY.get_sample_value("http_requests_total", labels) == before + 2


async def test_metrics_are_for_this_machine(connect: Connect) -> None:
    async with connect(token=None) as client:
        assert "http_requests_total" in (await client.get("/metrics")).text
        proxied = await client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"})
    async with connect(token=None, peer="192.0.2.1") as client:
        remote = await client.get("/metrics")

    assert {a.json()["error"]["code"] for a in (proxied, remote)} == {"METRICS_FORBIDDEN"}


async def test_metrics_are_for_who_has_their_token(connect: Connect) -> None:
    async with connect(token="of-metrics", peer="192.0.2.1", metrics_token="of-metrics") as client:
        assert (await client.get("/metrics")).status_code == 200
        odd = {b"Authorization": "Bearer of-mëtrics".encode()}
        assert (await client.get("/metrics", headers=odd)).status_code == 403
    async with connect(token=None, metrics_token="of-metrics") as client:
        assert (await client.get("/metrics")).status_code == 403


async def test_a_refusal_is_logged_with_its_request(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await client.get("/api/v1/kites/broken", headers={"X-Request-ID": "flight-8"})

    written = capsys.readouterr().out + caplog.text
    assert "request failed" in written
    assert "flight-8" in written or "KeyError" in written
