"""The same reads without the product: FastAPI, an asyncpg pool, orjson, the product's own SQL.

No authentication, permissions, rate limit, request ids or headers: the tenant comes in a header and
is believed. Transaction and tenant binding are those of `Database.read`, statement for statement.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, cast
from unittest.mock import patch
from uuid import UUID

import asyncpg
import orjson
from fastapi import FastAPI, Header, Response
from granian import Granian

from dotmac_core_ops.settings import load_settings
from dotmac_customers.directory import repository
from dotmac_customers.directory.filters import Wanted
from dotmac_customers.profiles.repository import AnyConnection, document_of
from dotmac_platform import http_server

PER_PAGE = 20
POOL_SIZE = 10
Tenant = Annotated[UUID, Header(alias="X-Tenant")]

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
else:  # the class takes type parameters for the type checker only
    Pool = asyncpg.Pool


class _Bare(asyncpg.Connection):
    """Goes back to the pool without a query that resets it, as the product's does."""

    def get_reset_query(self) -> str:
        return ""


class _Recorder:
    """In place of a connection: notes what the product would ask."""

    def __init__(self) -> None:
        self.statement = ""

    async def fetchrow(self, statement: str, *_: object) -> dict[str, Any]:
        self.statement = statement
        return {"document": "", "version": 0, "documents": "", "total": 0}


async def _statements() -> tuple[str, str]:
    """The product's statements for one customer and for a page by name."""
    recorder = _Recorder()
    connection = cast("AnyConnection", recorder)
    await document_of(connection, UUID(int=0))
    one = recorder.statement
    await repository.page(
        connection, Wanted(sort="name", descending=False), offset=0, limit=PER_PAGE
    )
    return one, recorder.statement


def create() -> FastAPI:
    """The application; each server process calls it once."""
    pools: list[Pool] = []
    statements: list[str] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        statements.extend(await _statements())
        async with asyncpg.create_pool(
            os.environ["DATABASE_URL"],
            min_size=1,
            max_size=POOL_SIZE,
            connection_class=_Bare,
            server_settings={"role": "dotmac_app", "timezone": "UTC", "jit": "off"},
        ) as pool:
            pools.append(pool)
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    async def fetch(tenant: UUID, statement: str, *values: object) -> asyncpg.Record:
        async with pools[0].acquire() as connection:
            await connection.execute(f"BEGIN READ ONLY; SET LOCAL app.tenant_id = '{tenant}'")
            row = await connection.fetchrow(statement, *values)
            await connection.execute("COMMIT")
        assert row is not None
        return row

    @app.get("/health/ready")
    async def ready() -> Response:
        return Response()

    @app.get("/customers/{customer_id}")
    async def read(customer_id: UUID, x_tenant: Tenant) -> Response:
        row = await fetch(x_tenant, statements[0], customer_id)
        return _json({"data": orjson.Fragment(row["document"]), "meta": {}})

    @app.get("/customers")
    async def page(page: int, x_tenant: Tenant) -> Response:
        row = await fetch(x_tenant, statements[1], PER_PAGE, (page - 1) * PER_PAGE)
        pagination = {"page": page, "per_page": PER_PAGE, "total": row["total"]}
        data = orjson.Fragment(row["documents"])
        return _json({"data": data, "meta": {"pagination": pagination}})

    return app


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")


if __name__ == "__main__":
    # The product's server with its settings, but for the application that it serves.
    target = "tests.performance.bare_app:create"
    with patch.object(http_server, "Granian", lambda _, **settings: Granian(target, **settings)):
        http_server.serve(load_settings())
