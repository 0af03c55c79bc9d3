"""A tenant as other modules see one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from dotmac_core_ops.errors import InvalidError

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class TenantKind(StrEnum):
    """What the tenant does, which decides the verticals it sees."""

    ISP = "isp"
    MANUFACTURER = "manufacturer"
    OPERATOR = "operator"


@dataclass(frozen=True)
class TenantProfile:
    """An organisation on this installation.

    `currency` (ISO 4217) is the one its books are kept in, `time_zone` (IANA) decides when its days
    begin, `country` is an ISO 3166-1 code. `version` counts changes.
    """

    id: UUID
    slug: str
    name: str
    kind: TenantKind
    currency: str
    time_zone: str
    country: str
    version: int


class InvalidSlugError(InvalidError):
    """A short name has 1 to 63 lower-case letters, digits and inner hyphens."""

    code = "INVALID_SLUG"

    def __init__(self, slug: str) -> None:
        super().__init__(
            "A short name has 1 to 63 lower-case letters, digits and hyphens between them.",
            slug=slug,
        )


def checked_slug(slug: str) -> str:
    """`slug`, if it can be part of a host name.

    Raises:
        InvalidSlugError: it cannot.
    """
    if _SLUG.fullmatch(slug) is None:
        raise InvalidSlugError(slug)
    return slug
