"""What a customer is found by.

Under row-level security PostgreSQL looks into an index only with operators that cannot leak what
they compare, so neither ILIKE nor `%` nor `@>` ever uses one. Comparisons of text can. Hence every
word and every tag is kept in a table of its own, and a prefix is a range of that table's key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from dotmac_customers.profiles.numbering import serial_of

WORD = 0
"""The kind of a search term that is a folded word."""

TAG = 1
"""The kind of a search term that is a tag, as it stands."""

FIELD = 2
"""The kind of a search term that is a value of a searchable custom field, after its key."""

CONTACT = 3
"""The kind of a search term that is a folded word about the customer's contacts."""

_WORD = re.compile(r"[^\W_]+")
# What holds one of these is looked up as it stands too: a number, an address.
_WHOLE = re.compile(r"[\d@]")
_LONGEST_TERM = 100
_LONGEST_SORT_NAME = 200
_MOST_QUERY_TERMS = 8


def folded(text: str) -> str:
    """`text` without case and accents: `folded("Müller")` is `"muller"`."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def sort_name(name: str) -> str:
    """The name as it is sorted by: folded, so that `zoe` does not come before `Åsa`."""
    return folded(name)[:_LONGEST_SORT_NAME]


def search_terms(
    name: str,
    number: str,
    email: str | None = None,
    external_id: str | None = None,
    more: Iterable[str] = (),
) -> set[str]:
    """The folded words that find a customer when somebody types one or its beginning.

    `more` are further texts whose words count: the values of searchable custom fields.
    """
    terms: set[str] = set()
    for text in (name, *more):
        for chunk in folded(text).split():
            terms.update(_terms_of(chunk))
    terms.add(folded(number))
    if serial := serial_of(number):
        terms.add(str(serial))
    if email:
        terms.add(folded(email))
    if external_id:
        terms.add(folded(external_id))
    return {term[:_LONGEST_TERM] for term in terms}


def field_term(key: str, text: str) -> str:
    """What a customer is found by whose custom field `key` has this value: `"plan=gold"`.

    The first hundred characters of a value count.
    """
    return f"{key}={folded(text.strip())[:_LONGEST_TERM]}"


def query_terms(query: str) -> list[str]:
    """The beginnings that all have to be found, at most eight: `["ann", "ber"]` for `Ann Ber`."""
    terms: dict[str, None] = {}
    for chunk in folded(query).split():
        found = [chunk] if _WHOLE.search(chunk) else _WORD.findall(chunk)
        terms.update(dict.fromkeys(term[:_LONGEST_TERM] for term in found))
    return list(terms)[:_MOST_QUERY_TERMS]


def after_prefix(prefix: str) -> str:
    """The end (not included) of all texts that begin with `prefix`, in order of code points."""
    # The last code point of all, which nobody types.
    return prefix + "\U0010ffff"


def _terms_of(chunk: str) -> list[str]:
    words = _WORD.findall(chunk)
    return [*words, chunk] if _WHOLE.search(chunk) else words
