from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_core_ops.files.media_types import TypeCheck, bare_type

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "hello")
    return out.getvalue()


SAMPLES = {
    "application/pdf": b"%PDF-1.7\n...",
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "image/gif": b"GIF89a....",
    "image/webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "application/zip": a_zip(),
    XLSX: a_zip(),
    "application/gzip": b"\x1f\x8b\x08\0....",
    "text/csv": "number,name\n1,Zoë\n".encode(),
    "text/plain": b"\xef\xbb\xbfwith a byte order mark",
    "application/json": b'{"a": 1}',
}


def accepted(declared: str, content: bytes, chunk: int = 7) -> bool:
    check = TypeCheck(declared)
    fed = [check.feed(content[at : at + chunk]) for at in range(0, len(content), chunk)]
    return all(fed) and check.end()


@pytest.mark.parametrize("declared", SAMPLES)
def test_a_file_of_its_declared_type_is_accepted(declared: str) -> None:
    assert accepted(declared, SAMPLES[declared])
    assert accepted(declared.upper() + "; charset=utf-8", SAMPLES[declared])


TELLABLE = ["application/pdf", "image/png", "image/jpeg", "application/zip", "text/csv"]


@pytest.mark.parametrize("declared", TELLABLE)
@pytest.mark.parametrize("real", TELLABLE)
def test_a_file_of_another_type_is_refused(declared: str, real: str) -> None:
    assert accepted(declared, SAMPLES[real]) == (declared == real)


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        ("text/html", b"<html></html>"),  # would run in a browser
        ("image/svg+xml", b"<svg/>"),
        ("application/x-msdownload", b"MZ"),
        ("", b"text"),
        ("text/csv", b""),
        ("text/csv", b"a,b\n\xe4,\xf6\n"),  # Latin-1
        ("text/csv", b"a,b\n1,\0\n"),
        ("text/plain", "half a character: ä".encode()[:-1]),
        ("text/plain", b"  <!DOCTYPE html><script>alert(1)</script>"),
        ("text/csv", b"a,<SVG onload=alert(1)>"),
        ("text/plain", b"\x1b[2J"),  # orders to a terminal
        ("image/png", b"\x89PN"),
        ("application/pdf", b"MZ%PDF-1.7"),
    ],
)
def test_a_file_that_could_do_harm_or_is_broken_is_refused(declared: str, content: bytes) -> None:
    assert not accepted(declared, content)


@given(st.text(min_size=1), st.integers(1, 9))
def test_where_a_text_is_cut_into_chunks_makes_no_difference(text: str, chunk: int) -> None:
    content = text.encode()

    assert accepted("text/plain", content, chunk) == accepted("text/plain", content, 10_000)


@given(st.binary(), st.sampled_from(sorted(SAMPLES)))
def test_no_content_makes_the_check_fail(content: bytes, declared: str) -> None:
    assert accepted(declared, content) in {True, False}


def test_the_type_is_told_without_its_parameters() -> None:
    assert bare_type(" Text/CSV ; charset=utf-8") == "text/csv"
