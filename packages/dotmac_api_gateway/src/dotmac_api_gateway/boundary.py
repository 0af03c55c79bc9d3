"""The one layer around all routes: ids, headers, limits, and errors in the envelope.

One layer and not eight: each costs every request a call, a closure and a look at the headers.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dotmac_api_gateway.compression import Gzip
from dotmac_api_gateway.dialects import Dialects
from dotmac_api_gateway.errors import (
    BodyTooLargeError,
    InternalError,
    InvalidCharacterError,
    MethodNotAllowedError,
    OriginNotAllowedError,
)
from dotmac_api_gateway.failures import refusal_of
from dotmac_api_gateway.policy import API, Headers, Policy
from dotmac_core_ops.database import new_id
from dotmac_core_ops.dialect import Dialect
from dotmac_core_ops.errors import DomainError
from dotmac_core_ops.http import dump_json
from dotmac_core_ops.logging import get_logger
from dotmac_core_ops.principal import Actor, acting_as

Observe = Callable[[str, str | None, int, float], None]
"""Counts a request: method, template of the route (None: no such route), status, seconds."""

CLIENT_CLOSED = 499
"""The status that is counted when the client went away before its answer. nginx's number."""

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_WANTED = frozenset(
    {
        *(b"accept-encoding", b"access-control-request-method", b"content-length", b"origin"),
        *(b"content-type", b"x-forwarded-for", b"x-request-id"),
    }
)
_WITHOUT_BODY = frozenset({"GET", "HEAD"})
_REFUSED = 400
_SLOW_SECONDS = 1.0

_log = get_logger(__name__)


class Boundary:
    """The application as servers see it."""

    def __init__(self, app: ASGIApp, policy: Policy, observe: Observe, dialects: Dialects) -> None:
        self._app = app
        self._policy = policy
        self._observe = observe
        self._dialects = dialects

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        exchange = _Exchange(scope, send, self._policy)
        with acting_as(Actor("anonymous", "system", exchange.request_id)):
            await self._serve(exchange, receive)
            structlog.contextvars.unbind_contextvars("tenant_id")
            seconds = time.perf_counter() - started
            route = scope.get("route")
            template = route.path_format if isinstance(route, APIRoute) else None
            self._observe(exchange.method, template, exchange.status, seconds)
            if exchange.status >= _REFUSED or seconds > _SLOW_SECONDS:
                _log.info(
                    "request answered",
                    method=exchange.method,
                    route=template,
                    status=exchange.status,
                    milliseconds=round(seconds * 1000, 1),
                    code=exchange.code,
                )

    async def _serve(self, exchange: _Exchange, receive: Receive) -> None:
        try:
            if exchange.is_preflight:
                await exchange.answer_preflight()
                return
            _refuse_nul(exchange.scope)
            receive = self._limited(exchange, receive)
            await self._app(exchange.scope, receive, exchange.send)
        except ClientDisconnect:
            exchange.status = CLIENT_CLOSED
        except Exception as error:  # the one place that turns exceptions into answers
            refusal = refusal_of(error, exchange.request_id)
            if isinstance(refusal, InternalError):
                _log.exception("request failed")
            if exchange.is_started:
                raise  # the status line is out; the server can only cut the connection
            await exchange.refuse(refusal, self._dialects.at(exchange.scope["path"]))

    def _limited(self, exchange: _Exchange, receive: Receive) -> Receive:
        """`receive` that refuses a body over the limit, announced or not."""
        if exchange.method in _WITHOUT_BODY:
            return receive
        limit = self._policy.limit_of(exchange.headers.get(b"content-type", b""))
        announced = exchange.headers.get(b"content-length")
        if announced is not None:
            if not announced.isdigit() or int(announced) > limit:
                raise BodyTooLargeError(limit)
            return receive  # the server holds the client to what it announced
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > limit:
                    raise BodyTooLargeError(limit)
            return message

        return counted


