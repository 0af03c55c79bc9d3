"""Second factors as their owner sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Method(StrEnum):
    """What somebody shows as a second factor."""

    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True)
class FactorStatus:
    """Since when an authenticator app is set up, and how many recovery codes are unused."""

    totp_confirmed_at: datetime | None
    recovery_codes_left: int


@dataclass(frozen=True)
class NewTotp:
    """A secret to be taken over by an app: typed in, or read from the picture (SVG)."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    qr_svg: str = field(repr=False)


@dataclass(frozen=True)
class Rules:
    """Who of the staff has to have a second factor; `roles` are names, in order."""

    everybody: bool
    roles: tuple[str, ...]
