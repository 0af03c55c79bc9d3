"""The forms a document can be had in."""

from __future__ import annotations

from enum import Enum


class Form(Enum):
    """`pdf` is drawn by ReportLab, `html_pdf` from HTML; `facturx` is a PDF with its CII in it.

    `peppol` is UBL in the profile of the network, Peppol BIS Billing 3.0.
    """

    PDF = "pdf"
    HTML = "html"
    HTML_PDF = "html_pdf"
    UBL = "ubl"
    CII = "cii"
    PEPPOL = "peppol"
    FACTURX = "facturx"

    @property
    def media_type(self) -> str:
        """The type of its bytes."""
        if self in _XML:
            return "application/xml"
        return "text/html; charset=utf-8" if self is Form.HTML else "application/pdf"

    @property
    def extension(self) -> str:
        """What its file's name ends with, without a dot."""
        if self in _XML:
            return "xml"
        return "html" if self is Form.HTML else "pdf"

    @property
    def is_kept(self) -> bool:
        """Whether it is drawn once and kept: what takes long to draw."""
        return self in {Form.PDF, Form.HTML_PDF, Form.FACTURX}

    @property
    def is_frozen(self) -> bool:
        """Whether it says what was true when it was issued, and not what has been paid since."""
        return self in {*_XML, Form.FACTURX}


_XML = frozenset({Form.UBL, Form.CII, Form.PEPPOL})
