"""Whose session it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dotmac_identity.account_kinds import AccountKind


@dataclass(frozen=True)
class SessionHolder:
    """Somebody who signs in; `locale` is the language they are written to in."""

    user_id: UUID
    kind: AccountKind
    email: str
    name: str
    locale: str
