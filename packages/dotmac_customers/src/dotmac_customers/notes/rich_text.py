"""Rich text that is safe to show: an allow-list, applied on the way in.

What is not on the list is taken out; scripts and styles go with what they contain. Links lead to
the web, to mail and to telephones, and tell nobody where they were followed from.
"""

from __future__ import annotations

import html

import nh3

TAGS = frozenset(
    {
        *("p", "br", "strong", "b", "em", "i", "u", "s", "code", "pre", "blockquote"),
        *("ul", "ol", "li", "h3", "h4", "a"),
    }
)
"""What a note is made of."""

_SCHEMES = {"http", "https", "mailto", "tel"}
_BREAKS = ("</p>", "<br>", "</li>", "</h3>", "</h4>", "</pre>", "</blockquote>")


def safe_html(text: str) -> str:
    """`text` with what is on the list, and nothing else.

    `safe_html('<a href="javascript:x()" onclick="y()">go</a><script>z()</script>')` is
    `'<a rel="noopener noreferrer nofollow">go</a>'`.
    """
    return nh3.clean(
        text,
        tags=set(TAGS),
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    ).strip()


def plain_text(safe: str) -> str:
    """What a safe text says, without marks: for searching, and for telling whether it is empty."""
    for mark in _BREAKS:
        safe = safe.replace(mark, mark + "\n")
    return html.unescape(nh3.clean(safe, tags=set())).strip()
