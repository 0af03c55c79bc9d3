"""Reading JSON without losing digits."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson
from fastapi import Request

from dotmac_api_gateway.errors import InvalidCharacterError

# Every number of up to 15 significant digits survives a binary double; a longer run may not. What
# stands before a number becomes a colon and its digits zeros, so that a plain search finds such a
# run: a regular expression takes longer than all of the parsing. A hit inside a string costs a
# second parse and nothing else.
_SHAPE = bytes.maketrans(b"[, \t\r\n.123456789", b"::::::" + b"0" * 10)
_LONG = b"0" * 16
_LONG_NUMBERS = (b":" + _LONG, b":-" + _LONG)
_SAFE_LENGTH = 16
_ESCAPED_NUL = b"\\u0000"


def parse_json(body: bytes) -> Any:  # noqa: ANN401 (whatever the client wrote)
    """`body` as Python values; a fraction of more than 15 digits becomes a Decimal, exactly.

    Raises:
        json.JSONDecodeError: syntax, not UTF-8, a lone surrogate, NaN, nested too deep.
        InvalidCharacterError: a text or a name holds a NUL.
    """
    value = orjson.loads(body)
    if _ESCAPED_NUL in body and _holds_nul(value):
        raise InvalidCharacterError
    if _holds_long_number(body):
        return json.loads(body, parse_float=_exact)
    return value


def _holds_long_number(body: bytes) -> bool:
    shape = b":" + body.translate(_SHAPE)
    return any(number in shape for number in _LONG_NUMBERS)


def _exact(text: str) -> float | Decimal:
    return float(text) if len(text) <= _SAFE_LENGTH else Decimal(text)


def _holds_nul(value: object) -> bool:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            if "\x00" in part:
                return True
        elif isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part
    return False


class JsonRequest(Request):
    """A request whose JSON body is read by `parse_json`."""

    async def json(self) -> Any:  # noqa: ANN401 (see parse_json)
        """The body as Python values."""
        return parse_json(await self.body())
