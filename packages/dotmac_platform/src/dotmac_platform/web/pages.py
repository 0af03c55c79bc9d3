"""The web app at `/`: files that were built, held in memory, compressed beforehand.

An address that is no file belongs to the app itself, which shows what is there: it is answered with
`index.html`. Nothing is looked up on the disk while serving, so no path leads out of the folder.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath

from starlette.types import Receive, Scope, Send

BUILT = Path(str(files("dotmac_platform"))) / "web" / "built"
"""Where `make web` puts the app; empty in a checkout where it never ran."""

_INDEX = "/index.html"
_COMPRESSED = {".br": b"br", ".gz": b"gzip"}  # the better one first
_FOR_GOOD = b"public, max-age=31536000, immutable"
_ASK_EACH_TIME = b"no-cache"

_POLICY = (
    # Styles in elements: dialogs lock the page behind them, and messages slide, by such styles.
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    b"img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; frame-src blob:; "
    b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SECURITY = [
    (b"content-security-policy", _POLICY),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"cross-origin-resource-policy", b"same-origin"),
]

_NOT_BUILT = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>DotMac</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { display: grid; place-content: center; min-height: 90vh; margin: 0 1.5rem }
  main { max-width: 30rem }
  pre { padding: .75rem 1rem; border-radius: .5rem; background: rgb(128 128 128 / .15) }
</style>
<main>
  <h1>DotMac is running</h1>
  <p>The web app has not been built here yet. With Node 20 or newer installed:</p>
  <pre>make web</pre>
  <p>Then start again. The API needs no app: it is described at <a href="/docs">/docs</a>.</p>
</main>
</html>
"""


@dataclass(frozen=True)
class _File:
    """A file in the forms in which it can be sent, by their names in `Content-Encoding`."""

    content: bytes
    compressed: Mapping[bytes, bytes]
    media_type: bytes
    etag: bytes
    is_hashed: bool

    @classmethod
    def read(cls, path: Path, name: str) -> _File:
        content = path.read_bytes()
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if media_type.startswith("text/") or media_type == "application/javascript":
            media_type = f"{media_type}; charset=utf-8"
        return cls(
            content=content,
            compressed={
                coding: beside.read_bytes()
                for suffix, coding in _COMPRESSED.items()
                if (beside := path.with_name(path.name + suffix)).exists()
            },
            media_type=media_type.encode(),
            etag=b'"%s"' % hashlib.sha256(content).hexdigest()[:32].encode(),
            is_hashed=name.startswith("/assets/"),  # Vite puts a hash of the content into the name
        )

    def sent_as(self, accepted: bytes) -> tuple[bytes | None, bytes]:
        """The coding that a client which accepts `accepted` likes best, and the content in it."""
        for coding, content in self.compressed.items():
            if coding in accepted:
                return coding, content
        return None, self.content


class Pages:
    """An ASGI application: the files of `folder`, and `index.html` for every page of the app."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._files = dict(_found(folder))
        self._missing = _File(_NOT_BUILT, {}, b"text/html; charset=utf-8", b'"not-built"', False)

    def has(self, path: str, accept: bytes) -> bool:
        """Whether `path` is answered: a file, or for a browser that looks for a page any address.

        `accept` is the request's header of that name.
        """
        if path in self._files or path == "/":
            return True
        return b"text/html" in accept and not PurePosixPath(path).suffix and bool(self._files)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET of a path that `has` knows."""
        del receive  # a GET has no body
        headers = dict(scope["headers"])
        file = self._files.get(scope["path"]) or self._files.get(_INDEX, self._missing)
        if headers.get(b"if-none-match") == file.etag:
            await _respond(send, 304, [(b"etag", file.etag)], b"")
            return
        coding, content = file.sent_as(headers.get(b"accept-encoding", b""))
        answered = [
            (b"content-type", file.media_type),
            (b"content-length", str(len(content)).encode()),
            (b"etag", file.etag),
            (b"cache-control", _FOR_GOOD if file.is_hashed else _ASK_EACH_TIME),
            (b"vary", b"Accept-Encoding"),
            *_SECURITY,
        ]
        if coding is not None:
            answered.append((b"content-encoding", coding))
        await _respond(send, 200, answered, content)


def _found(folder: Path) -> Iterator[tuple[str, _File]]:
    """The files below `folder` by the paths they are asked for."""
    for path in sorted(folder.rglob("*")):
        name = "/" + path.relative_to(folder).as_posix()
        if path.is_file() and path.suffix not in _COMPRESSED and not name.startswith("/."):
            yield name, _File.read(path, name)


async def _respond(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
