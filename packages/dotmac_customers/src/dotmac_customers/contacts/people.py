"""A contact, and a way to reach somebody, as they are put in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ContactRole(StrEnum):
    """What a customer's contact is asked about; one can have several."""

    PRIMARY = "primary"
    BILLING = "billing"
    TECHNICAL = "technical"
    EMERGENCY = "emergency"
    LEGAL = "legal"
    OTHER = "other"


class MethodKind(StrEnum):
    """How somebody is reached."""

    EMAIL = "email"
    PHONE = "phone"
    MOBILE = "mobile"
    FAX = "fax"
    SOCIAL = "social"
    OTHER = "other"


DIALLED = frozenset({MethodKind.PHONE, MethodKind.MOBILE, MethodKind.FAX})
"""Those whose value is a telephone number."""


@dataclass(frozen=True, slots=True)
class NewMethod:
    """A way to reach somebody; the first of its kind is primary in any case."""

    kind: MethodKind
    value: str
    label: str | None = None
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class NewContact:
    """A person to be kept, with the ways to reach them."""

    given_name: str
    family_name: str
    roles: tuple[ContactRole, ...] = ()
    department: str | None = None
    position: str | None = None
    can_authorize_changes: bool = False
    is_active: bool = True
    methods: tuple[NewMethod, ...] = ()
