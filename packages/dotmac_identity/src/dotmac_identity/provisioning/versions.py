"""Versions of resources, told by what is in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def version_of(resource: Mapping[str, object]) -> str:
    """The weak entity tag of a resource, `meta` apart: another one as soon as anything differs.

    People change users too, not only the directory; a counter would have to be told of it.
    """
    content = {name: value for name, value in resource.items() if name != "meta"}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f'W/"{digest[:16]}"'


def is_named(tags: str, version: str) -> bool:
    """Whether `tags`, of `If-Match` or `If-None-Match`, name `version` or any at all (`*`)."""
    named = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    return "*" in named or version.removeprefix("W/") in named
