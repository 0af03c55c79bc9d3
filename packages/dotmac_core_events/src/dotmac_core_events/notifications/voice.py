"""Messages in the language of whoever reads them.

A feature has its words in one place, by language and name, English among them:

```python
WORDS = {"en": {"hello": "Hello {name},"}, "de": {"hello": "Guten Tag {name},"}}

look, say = spoken(WORDS, look)
rendered(look, subject=…, paragraphs=(say("hello", name=name),))
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from dotmac_core_events.notifications.layout import Look

Words: TypeAlias = Mapping[str, Mapping[str, str]]
"""Texts by language and name; what stands in braces is filled in."""

LAST_RESORT = "en"
"""The language that all words have."""


@dataclass(frozen=True, slots=True)
class Voice:
    """The words of a feature in one language."""

    texts: Mapping[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """The text of that name with `values` filled in; braces in values stay as they are."""
        return self.texts[name].format_map(values)


def spoken(words: Words, look: Look) -> tuple[Look, Voice]:
    """`words` in the first language they have: the reader's, the tenant's, English.

    A region falls back to its language: `de-AT` to `de`. The look is in the language that is
    spoken, so that what the message says of itself is true.
    """
    language = next(tag for tag in _tags(look) if tag in words)
    return replace(look, language=language), Voice(words[language])


def _tags(look: Look) -> Iterator[str]:
    for language in (look.language, look.tenant_language, LAST_RESORT):
        yield language
        yield language.partition("-")[0]
