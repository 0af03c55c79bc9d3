"""Reading JSON without losing digits."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import orjson
from fastapi import Request

# Every number of up to 15 significant digits survives a binary double; a longer run may not. A hit
# inside a string costs a second parse and nothing else.
_LONG_NUMBER = re.compile(rb"\d[\d.]{15}")
_SAFE_LENGTH = 16


def parse_json(body: bytes) -> Any:  # noqa: ANN401 (whatever the client wrote)
    """`body` as Python values; a fraction of more than 15 digits becomes a Decimal, exactly.

    Raises:
        json.JSONDecodeError: syntax, not UTF-8, a lone surrogate, NaN, nested too deep.
    """
    value = orjson.loads(body)
    if _LONG_NUMBER.search(body):
        return json.loads(body, parse_float=_exact)
    return value


def _exact(text: str) -> float | Decimal:
    return float(text) if len(text) <= _SAFE_LENGTH else Decimal(text)


class JsonRequest(Request):
    """A request whose JSON body is read by `parse_json`."""

    async def json(self) -> Any:  # noqa: ANN401 (see parse_json)
        """The body as Python values."""
        return parse_json(await self.body())
