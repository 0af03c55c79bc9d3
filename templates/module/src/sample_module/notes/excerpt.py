"""The beginning of a text, for lists."""

from __future__ import annotations

ELLIPSIS = "…"


def excerpt(text: str, length: int) -> str:
    """At most `length` characters of the first words of `text`, white space made single.

    `excerpt("The pump leaks at the flange", 12)` is `"The pump…"`: the ellipsis counts, words stay
    whole unless the first one alone is too long.
    """
    words = " ".join(text.split())
    if len(words) <= length:
        return words
    whole, _, _ = words[:length].rpartition(" ")
    return (whole or words[: length - 1]) + ELLIPSIS
