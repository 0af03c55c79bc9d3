"""One plain look for every e-mail: the words are written once and become text and HTML.

Each feature has pure functions that say what is said, in `messages.py` (`voice` brings languages):

```python
def invitation(look: Look, *, name: str, url: str) -> Rendered:
    return rendered(
        look,
        subject=f"Join {look.tenant_name}",
        paragraphs=(f"Hello {name},", "you are invited."),
        button=("Accept", url),
        small_print="If you did not expect this, ignore it.",
    )
```
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from uuid import UUID

from dotmac_core_events.notifications.message import LONGEST_LINE, Channel, NewMessage

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_WEB = re.compile(r"https?://\S+")
_UNSUBSCRIBE = {"en": "Unsubscribe", "de": "Abbestellen"}
_FONT = "font-family:Helvetica,Arial,sans-serif"


@dataclass(frozen=True, slots=True)
class Look:
    """How a tenant's messages look: `accent` is `#rrggbb`, `logo_url` an image of 40 pixels.

    `language` is the reader's; where words have it not, `tenant_language` is tried (see `voice`).
    """

    tenant_name: str
    accent: str = "#1d4ed8"
    logo_url: str | None = None
    footer: str = ""
    language: str = "en"
    tenant_language: str = "en"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to be addressed."""

    subject: str
    text: str
    html: str
    sender_name: str
    language: str

    def to(
        self,
        recipient: str,
        *,
        topic: str,
        about: tuple[str, UUID] | None = None,
        is_secret: bool = False,
    ) -> NewMessage:
        """The e-mail to `recipient`; what else it may say is added with `dataclasses.replace`."""
        return NewMessage(
            channel=Channel.EMAIL,
            recipient=recipient,
            subject=self.subject,
            text=self.text,
            html=self.html,
            topic=topic,
            about=about,
            language=self.language,
            is_secret=is_secret,
            sender_name=self.sender_name,
        )


def rendered(
    look: Look,
    *,
    subject: str,
    paragraphs: Sequence[str],
    button: tuple[str, str] | None = None,
    code: str | None = None,
    small_print: str = "",
    unsubscribe_url: str | None = None,
) -> Rendered:
    """The words as text and as HTML; `button` is a label and an address on the web.

    Everything is escaped: a name that holds markup is shown as it is. Line breaks in the subject,
    which a name may bring along, become spaces.

    Raises:
        ValueError: the address or the colour is none.
    """
    for url in (button[1] if button else None, look.logo_url, unsubscribe_url):
        if url is not None and _WEB.fullmatch(url) is None:
            raise ValueError("A link in a message begins with http:// or https://.")
    if _COLOUR.fullmatch(look.accent) is None:
        raise ValueError("A colour is written #rrggbb.")
    look = replace(look, tenant_name=one_line(look.tenant_name))
    plain = [*paragraphs]
    rich = [f"<p>{_lines(paragraph)}</p>" for paragraph in paragraphs]
    if code is not None:
        plain.append(code)
        rich.append(f'<p style="font-size:28px;letter-spacing:4px"><b>{escape(code)}</b></p>')
    if button is not None:
        plain.append(f"{button[0]}:\n{button[1]}")
        rich.append(_button(*button, look.accent))
    foot = [part for part in (small_print, look.footer or look.tenant_name) if part]
    rich_foot = [_lines(part) for part in foot]
    if unsubscribe_url is not None:
        label = _UNSUBSCRIBE.get(look.language.partition("-")[0], _UNSUBSCRIBE["en"])
        foot.append(f"{label}: {unsubscribe_url}")
        rich_foot.append(f'<a href="{escape(unsubscribe_url)}">{label}</a>')
    return Rendered(
        subject=one_line(subject),
        text="\n\n".join([*plain, "-- \n" + "\n".join(foot)]) + "\n",
        html=_html(look, rich, rich_foot),
        sender_name=look.tenant_name,
        language=look.language,
    )


def one_line(text: str) -> str:
    """`text` without line breaks and control characters, at most as long as a header may be."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:LONGEST_LINE]


def _html(look: Look, body: Sequence[str], foot: Sequence[str]) -> str:
    name = escape(look.tenant_name)
    head = f"<b>{name}</b>"
    if look.logo_url is not None:
        head = f'<img src="{escape(look.logo_url)}" alt="{name}" height="40">'
    return (
        f'<!doctype html>\n<html lang="{escape(look.language)}">'
        f'<body style="margin:0;background:#f1f5f9;{_FONT};color:#0f172a">'
        '<div style="max-width:560px;margin:0 auto;padding:24px">'
        f'<p style="font-size:18px;color:{look.accent}">{head}</p>'
        '<div style="background:#ffffff;padding:24px;border-radius:8px;line-height:1.5">\n'
        + "\n".join(body)
        + '\n</div><p style="font-size:12px;color:#475569">'
        + "<br>\n".join(foot)
        + "</p></div></body></html>\n"
    )


def _button(label: str, url: str, accent: str) -> str:
    return (
        f'<p><a href="{escape(url)}" style="background:{accent};color:#ffffff;padding:12px 20px;'
        f'border-radius:6px;text-decoration:none;display:inline-block">{escape(label)}</a></p>'
        f'<p style="font-size:13px;color:#475569">{escape(url)}</p>'
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")
