"""A page of HTML as PDF by WeasyPrint, which is an extra and needs the Pango library."""

from __future__ import annotations

from dotmac_billing.documents.adapters.typefaces import covers_any, font_file
from dotmac_billing.documents.errors import HtmlRendererMissingError
from dotmac_billing.documents.typesetting import CHINESE, JAPANESE, KOREAN, LATIN, TAIWANESE

_FAMILIES = {
    LATIN: "Noto Sans",
    "arabic": "Noto Sans Arabic",
    "hebrew": "Noto Sans Hebrew",
    JAPANESE: "Noto Sans JP",
    CHINESE: "Noto Sans SC",
    TAIWANESE: "Noto Sans TC",
    KOREAN: "Noto Sans KR",
}


def html_pdf(page: str) -> bytes:
    """The page as PDF. Nothing is fetched but the fonts: what a page shows must be in it.

    Raises:
        HtmlRendererMissingError: WeasyPrint or Pango is not there.
    """
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 - an extra that may be absent
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - see above
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 - see above
    except (ImportError, OSError) as error:
        raise HtmlRendererMissingError(str(error)) from error

    # A template could otherwise have this machine read its files, or ask inside its network.
    closed = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    disk = URLFetcher(allowed_protocols={"file"}, allow_redirects=False)
    fonts = FontConfiguration()
    faces = CSS(string=_font_faces(page), font_config=fonts, url_fetcher=disk)
    drawn: bytes = HTML(string=page, url_fetcher=closed).write_pdf(
        stylesheets=[faces], font_config=fonts
    )
    return drawn


def _font_faces(page: str) -> str:
    """The faces that the page has letters of; those for Chinese are large and seldom wanted."""
    wanted = [face for face in _FAMILIES if face == LATIN or covers_any(face, page)]
    files = {face: font_file(face) for face in wanted}
    return "".join(
        f"@font-face {{ font-family: '{_FAMILIES[face]}'; font-weight: 100 900; "
        f"src: url('{path.as_uri()}') }}"
        for face, path in files.items()
        if path is not None
    )
