"""What routes share: the envelope, pages, exact money in JSON, versions of edited things."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import IPv6Address, ip_address
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import orjson
from fastapi import Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from dotmac_core_ops.errors import DomainError, InvalidError

T = TypeVar("T")
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

MAX_PER_PAGE = 200
_IPV6_NETWORK_BITS = 64
_LONGEST_USER_AGENT = 512  # longer ones exist only to be a nuisance


class PreconditionRequiredError(DomainError):
    """A change of something people edit together must say which version it changes (`If-Match`)."""

    code = "PRECONDITION_REQUIRED"
    status = 428

    def __init__(self) -> None:
        super().__init__("Send If-Match with the ETag of the version you read.")


class VersionMismatchError(DomainError):
    """Somebody changed it since it was read; read it again and repeat the change."""

    code = "VERSION_MISMATCH"
    status = 412

    def __init__(self, current: str) -> None:
        super().__init__("It was changed since you read it.", current=current)


@dataclass(frozen=True)
class Client:
    """What sent a request: its address as the gateway knows it, and what it calls itself."""

    address: str
    user_agent: str = ""

    @property
    def network(self) -> str:
        """What one subscriber holds of addresses, which is what attempts are counted by."""
        return network_of(self.address)


def network_of(address: str) -> str:
    """What one subscriber holds: an IPv4 address as it is, of an IPv6 address its /64."""
    if ":" not in address:
        return address
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return parsed.exploded[: _IPV6_NETWORK_BITS // 16 * 5 - 1]


def client_of(request: Request) -> Client:
    """What sent `request`; behind trusted proxies the address that they tell."""
    peer = request.client.host if request.client is not None else ""
    address: str = getattr(request.state, "client_address", peer)
    return Client(address, request.headers.get("user-agent", "")[:_LONGEST_USER_AGENT])


class RequestModel(BaseModel):
    """A request body: unknown fields are refused, text is stripped and holds no NUL."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class ResponseModel(BaseModel):
    """A response body, readable from a mapped object or a dataclass."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Pagination(ResponseModel):
    """Where a list stands: `page` counts from 1, `total` is the number of all matching rows."""

    page: int
    per_page: int
    total: int


class ListMeta(ResponseModel):
    """The `meta` of a list."""

    pagination: Pagination


class Envelope(ResponseModel, Generic[T]):
    """One thing: `{"data": …, "meta": {}}`."""

    data: T
    meta: dict[str, Any] = {}


class Listing(ResponseModel, Generic[T]):
    """A page of things: `{"data": […], "meta": {"pagination": …}}`."""

    data: list[T]
    meta: ListMeta


def enveloped(data: Any) -> dict[str, Any]:  # noqa: ANN401 (anything the response model accepts)
    """`data` as the success envelope."""
    return {"data": data, "meta": {}}


def listing(items: Sequence[Any], page: PageParams, total: int) -> dict[str, Any]:
    """`items` as a page of a list with `total` matching rows in all."""
    return {
        "data": items,
        "meta": {"pagination": {"page": page.page, "per_page": page.per_page, "total": total}},
    }


class PageParams:
    """`?page=&per_page=`: which part of a list is wanted."""

    def __init__(
        self,
        page: Annotated[int, Query(ge=1, le=1_000_000, description="Counts from 1.")] = 1,
        per_page: Annotated[int, Query(ge=1, le=MAX_PER_PAGE, description="Rows a page.")] = 20,
    ) -> None:
        self.page = page
        self.per_page = per_page

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.per_page


def raw_json(body: bytes, *, status: int = 200, etag: str | None = None) -> Response:
    """A response from JSON bytes that are complete, envelope included: for hot read paths."""
    headers = None if etag is None else {"etag": etag}
    return Response(body, status, headers, "application/json")


Shortcut: TypeAlias = Callable[[Request], Awaitable[Response | None]]
"""Answers the plain form of a request, or None to have it taken the ordinary way."""


def shortcut(quick: Shortcut) -> Callable[[Endpoint], Endpoint]:
    """Let `quick` answer a route's plain requests before FastAPI takes their parameters apart.

    For the few reads that carry load: FastAPI's part costs more than their query. The gateway has
    checked the permission before. `quick` answers only what it is sure about; anything unusual, and
    everything that is wrong, it leaves to the route, which knows how to say so.
    """

    def attach(endpoint: Endpoint) -> Endpoint:
        _shortcuts[endpoint] = quick
        return endpoint

    return attach


def shortcut_of(endpoint: Callable[..., Any]) -> Shortcut | None:
    """The shortcut of a route's function, if it has one."""
    return _shortcuts.get(endpoint)


_shortcuts: dict[Callable[..., Any], Shortcut] = {}


def dump_json(value: Any, *, indent: bool = False) -> bytes:  # noqa: ANN401 (anything JSON-able)
    """`value` as JSON; Decimals become numbers with all their digits, UUIDs and dates text."""
    option = orjson.OPT_INDENT_2 if indent else 0
    return orjson.dumps(value, default=_json_default, option=option)


def _json_default(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}".encode())
    raise TypeError(f"{type(value).__name__} has no JSON form.")


def etag_of(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def require_match(request: Request, version: int) -> None:
    """Refuse a change that does not start from `version`.

    Raises:
        PreconditionRequiredError: the request has no `If-Match`.
        VersionMismatchError: it names another version.
    """
    wanted = request.headers.get("if-match")
    if wanted is None:
        raise PreconditionRequiredError
    tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    if "*" not in tags and etag_of(version) not in tags:
        raise VersionMismatchError(etag_of(version))


class InvalidSortError(InvalidError):
    """The list cannot be sorted by this field."""

    code = "INVALID_SORT"

    def __init__(self, field: str, allowed: Sequence[str]) -> None:
        super().__init__(f"Cannot sort by {field!r}.", field=field, allowed=list(allowed))


def sort_order(sort: str, allowed: Sequence[str]) -> tuple[str, bool]:
    """`-created_at` as `("created_at", True)`: the field, and whether descending.

    Raises:
        InvalidSortError: the field is not one of `allowed`.
    """
    descending = sort.startswith("-")
    field = sort.removeprefix("-")
    if field not in allowed:
        raise InvalidSortError(field, allowed)
    return field, descending


_EXACT_DIGITS = 15  # every decimal of up to 15 significant digits survives a binary double


def _exact(value: object) -> object:
    if not isinstance(value, float):
        return value
    # The shortest text of the double is what the client wrote, up to 15 significant digits.
    amount = Decimal(repr(value))
    if amount.is_finite() and len(amount.normalize().as_tuple().digits) > _EXACT_DIGITS:
        raise ValueError("A number of more than 15 digits loses some on the way; send it as text.")
    return amount


def _number(value: Decimal) -> float | str:
    number = float(value)
    return number if Decimal(repr(number)) == value else f"{value:f}"


JsonMoney = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(_number, when_used="json"),
    WithJsonSchema({"type": "number", "examples": [79.99]}),
]
"""An amount of money: a number in JSON, a Decimal here; input may be a number or a string.

Exact either way: beyond 15 significant digits, where a JSON reader would lose some, a number is
refused and an answer is text.
"""
