"""Languages as people choose them."""

from __future__ import annotations

import re

from dotmac_identity.accounts.errors import InvalidLocaleError

# Language, script, region; what else BCP 47 knows (variants, extensions) changes no message.
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?")


def checked_locale(locale: str) -> str:
    """`locale` in its usual form: `checked_locale("pt_br")` is `pt-BR`.

    Raises:
        InvalidLocaleError: it is not language, script and region as BCP 47 has them.
    """
    found = _TAG.fullmatch(locale.strip())
    if found is None:
        raise InvalidLocaleError(locale)
    language, script, region = found.groups()
    parts = (language.lower(), script and script.title(), region and region.upper())
    return "-".join(part for part in parts if part)
