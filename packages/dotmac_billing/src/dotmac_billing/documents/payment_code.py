"""The QR code by which a banking app fills in a credit transfer (EPC069-12, version 002)."""

from __future__ import annotations

from decimal import Decimal

from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

from dotmac_billing.documents.document import Document

_LEAST, _MOST = Decimal("0.01"), Decimal("999999999.99")


def payment_text(document: Document) -> str | None:
    """What the code says; None when nothing can be paid by a SEPA transfer.

    That is when the document gives money back, is paid, is not in euro, or names no IBAN.
    """
    means = document.means
    if means is None or means.iban is None or document.currency != "EUR":
        return None
    if document.kind.gives_back or not _LEAST <= document.due <= _MOST:
        return None
    name = (means.account_name or document.seller.name)[:70]
    reference = (means.reference or document.number)[:140]
    iban = means.iban.replace(" ", "")
    amount = f"EUR{document.due:.2f}"
    return "\n".join(
        ("BCD", "002", "1", "SCT", means.bic or "", name, iban, amount, "", "", reference)
    )


def code_squares(text: str) -> list[list[bool]]:
    """The QR code of `text` in UTF-8 at error level M, row by row from the top; True is dark."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text))
    code.make()
    size = code.getModuleCount()
    return [[bool(code.isDark(row, column)) for column in range(size)] for row in range(size)]
