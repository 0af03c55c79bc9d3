"""What a file is, told from its bytes and not from what somebody says about it. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

HEAD_BYTES = 512
"""How much of the beginning is looked at to tell a binary type."""

_SIGNATURES: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("application/pdf", lambda head: head.startswith(b"%PDF-")),
    ("image/png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ("image/gif", lambda head: head.startswith((b"GIF87a", b"GIF89a"))),
    ("image/webp", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
    ("application/zip", lambda head: head.startswith((b"PK\x03\x04", b"PK\x05\x06"))),
    ("application/gzip", lambda head: head.startswith(b"\x1f\x8b\x08")),
)

_OFFICE = "application/vnd.openxmlformats-officedocument."
_IN_ZIP = frozenset(
    {
        _OFFICE + "spreadsheetml.sheet",
        _OFFICE + "wordprocessingml.document",
        _OFFICE + "presentationml.presentation",
    }
)
TEXT_TYPES = frozenset({"text/plain", "text/csv", "application/json", "text/xml"})
"""Types without a signature: any UTF-8 text may be one of them."""

KNOWN_TYPES = frozenset({name for name, _ in _SIGNATURES}) | _IN_ZIP | TEXT_TYPES
"""Every type that can be checked; others are refused. HTML and SVG are not among them: they run."""

# A browser that ignores the declared type would run these.
_ACTIVE = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed)\b", re.IGNORECASE
)


def detected_type(head: bytes) -> str | None:
    """The binary type whose signature `head` (the first `HEAD_BYTES`) bears; None for text."""
    return next((name for name, matches in _SIGNATURES if matches(head)), None)


def bare_type(declared: str) -> str:
    """`text/csv` for `Text/CSV; charset=utf-8`."""
    return declared.partition(";")[0].strip().lower()


@dataclass
class TypeCheck:
    """Follows a file's bytes and says whether they are of the declared type.

    Binary types are told by their signature. A text must be UTF-8 throughout (a byte order mark is
    allowed), without control characters that no text has, and its beginning must not be HTML or
    SVG. Nothing at all is of no type.
    """

    declared: str

    def __post_init__(self) -> None:
        self.declared = bare_type(self.declared)
        self._head = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = self.declared in TEXT_TYPES
        self._broken = self.declared not in KNOWN_TYPES

    def feed(self, chunk: bytes) -> bool:
        """Look at the next bytes; False as soon as they cannot be what was declared."""
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
        if self._text and not self._broken:
            self._broken = not self._is_text(chunk)
        return not self._broken

    def end(self) -> bool:
        """Whether the whole was what was declared."""
        if self._broken or not self._head:
            return False
        found = detected_type(self._head)
        if self._text:
            return (
                found is None and not _ACTIVE.search(self._head) and self._is_text(b"", final=True)
            )
        return found == ("application/zip" if self.declared in _IN_ZIP else self.declared)

    def _is_text(self, chunk: bytes, *, final: bool = False) -> bool:
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            return False
        return "\0" not in text and "\x1b" not in text
