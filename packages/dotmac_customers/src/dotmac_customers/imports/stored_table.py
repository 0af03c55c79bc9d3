"""The form in which the rows of a file are kept: CSV in UTF-8, deflated.

Whatever the file was, a job that goes on after a crash finds the same rows under the same numbers,
without reading a workbook again. Deflated, it is nothing that a browser could take for a page.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from dotmac_customers.imports.table_file import TableRow

MEDIA_TYPE = "application/gzip"
_LEVEL = 1  # quick; names and addresses shrink to a third all the same


def write_stored(rows: Iterable[TableRow], target: BinaryIO) -> int:
    """Write the rows, each with its number before it; how many there were."""
    count = 0
    with (
        gzip.GzipFile(fileobj=target, mode="wb", compresslevel=_LEVEL, mtime=0) as packed,
        io.TextIOWrapper(packed, "utf-8", newline="") as text,
    ):
        writer = csv.writer(text)
        for row in rows:
            writer.writerow((row.number, *row.cells))
            count += 1
    return count


def read_stored(source: BinaryIO) -> Iterator[TableRow]:
    """The rows as they were written."""
    with (
        gzip.GzipFile(fileobj=source, mode="rb") as packed,
        io.TextIOWrapper(packed, "utf-8", newline="") as text,
    ):
        for number, *cells in csv.reader(text):
            yield TableRow(int(number), tuple(cells))
