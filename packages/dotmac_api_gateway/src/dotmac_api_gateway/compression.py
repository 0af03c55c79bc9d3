"""Gzip for large answers."""

from __future__ import annotations

import asyncio
import zlib

from starlette.types import Message, Send

# Below this the work costs more than the bytes it saves: it all fits into a few packets anyway.
SMALLEST = 4_096
_LEVEL = 4
_GZIP = 31  # zlib's code for a gzip header with the largest window
_THREAD_FROM = 262_144
_TEXT = (b"application/json", b"text/", b"application/javascript", b"image/svg")


class Gzip:
    """A `send` that compresses text of at least `SMALLEST` bytes; streams are always compressed."""

    __slots__ = ("_compressor", "_send", "_start")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._compressor: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        """Pass `message` on, compressed where that is worth it."""
        if message["type"] == "http.response.start":
            if _is_text(message):
                self._start = message  # its headers depend on the first piece of the body
            else:
                await self._send(message)
            return
        if self._start is not None:
            start, self._start = self._start, None
            if message.get("more_body") or len(message.get("body", b"")) >= SMALLEST:
                self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
                if not message.get("more_body"):
                    await self._whole(start, message["body"])
                    return
                start = _with_headers(start, None)
            await self._send(start)
        if self._compressor is None:
            await self._send(message)
            return
        await self._piece(self._compressor, message)

    async def _whole(self, start: Message, body: bytes) -> None:
        assert self._compressor is not None
        if len(body) >= _THREAD_FROM:
            packed = await asyncio.to_thread(_pack, self._compressor, body)
        else:
            packed = _pack(self._compressor, body)
        await self._send(_with_headers(start, len(packed)))
        await self._send({"type": "http.response.body", "body": packed})

    async def _piece(self, compressor: zlib._Compress, message: Message) -> None:
        body = compressor.compress(message.get("body", b""))
        more = bool(message.get("more_body"))
        if not more:
            body += compressor.flush()
        if body or not more:
            await self._send({"type": "http.response.body", "body": body, "more_body": more})


def _pack(compressor: zlib._Compress, body: bytes) -> bytes:
    return compressor.compress(body) + compressor.flush()


def _is_text(start: Message) -> bool:
    headers = dict(start["headers"])
    media_type = headers.get(b"content-type", b"")
    return (
        media_type.startswith(_TEXT) or b"+json" in media_type
    ) and b"content-encoding" not in headers


def _with_headers(start: Message, length: int | None) -> Message:
    headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
    headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {**start, "headers": headers}
