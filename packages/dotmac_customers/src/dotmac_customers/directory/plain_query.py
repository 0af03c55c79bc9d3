"""The plain form of a list's query: which page, in which order, and nothing else."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl
from uuid import UUID

from dotmac_core_ops.http import MAX_PER_PAGE, PageParams
from dotmac_customers.directory.filters import SORTS, Wanted

_SORTS = {sort: (sort.removeprefix("-"), sort[0] == "-") for s in SORTS for sort in (s, f"-{s}")}
_LARGEST_PAGE = 99_999
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@lru_cache(maxsize=1024)
def plain_query(query: bytes) -> tuple[Wanted, PageParams] | None:
    """What `query` asks for; None where it is not plain, or not plainly right."""
    values = dict(parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True))
    if not values.keys() <= {"page", "per_page", "sort"}:
        return None
    page, per_page = values.get("page", "1"), values.get("per_page", "20")
    order = _SORTS.get(values.get("sort", "-created_at"))
    if order is None or not (_is_count(page) and _is_count(per_page)):
        return None
    if not (1 <= int(page) <= _LARGEST_PAGE and 1 <= int(per_page) <= MAX_PER_PAGE):
        return None
    wanted = Wanted(sort=order[0], descending=order[1])
    return wanted, PageParams(int(page), int(per_page))


def plain_id(text: str) -> UUID | None:
    """`text` as an identifier; None where it is not plainly one."""
    return UUID(text) if _ID.fullmatch(text) else None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_PAGE))
