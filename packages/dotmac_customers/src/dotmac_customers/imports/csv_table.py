"""A CSV file as rows of texts, whatever its encoding and its delimiter. Source: RFC 4180."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Generator
from typing import BinaryIO

from dotmac_customers.imports.errors import UnreadableTableError

_DELIMITERS = (",", ";", "\t", "|")
_CHUNK_BYTES = 256 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAYS_DELIMITER = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


def encoding_of(source: BinaryIO) -> str:
    """What the bytes are: as a mark at the beginning says, else UTF-8 if they can be, else cp1252.

    Spreadsheets of western Windows write cp1252, which hardly ever happens to be UTF-8 as well.
    """
    source.seek(0)
    head = source.read(4)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    source.seek(0)
    try:
        while chunk := source.read(_CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def csv_rows(source: BinaryIO) -> Generator[tuple[int, list[str]], None, None]:
    """Every row with its number as a spreadsheet counts it, the header being 1.

    Raises:
        UnreadableTableError: while reading: quotes that do not fit, or bytes of no known encoding.
    """
    encoding = encoding_of(source)
    source.seek(0)
    text = io.TextIOWrapper(source, encoding, newline="")
    number = 0
    try:
        delimiter = _delimiter(text)
        for number, row in enumerate(csv.reader(text, delimiter=delimiter, strict=True), 1):
            yield number, row
    except csv.Error as error:
        raise UnreadableTableError(f"row {number + 1}: {error}") from error
    except UnicodeDecodeError as error:
        raise UnreadableTableError(
            f"after row {number} there are bytes that are neither UTF-8 nor Windows-1252"
        ) from error
    finally:
        # It would close the source with itself; who stopped reading has closed that already.
        if not source.closed:
            text.detach()


def _delimiter(text: io.TextIOWrapper) -> str:
    """The one that makes most columns of the first line; the text goes on where the table begins.

    A first line `sep=;`, which some spreadsheets write, says so itself.
    """
    start = text.tell()
    first = text.readline(_CHUNK_BYTES)
    if said := _SAYS_DELIMITER.fullmatch(first):
        return said[1]
    text.seek(start)
    # Cells of the header in quotes may hold any of them.
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count)