class _Exchange:
    """A request and the answer to it."""

    __slots__ = (
        *("_head", "_policy", "_send", "_start", "code", "headers"),
        *("is_started", "method", "origin", "request_id", "scope", "status"),
    )

    def __init__(self, scope: Scope, send: Send, policy: Policy) -> None:
        self.scope = scope
        self.headers = {name: value for name, value in scope["headers"] if name in _WANTED}
        given = self.headers.get(b"x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            self.request_id = given.decode("ascii")
        else:
            self.request_id = str(new_id())
        state = scope.setdefault("state", {})
        state["request_id"] = self.request_id
        peer = scope["client"][0] if scope.get("client") else ""
        forwarded = self.headers.get(b"x-forwarded-for")
        state["client_address"] = policy.address_of(
            peer, None if forwarded is None else forwarded.decode("latin-1")
        )
        self.method: str = scope["method"]
        self._head = self.method == "HEAD"
        if self._head:
            scope["method"] = "GET"  # a route that can be read can be asked about
        self.origin = self.headers.get(b"origin")
        self.status = 0
        self.code: str | None = None
        self.is_started = False
        self._start: Message | None = None
        self._policy = policy
        wants_gzip = b"gzip" in self.headers.get(b"accept-encoding", b"") and not self._head
        self._send: Send = Gzip(send) if wants_gzip else send

    @property
    def is_preflight(self) -> bool:
        """Whether a browser asks if it may send the request it has in mind."""
        return (
            self.method == "OPTIONS"
            and self.origin is not None
            and b"access-control-request-method" in self.headers
        )

    async def answer_preflight(self) -> None:
        """Tell an allowed origin what it may send.

        Raises:
            OriginNotAllowedError: the origin is not on the list.
        """
        origin = self.origin or b""
        if not self._policy.allows(origin):
            raise OriginNotAllowedError(origin.decode("latin-1"))
        headers = [pair for pair in self._policy.preflight(origin) if pair[0] != b"vary"]
        self.origin = None  # what follows would add half of them again
        headers.append((b"vary", b"Origin"))
        await self._respond(204, headers, b"")

    async def refuse(self, refusal: DomainError, dialect: Dialect | None) -> None:
        """Answer with `refusal`: in the envelope, or as the `dialect` of the address has it."""
        self.code = refusal.code
        if dialect is None:
            status, media_type, body = refusal.status, "application/json", _enveloped(refusal)
        else:
            status, media_type = dialect.status_of(type(refusal)), dialect.media_type
            body = _dumped(dialect.refusal(refusal))
        headers = [
            (b"content-type", media_type.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        if dialect is not None:
            headers.append((b"x-error-code", refusal.code.encode()))
        wait = refusal.details.get("retry_after_seconds")
        if isinstance(wait, int | float):
            headers.append((b"retry-after", str(max(1, int(wait))).encode()))
        if isinstance(refusal, MethodNotAllowedError):
            headers.append((b"allow", refusal.allowed.encode()))
        if status == 401:  # noqa: PLR2004 (RFC 9110 asks for a challenge with it)
            headers.append((b"www-authenticate", b"Bearer"))
        await self._respond(status, headers, body)

    async def _respond(self, status: int, headers: Headers, body: bytes) -> None:
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    async def send(self, message: Message) -> None:
        """Pass an answer on, with the headers that every answer carries.

        Its first line waits for the first piece of the body: until then a stream that fails can
        still be answered as a failure.
        """
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            self.is_started = True
            await self._send(self._completed(start))
        await self._send({**message, "body": b""} if self._head else message)

    def _completed(self, message: Message) -> Message:
        self.status = message["status"]
        headers = [*message["headers"], *self._policy.headers]
        if self.scope["path"].startswith(API) or self.status >= _REFUSED:
            present = {name for name, _ in message["headers"]}
            headers += [p for p in self._policy.headers_unless_set if p[0] not in present]
        headers.append((b"x-request-id", self.request_id.encode()))
        if self.origin is not None:
            headers += self._policy.cross_origin(self.origin)
        return {**message, "headers": headers}


def _refuse_nul(scope: Scope) -> None:
    if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
        raise InvalidCharacterError


def _enveloped(refusal: DomainError) -> bytes:
    error: dict[str, Any] = {
        "code": refusal.code,
        "message": refusal.message,
        "details": refusal.details,
    }
    return _dumped({"error": error})


def _dumped(value: object) -> bytes:
    try:
        return dump_json(value)
    except (orjson.JSONEncodeError, TypeError):
        # A refusal may carry anything in its details; it must not turn into a failure for that.
        return json.dumps(value, default=str).encode()
