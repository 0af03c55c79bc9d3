"""Telling a path that needs no explanation from one that does (pure)."""

from __future__ import annotations

import re
from uuid import UUID

_is_id = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII).fullmatch


def plain_id(text: str) -> UUID | None:
    """`text` as an identifier; None where it is not written as we write them."""
    return UUID(text) if _is_id(text) else None
