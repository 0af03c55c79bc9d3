"""What an upload is, told from all of its bytes: one thing, and nothing else beside it.

A polyglot is a file that two programs take for two things: an image for whoever checks it, a script
or an archive for whoever opens it. So a type counts only when the whole file has its structure,
from the first byte to the last, and nothing in it says that another program should run.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from dotmac_core_ops.files import HEAD_BYTES, detected_type
from dotmac_customers.documents.errors import DocumentTypeError
from dotmac_customers.documents.image_structure import is_whole_image

PDF = "application/pdf"
TEXT = "text/plain"
ZIP = "application/zip"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = _OFFICE + "wordprocessingml.document"
XLSX = _OFFICE + "spreadsheetml.sheet"
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

ACCEPTABLE = IMAGES | {PDF, TEXT, DOCX, XLSX}
"""What a tenant may choose from. HTML, SVG and bare archives are never among them."""

MOST_INFLATED_BYTES = 200 * 1024 * 1024
"""An office document that grows beyond this when it is opened is taken for a bomb."""

_MOST_MEMBERS = 5000
_MOST_GROWTH = 200  # times its size in the file; office XML grows about tenfold
_CHUNK = 1024 * 1024
_OVERLAP = 64
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 65_557  # the end record and the longest comment behind it
_HEAD_OF_TEXT = 4096
_ACTIVE = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|meta|\?php)\b"
    rb"|javascript:",
    re.IGNORECASE,
)
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
# Names in a PDF that make a reader run or start something (ISO 32000-1, 12.6.4).
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|RichMedia)(?![A-Za-z])")


def content_type(source: BinaryIO) -> str:
    """The type that all of `source` proves to be; afterwards it stands at its beginning again.

    Raises:
        DocumentTypeError: it is nothing that is known here, or is something else as well.
    """
    source.seek(0)
    head = source.read(max(HEAD_BYTES, _HEAD_OF_TEXT))
    found = detected_type(head[:HEAD_BYTES])
    kind = _of_archive(source) if found == ZIP else found or TEXT
    reason = _fault(source, kind, head)
    if reason is not None:
        raise DocumentTypeError(kind, reason)
    source.seek(0)
    return kind


def _fault(source: BinaryIO, kind: str, head: bytes) -> str | None:
    """Why `source` is not simply a `kind`; None if it is."""
    if not head:
        return "It is empty."
    if kind not in ACCEPTABLE:
        return "Files of this type are not accepted."
    if _ACTIVE.search(head if kind == TEXT else head[:1024]):
        return "It begins like a web page or a script."
    if kind not in {DOCX, XLSX} and _ends_like_archive(source):
        return "There is an archive in it."
    return _fault_within(source, kind)


def _fault_within(source: BinaryIO, kind: str) -> str | None:
    if kind in IMAGES:
        if not is_whole_image(kind, source):
            return "The image is damaged, or something else hangs on it."
        if _any(source, _ACTIVE):
            return "There is a script in the image."
    if kind == PDF and _any(source, _PDF_ACTIVE, unescape=True):
        return "The document would run a program when it is opened."
    return None


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    """Overlapping pieces, so that no mark is cut in two."""
    source.seek(0)
    held = b""
    while chunk := source.read(_CHUNK):
        yield held + chunk
        held = chunk[-_OVERLAP:]


def _any(source: BinaryIO, mark: re.Pattern[bytes], *, unescape: bool = False) -> bool:
    for chunk in _chunks(source):
        text = _ESCAPED.sub(lambda m: bytes((int(m[1], 16),)), chunk) if unescape else chunk
        if mark.search(text):
            return True
    return False


def _ends_like_archive(source: BinaryIO) -> bool:
    size = source.seek(0, 2)
    source.seek(max(0, size - _ZIP_TAIL))
    return _ZIP_END in source.read()


def _of_archive(source: BinaryIO) -> str:
    """Which office document an archive is; `application/zip` when it is none."""
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DocumentTypeError(ZIP, "The archive is damaged.") from error
    if members and min(member.header_offset for member in members) != 0:
        raise DocumentTypeError(ZIP, "Something stands before the archive.")
    inflated = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > _MOST_MEMBERS or inflated > min(
        MOST_INFLATED_BYTES, _CHUNK + packed * _MOST_GROWTH
    ):
        raise DocumentTypeError(ZIP, "It would grow too large when it is opened.")
    names = {member.filename for member in members}
    if any("vbaproject" in name.lower() for name in names):
        raise DocumentTypeError(ZIP, "There are macros in it.")
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return DOCX
        if "xl/workbook.xml" in names:
            return XLSX
    return ZIP
