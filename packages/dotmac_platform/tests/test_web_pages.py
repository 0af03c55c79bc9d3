"""The web app as it is served: which address is answered with what, and how it may be kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from dotmac_api_gateway import create_app
from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_platform.web import Pages

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def nobody(_: object) -> None:
    """Nobody is ever signed in."""


def build(folder: Path) -> None:
    """What Vite leaves behind, in small."""
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>DotMac</title>")
    (folder / "assets" / "entry-B4Zn1.js").write_text("start()")
    (folder / "assets" / "entry-B4Zn1.js.br").write_bytes(b"in brotli")
    (folder / "assets" / "entry-B4Zn1.js.gz").write_bytes(b"in gzip")
    (folder / ".vite").mkdir()
    (folder / ".vite" / "manifest.json").write_text("{}")


@pytest.fixture
async def client(tmp_path: Path, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    build(tmp_path)
    async with serving(tmp_path, database) as opened:
        yield opened


def serving(folder: Path, database: Database) -> httpx.AsyncClient:
    app = create_app(
        [], database=database, settings=Settings(), authenticate=nobody, pages=Pages(folder)
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_every_page_of_the_app_is_its_index(client: httpx.AsyncClient) -> None:
    for path in ("/", "/customers", "/customers/0192f0c1/invoices?sort=-total"):
        answer = await client.get(path, headers=BROWSER)
        assert answer.status_code == 200
        assert "<title>DotMac</title>" in answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"


async def test_a_page_runs_no_script_but_its_own(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers=BROWSER)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("accepted", "coding", "content"),
    [
        ("gzip, deflate, br", "br", b"in brotli"),
        ("gzip", "gzip", b"in gzip"),
        ("identity", None, b"start()"),
    ],
)
async def test_a_hashed_file_is_kept_for_good_and_was_compressed_beforehand(
    client: httpx.AsyncClient, accepted: str, coding: str | None, content: bytes
) -> None:
    request = client.build_request(
        "GET", "/assets/entry-B4Zn1.js", headers={"Accept-Encoding": accepted}
    )
    answer = await client.send(request, stream=True)

    assert answer.headers.get("content-encoding") == coding
    assert b"".join([piece async for piece in answer.aiter_raw()]) == content
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in answer.headers["content-type"]


async def test_a_page_that_is_known_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/", headers=BROWSER)
    again = await client.get("/", headers={**BROWSER, "If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/entry-OLD.js",  # of an earlier build
        "/assets/entry-B4Zn1.js.br",
        "/.vite/manifest.json",
        "/../pages.py",
        "/%2e%2e/pages.py",
        "/api/v1/nothing",
        "/api/nothing",
    ],
)
async def test_what_is_no_page_is_not_there(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BROWSER)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "ROUTE_NOT_FOUND"


async def test_a_program_that_asks_for_nothing_we_have_is_told_so(
    client: httpx.AsyncClient,
) -> None:
    looked_for = await client.get("/customers", headers={"Accept": "application/json"})
    sent = await client.post("/customers", headers=BROWSER)

    assert looked_for.json()["error"]["code"] == "ROUTE_NOT_FOUND"
    assert sent.status_code == 404


async def test_routes_stand_before_pages(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health", headers=BROWSER)).json()["status"] == "healthy"
    assert "swagger" in (await client.get("/docs", headers=BROWSER)).text


async def test_without_a_build_the_start_page_says_how(tmp_path: Path, database: Database) -> None:
    async with serving(tmp_path, database) as client:
        start = await client.get("/", headers=BROWSER)
        other = await client.get("/customers", headers=BROWSER)

    assert "make web" in start.text
    assert start.status_code == 200
    assert other.status_code == 404
