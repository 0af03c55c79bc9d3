"""A small module to be served by the gateway in tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import httpx
from fastapi import APIRouter, Depends, Request, Response, UploadFile
from sqlalchemy import text
from starlette.responses import StreamingResponse

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Db, Tx, new_id
from dotmac_core_ops.errors import ConflictError, UnauthenticatedError
from dotmac_core_ops.http import (
    Envelope,
    JsonMoney,
    RequestModel,
    enveloped,
    etag_of,
    raw_json,
    require_match,
)
from dotmac_core_ops.module import Module
from dotmac_core_ops.principal import Principal, requires, signed_in


class KiteTornError(ConflictError):
    """A torn kite does not fly."""

    code = "KITE_TORN"

    def __init__(self, kite_id: UUID) -> None:
        super().__init__("The kite is torn.", kite_id=kite_id, colours={"red"})


class WrongTokenError(UnauthenticatedError):
    """The credentials are not known."""

    code = "WRONG_TOKEN"

    def __init__(self) -> None:
        super().__init__("The credentials are not known.")


class KiteIn(RequestModel):
    """What is needed to make a kite."""

    name: str
    price: JsonMoney = Decimal("1.50")
    extra: dict[str, Any] = {}


Reader = Annotated[Principal, Depends(requires("kites:read"))]
Writer = Annotated[Principal, Depends(requires("kites:write"))]

router = APIRouter()


@router.get("/weather")
async def read_weather() -> dict[str, Any]:
    """Anybody may know the weather."""
    return enveloped("windy")


@router.get("/kites/torn/{kite_id}", response_model=Envelope[str])
async def fly(kite_id: UUID, _: Reader) -> dict[str, Any]:
    """Always refuses."""
    raise KiteTornError(kite_id)


@router.get("/kites/large")
async def large(_: Reader) -> Response:
    """An answer worth compressing."""
    return raw_json(b'{"data":"' + b"kite " * 2000 + b'"}', etag='"7"')


@router.get("/kites/stream")
async def stream(_: Reader) -> StreamingResponse:
    """An answer in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(500):
            yield f"kite,{number}\n".encode()

    return StreamingResponse(pieces(), media_type="text/csv")


@router.get("/kites/broken")
async def broken(_: Reader) -> None:
    """A fault of the program."""
    raise KeyError("the password is swordfish")


@router.get("/kites/none")
async def none(_: Reader) -> StreamingResponse:
    """A fault before the first piece of a stream."""

    async def pieces() -> AsyncIterator[bytes]:
        raise KiteTornError(new_id())
        yield b"kite"

    return StreamingResponse(pieces(), media_type="text/plain")


@router.get("/kites/half")
async def half(_: Reader) -> StreamingResponse:
    """A fault after the answer has begun."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"kite"
        raise KeyError("string")

    return StreamingResponse(pieces(), media_type="text/plain")


@router.get("/kites/me")
async def me(principal: Annotated[Principal, Depends(signed_in)]) -> dict[str, Any]:
    """Who asks."""
    return enveloped(principal.subject)


@router.post("/kites", status_code=201, response_model=Envelope[dict[str, Any]])
async def make(body: KiteIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Make a kite; the audit log is what it leaves behind."""
    kite_id = new_id()
    await record(tx, action="kites.make", target=("kite", kite_id), after={"name": body.name})
    if body.name == "torn":
        raise KiteTornError(kite_id)
    return enveloped({"id": kite_id, "price": body.price, "extra": body.extra})


@router.post("/kites/apart")
async def make_apart(body: KiteIn, db: Db, principal: Writer) -> dict[str, Any]:
    """Make a kite in a transaction of its own."""
    del body
    kite_id = new_id()
    async with db.transaction(principal.tenant_id) as session:
        await record(session, action="kites.make", target=("kite", kite_id))
    return enveloped({"id": kite_id})


@router.post("/kites/sql")
async def run_sql(body: dict[str, Any], tx: Tx, _: Writer) -> dict[str, Any]:
    """Whatever PostgreSQL says to it."""
    await tx.execute(text(body["sql"]), body.get("values") or {})
    return enveloped("done")


@router.get("/kites/raw")
async def run_raw(sql: str, value: int, db: Db, principal: Reader) -> dict[str, Any]:
    """The same through the driver."""
    async with db.read(principal.tenant_id) as connection:
        return enveloped(await connection.fetchval(sql, value))


@router.get("/kites/since")
async def since(at: datetime, tx: Tx, _: Reader) -> dict[str, Any]:
    """An instant, there and back."""
    found = await tx.execute(text("SELECT CAST(:at AS timestamptz)"), {"at": at})
    return enveloped(str(found.scalar_one()))


@router.patch("/kites/{kite_id}")
async def change(kite_id: UUID, request: Request, response: Response, _: Writer) -> dict[str, Any]:
    """Change version 3."""
    require_match(request, 3)
    response.headers["ETag"] = etag_of(4)
    return enveloped(str(kite_id))


@router.post("/kites/picture")
async def picture(file: UploadFile, _: Writer) -> dict[str, Any]:
    """How large the file is."""
    return enveloped(len(await file.read()))


TOKENS = {"owner": frozenset({"*"}), "reader": frozenset({"kites:read"})}
MODULE = Module("kites", (router,))

Connect: TypeAlias = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
"""Opens a client of an application; `token`, `peer`, and any setting by name."""
