"""What an upload is, told from its bytes."""

from __future__ import annotations

import io

import pytest

from dotmac_customers.documents.errors import DocumentTypeError
from dotmac_customers.documents.inspection import DOCX, PDF, content_type

from .samples import PDF as A_PDF
from .samples import archive, docx, image

GIF, PNG, JPEG, WEBP = (image(form) for form in ("GIF", "PNG", "JPEG", "WEBP"))
A_ZIP = archive({"evil.txt": b"x"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (A_PDF, PDF),
        (GIF, "image/gif"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (image("JPEG", (900, 700)), "image/jpeg"),
        (WEBP, "image/webp"),
        (b"Dear Sir or Madam, 1 < 2.\n", "text/plain"),
        (docx(), DOCX),
    ],
)
def test_honest_files_are_what_they_are(content: bytes, expected: str) -> None:
    assert content_type(io.BytesIO(content)) == expected


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<!DOCTYPE html><p>hello", id="html"),
        pytest.param(b"  \n<?xml version='1.0'?><!-- a --><svg onload='x()'/>", id="svg"),
        pytest.param(b"%PDF-1.4\n<html><script>alert(1)</script>", id="pdf with a head of html"),
        pytest.param(A_PDF + b"<< /S /JavaScript /JS (app.alert(1)) >>", id="pdf with script"),
        pytest.param(A_PDF + b"<< /S /J#61vaScript >>", id="pdf with an escaped script"),
        pytest.param(A_PDF + b"<< /S /Launch /F (cmd.exe) >>", id="pdf that launches"),
        pytest.param(A_PDF + A_ZIP, id="zip in pdf"),
        pytest.param(b"GIF89a/*" + GIF[8:] + b"*/=1;alert(1);", id="gif and script"),
        pytest.param(b"GIF89a=1;alert(1);//" + bytes(20) + b";", id="script that begins as gif"),
        pytest.param(GIF + b"<script>alert(1)</script>", id="script behind a gif"),
        pytest.param(PNG + A_ZIP, id="zip behind a png"),
        pytest.param(PNG[:-4], id="png that ends too early"),
        pytest.param(JPEG[:4] + b"/*" + JPEG[6:], id="jpeg and script"),
        pytest.param(JPEG + b"PK\x05\x06" + bytes(18), id="zip behind a jpeg"),
        pytest.param(WEBP + b"<?php system('id');", id="php behind a webp"),
        pytest.param(A_ZIP, id="bare archive"),
        pytest.param(A_PDF[:5] + b"x" + docx(), id="archive with something before it"),
        pytest.param(docx(**{"word/vbaProject.bin": b"x"}), id="macros"),
        pytest.param(docx(**{"word/media.xml": bytes(300_000_000)}), id="zip bomb"),
    ],
)
def test_what_is_something_else_as_well_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentTypeError):
        content_type(io.BytesIO(content))
