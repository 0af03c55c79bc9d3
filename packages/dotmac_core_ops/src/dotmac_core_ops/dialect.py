"""Protocols that are spoken below a part of the API, and have a form of refusal of their own.

Everything under `/api/v1` answers in the envelope. Where a standard says otherwise, a module names
the part and how it refuses there. The gateway keeps to it for every request below that part, also
for one that reaches no route: wrong credentials, a body that is no JSON, an address that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dotmac_core_ops.errors import DomainError


@dataclass(frozen=True)
class Dialect:
    """How refusals look below `prefix`, an address such as `/scim/v2` under the API's own.

    `status_of` gives the status of a kind of refusal, `refusal` the body of one, `schema` is that
    body's JSON schema, whose title is a name of its own. The stable code of a refusal, for which
    other protocols have no place, travels in the header `X-Error-Code`.
    """

    prefix: str
    media_type: str
    status_of: Callable[[type[DomainError]], int]
    refusal: Callable[[DomainError], Mapping[str, object]]
    schema: Mapping[str, Any]
