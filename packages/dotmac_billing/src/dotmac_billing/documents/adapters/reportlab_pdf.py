"""Pages drawn as a PDF by ReportLab: every letter embedded, the same bytes for the same pages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from io import BytesIO

from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from dotmac_billing.documents.adapters.typefaces import embeddable
from dotmac_billing.documents.page import Box, Code, Ink, Logo, Page, Rule, Words
from dotmac_billing.documents.typesetting import LATIN

_serial = itertools.count()

_Key = tuple[str, bool]


def draw(
    pages: Sequence[Page],
    *,
    title: str,
    author: str,
    language: str,
    issued_on: date,
    logo: bytes | None = None,
) -> bytes:
    """The pages as a PDF dated `issued_on`; `logo` is drawn where a page leaves room for it."""
    out = BytesIO()
    with _fonts(pages) as names:
        canvas = Canvas(
            out,
            pagesize=(pages[0].width, pages[0].height),
            invariant=1,
            pageCompression=1,
            lang=language.replace("_", "-"),
            initialFontName=names[LATIN, False],
        )
        canvas.setTitle(title)
        canvas.setAuthor(author)
        canvas.setCreator("DotMac")
        canvas.setDateFormatter(lambda *_: f"D:{issued_on:%Y%m%d}000000+00'00'")
        picture = None if logo is None else _on_white(logo)
        for page in pages:
            drawer = _Drawer(canvas, page.height, names, picture)
            for mark in page.ink:
                drawer.draw(mark)
            canvas.showPage()
        canvas.save()
    return out.getvalue()


@contextmanager
def _fonts(pages: Sequence[Page]) -> Iterator[dict[_Key, str]]:
    """The fonts of these pages by face and weight, known to ReportLab while they are drawn."""
    letters: dict[_Key, set[str]] = {(LATIN, False): set()}
    for page in pages:
        for mark in page.ink:
            if isinstance(mark, Words):
                for run in mark.line.runs:
                    letters.setdefault((run.face, mark.bold), set()).update(run.text)
    # ReportLab knows fonts and faces by name for the whole process, and two documents at once must
    # not share one; in the file they bear a name that does not depend on what was drawn before.
    serial = next(_serial)
    names = {key: f"{key[0]}-{'Bold' if key[1] else 'Regular'}-{serial}" for key in letters}
    try:
        for (face, bold), used in letters.items():
            name = names[face, bold]
            font = embeddable(name, face, used, bold=bold)
            font.face.name = name.encode()
            pdfmetrics.registerFont(font)
            font.face.name = f"Noto-{name.rpartition('-')[0]}".encode()
        yield names
    finally:
        for name in names.values():
            pdfmetrics._fonts.pop(name, None)  # noqa: SLF001 - `unregister` looks for the new name
            pdfmetrics._dynFaceNames.pop(name.encode(), None)  # noqa: SLF001 - see above


def _on_white(logo: bytes) -> ImageReader:
    """The picture without transparency, which PDF/A does not allow."""
    picture = Image.open(BytesIO(logo)).convert("RGBA")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ImageReader(ground)


class _Drawer:
    """Draws marks on ReportLab's page, whose y runs upwards."""

    def __init__(
        self, canvas: Canvas, height: float, names: dict[_Key, str], logo: ImageReader | None
    ) -> None:
        self._canvas = canvas
        self._height = height
        self._names = names
        self._logo = logo

    def draw(self, mark: Ink) -> None:
        if isinstance(mark, Words):
            self._words(mark)
        elif isinstance(mark, Box):
            self._box(mark)
        elif isinstance(mark, Rule):
            self._canvas.setStrokeColor(HexColor(mark.colour))
            self._canvas.setLineWidth(mark.weight)
            y = self._height - mark.y
            self._canvas.line(mark.x, y, mark.x + mark.width, y)
        elif isinstance(mark, Code):
            self._code(mark)
        elif self._logo is not None:
            self._picture(mark, self._logo)

    def _words(self, mark: Words) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setFillColor(HexColor(mark.colour))
        canvas.translate(mark.x, self._height - mark.y)
        x = 0.0
        if mark.angle:
            canvas.rotate(mark.angle)
            x = -mark.line.width / 2
        for run in mark.line.runs:
            name = self._names[run.face, mark.bold]
            canvas.setFont(name, mark.size)
            canvas.drawString(x, 0, run.text)
            x += pdfmetrics.stringWidth(run.text, name, mark.size)
        canvas.restoreState()

    def _box(self, mark: Box) -> None:
        canvas = self._canvas
        if mark.fill is not None:
            canvas.setFillColor(HexColor(mark.fill))
        if mark.border is not None:
            canvas.setStrokeColor(HexColor(mark.border))
            canvas.setLineWidth(0.7)
        canvas.roundRect(
            *(mark.x, self._height - mark.y - mark.height, mark.width, mark.height, mark.radius),
            stroke=int(mark.border is not None),
            fill=int(mark.fill is not None),
        )

    def _code(self, mark: Code) -> None:
        canvas = self._canvas
        square = mark.size / len(mark.squares)
        canvas.setFillColor(HexColor("#000000"))
        path = canvas.beginPath()
        for row, squares in enumerate(mark.squares):
            top = self._height - mark.y - (row + 1) * square
            for column, dark in enumerate(squares):
                if dark:
                    path.rect(mark.x + column * square, top, square, square)
        canvas.drawPath(path, stroke=0, fill=1)

    def _picture(self, mark: Logo, logo: ImageReader) -> None:
        width, height = logo.getSize()
        scale = min(mark.width / width, mark.height / height)
        x = mark.x + (mark.width - width * scale if mark.at_end else 0)
        y = self._height - mark.y - height * scale
        self._canvas.drawImage(logo, x, y, width * scale, height * scale)
