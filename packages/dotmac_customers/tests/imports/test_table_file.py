"""Files as people and attackers write them, read as rows of texts."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest

from dotmac_core_ops.errors import DomainError
from dotmac_customers.documents.errors import DocumentTypeError
from dotmac_customers.imports import csv_table, table_file
from dotmac_customers.imports.errors import UnreadableTableError
from dotmac_customers.imports.stored_table import read_stored, write_stored
from dotmac_customers.imports.table_file import TableRow, read_table

from .samples import table, workbook

HEADER = ("number", "name")


def read(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    found = read_table(io.BytesIO(content))
    return [(1, found.header), *((row.number, row.cells) for row in found.rows)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_encoding_and_delimiter_is_told_from_the_file(
    encoding: str, delimiter: str
) -> None:
    content = table(HEADER, ("007", "Åsa; Café, | Ltd"), delimiter=delimiter, encoding=encoding)

    assert read(content) == [(1, HEADER), (2, ("007", "Åsa; Café, | Ltd"))]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(b"sep=;\r\na;b\r\n1;2\r\n", [(1, ("a", "b")), (2, ("1", "2"))], id="sep="),
        pytest.param(
            b'"a,1";b\n1;2\n', [(1, ("a,1", "b")), (2, ("1", "2"))], id="comma in a heading"
        ),
        pytest.param(
            b'a,b\n"1\n2",x\n\n,,\n3,y\n',
            [(1, ("a", "b")), (2, ("1\n2", "x")), (5, ("3", "y"))],
            id="line break in quotes, empty rows",
        ),
        pytest.param(b"a,b,,\n1\n", [(1, ("a", "b")), (2, ("1", ""))], id="short row"),
        pytest.param(
            b"a,b\n1,2,3\n", [(1, ("a", "b")), (2, ("1", "2", "3"))], id="long row, to be refused"
        ),
        pytest.param(
            b"a\n'=1+1\n'Tis\n", [(1, ("a",)), (2, ("=1+1",)), (3, ("'Tis",))], id="apostrophes"
        ),
    ],
)
def test_rows_are_numbered_as_a_spreadsheet_counts_them(
    content: bytes, rows: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert read(content) == rows


def test_a_workbook_says_what_the_person_saw() -> None:
    content = workbook(
        ("zip", "phone", "share", "on", "at", "yes", "text"),
        (1234, 46701740605.0, 0.25, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), True, "0012"),  # noqa: DTZ001 - sheets know no zone
        (None, None, None),
        ("x",),
        formats={"A2": "00000"},
    )

    assert read(content)[1:] == [
        (2, ("01234", "46701740605", "0.25", "2026-01-02", "2026-01-02T03:04:00", "true", "0012")),
        (4, ("x", "", "", "", "", "", "")),
    ]


def test_rows_are_kept_as_they_are() -> None:
    rows = [TableRow(2, ('a "quoted"\r\nline', "é;,")), TableRow(7, ("", "x", "one too many"))]
    kept = io.BytesIO()

    assert write_stored(iter(rows), kept) == 2
    assert list(read_stored(io.BytesIO(kept.getvalue()))) == rows


def replaced(content: bytes, sheet: bytes) -> bytes:
    """A workbook whose sheet is another one."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return packed.getvalue()


BOOK = workbook(HEADER, ("1", "Ann"))
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = b"<worksheet " + NAMESPACE + b"><sheetData>%s</sheetData></worksheet>"
CELL = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
WIDE = b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>'
ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:/etc/passwd">]>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        pytest.param(b"", DocumentTypeError, id="nothing"),
        pytest.param(b"<html><script>alert(1)</script>", DocumentTypeError, id="page"),
        pytest.param(b"name\nAnn\n" + BOOK, DocumentTypeError, id="archive behind a table"),
        pytest.param(b"x" + BOOK, DocumentTypeError, id="something before an archive"),
        pytest.param(replaced(BOOK, bytes(20_000_000)), DocumentTypeError, id="bomb"),
        pytest.param(BOOK[:-200], DocumentTypeError, id="cut short"),
        pytest.param(
            replaced(BOOK, ENTITY + SHEET % CELL), UnreadableTableError, id="outside entity"
        ),
        pytest.param(replaced(BOOK, LAUGHS + SHEET % b"&b;"), UnreadableTableError, id="laughs"),
        pytest.param(
            replaced(BOOK, SHEET % (CELL + b'<row r="99999999999"/>')),
            UnreadableTableError,
            id="row without end",
        ),
        pytest.param(
            replaced(BOOK, SHEET % (CELL + b"".join(WIDE % (n, n) for n in range(2, 700)))),
            UnreadableTableError,
            id="wide beyond measure",
        ),
        pytest.param(replaced(BOOK, b"<worksheet"), UnreadableTableError, id="no XML"),
        pytest.param(b"%PDF-1.7\n%%EOF\n", UnreadableTableError, id="PDF"),
        pytest.param(b"name\n\x81\x8d\n", UnreadableTableError, id="no encoding"),
        pytest.param(b'name\n"a"b\n', UnreadableTableError, id="quotes that do not fit"),
        pytest.param(b'name\n"' + b"a\n" * 70_000, UnreadableTableError, id="quote without end"),
        pytest.param(b"name,,x\n1,2,3\n", UnreadableTableError, id="column without a name"),
        pytest.param(b"name,name\n1,2\n", UnreadableTableError, id="name twice"),
        pytest.param(b"\n\n", UnreadableTableError, id="no header"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        read(content)


def test_a_file_with_more_rows_than_are_taken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_file, "MOST_ROWS", 2)

    assert len(read(b"a\n1\n2\n")) == 3
    with pytest.raises(UnreadableTableError):
        read(b"a\n1\n2\n3\n")


def test_half_a_character_at_the_end_is_no_utf_8() -> None:
    assert csv_table.encoding_of(io.BytesIO("é".encode() + b"\xc3")) == "cp1252"


def test_who_stops_reading_may_close_the_file() -> None:
    source = io.BytesIO(b"number,name\n1,Ann\n2,Bo\n")
    rows = csv_table.csv_rows(source)
    next(rows)

    source.close()
    rows.close()
