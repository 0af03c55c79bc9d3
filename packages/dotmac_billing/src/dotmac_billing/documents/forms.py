"""The forms a document can be had in."""

from __future__ import annotations

from enum import Enum


class Form(Enum):
    """`pdf` is drawn by ReportLab, `html_pdf` from HTML; `facturx` is a PDF with its CII in it."""

    PDF = "pdf"
    HTML = "html"
    HTML_PDF = "html_pdf"
    UBL = "ubl"
    CII = "cii"
    FACTURX = "facturx"

    @property
    def media_type(self) -> str:
        """The type of its bytes."""
        if self in {Form.UBL, Form.CII}:
            return "application/xml"
        return "text/html; charset=utf-8" if self is Form.HTML else "application/pdf"

    @property
    def extension(self) -> str:
        """What its file's name ends with, without a dot."""
        if self in {Form.UBL, Form.CII}:
            return "xml"
        return "html" if self is Form.HTML else "pdf"

    @property
    def is_frozen(self) -> bool:
        """Whether it says what was true when it was issued, and not what has been paid since."""
        return self in {Form.UBL, Form.CII, Form.FACTURX}
