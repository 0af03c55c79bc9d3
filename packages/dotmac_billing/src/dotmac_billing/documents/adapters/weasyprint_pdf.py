"""A page of HTML as PDF by WeasyPrint, which is an extra and needs the Pango library."""

from __future__ import annotations

from dotmac_billing.documents.errors import HtmlRendererMissingError


def html_pdf(page: str) -> bytes:
    """The page as PDF. Nothing is fetched: what a page shows must be in it.

    Raises:
        HtmlRendererMissingError: WeasyPrint or Pango is not there.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415 - an extra that may be absent
    except (ImportError, OSError) as error:
        raise HtmlRendererMissingError(str(error)) from error

    drawn: bytes = HTML(string=page, url_fetcher=_fetch).write_pdf()
    return drawn


def _fetch(url: str, *_: object, **__: object) -> dict[str, object]:
    # A template could otherwise have this machine ask addresses inside the network.
    if not url.startswith("data:"):
        raise ValueError("A document fetches nothing.")
    from weasyprint import default_url_fetcher  # noqa: PLC0415 - see above

    fetched: dict[str, object] = default_url_fetcher(url)
    return fetched
