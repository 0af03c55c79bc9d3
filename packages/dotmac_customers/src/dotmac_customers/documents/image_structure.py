"""Whether a file is an image from its first byte to its last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO

_PNG_HEAD = 8
_GIF_TABLE_FOLLOWS = 0x80
_RESTARTS = range(0xD0, 0xD8)  # markers RST0 to RST7, which stand inside compressed data
_JPEG_ALONE = frozenset({0x01, *_RESTARTS})
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_COMMENT = b"/*"


def is_whole_image(media_type: str, source: BinaryIO) -> bool:
    """Whether the parts of the image follow on each other up to the end, with nothing behind."""
    size = source.seek(0, 2)
    source.seek(0)
    return _WALKS[media_type](source) == size


def _png(source: BinaryIO) -> int:
    """Where the image ends; -1 if it does not. Source: PNG (Third Edition), 5.3."""
    source.seek(_PNG_HEAD)
    while len(head := source.read(8)) == 8:  # noqa: PLR2004 - a length and a type
        length = int.from_bytes(head[:4], "big")
        end = source.tell() + length + 4
        source.seek(end)
        if head[4:] == b"IEND":
            return end
    return -1


def _webp(source: BinaryIO) -> int:
    source.seek(4)
    length = int.from_bytes(source.read(4), "little")
    return 8 + length + length % 2


def _gif(source: BinaryIO) -> int:
    """Where the image ends. Source: GIF89a, grammar in appendix B."""
    head = source.read(13)
    # A width that reads `/*` begins a comment of JavaScript: `GIF89a/*…*/=1;alert(1)`.
    if len(head) < 13 or head[6:8] == _COMMENT:  # noqa: PLR2004 - header and screen
        return -1
    _skip_table(source, head[10])
    while block := source.read(1):
        if block == b";":
            return source.tell()
        if block == b"!":
            source.read(1)
        elif block == b",":
            place = source.read(9)
            if len(place) < 9:  # noqa: PLR2004 - position, size and flags
                return -1
            _skip_table(source, place[8])
            source.read(1)  # the size of a code
        else:
            return -1
        while length := source.read(1):
            if length == b"\0":
                break
            source.seek(length[0], 1)
    return -1


def _skip_table(source: BinaryIO, flags: int) -> None:
    if flags & _GIF_TABLE_FOLLOWS:
        source.seek(3 << ((flags & 7) + 1), 1)


def _jpeg(source: BinaryIO) -> int:
    """Where the image ends. Source: ITU-T T.81, annex B."""
    source.seek(2)
    while source.read(1) == b"\xff":
        marker = source.read(1)
        while marker == b"\xff":
            marker = source.read(1)
        if not marker:
            return -1
        code = marker[0]
        if code == _JPEG_END:
            return source.tell()
        if code in _JPEG_ALONE:
            continue
        raw = source.read(2)
        # A segment whose length reads `/*` begins a comment of JavaScript.
        if len(raw) < 2 or raw == _COMMENT:  # noqa: PLR2004 - a length
            return -1
        source.seek(int.from_bytes(raw, "big") - 2, 1)
        if code == _JPEG_SCAN:
            _skip_scan(source)
    return -1


def _skip_scan(source: BinaryIO) -> None:
    """Go to the next marker behind compressed data, in which `FF 00` stands for `FF`."""
    while chunk := source.read(65_536):
        at = chunk.find(b"\xff")
        while at != -1:
            following = chunk[at + 1 : at + 2] or source.read(1)
            is_data = following == b"\0" or (following and following[0] in _RESTARTS)
            if not is_data:
                behind = len(chunk) - at if at + 1 < len(chunk) else 1 + len(following)
                source.seek(-behind, 1)
                return
            at = chunk.find(b"\xff", at + 1)


_WALKS: Mapping[str, Callable[[BinaryIO], int]] = MappingProxyType(
    {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
)
