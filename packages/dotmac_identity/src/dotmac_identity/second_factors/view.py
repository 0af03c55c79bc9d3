"""Second factors as their owner sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Method(StrEnum):
    """What somebody shows as a second factor."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True)
class FactorStatus:
    """Since when an app is set up, how many passkeys there are, and codes that are unused.

    Of the passkeys, `good_passkeys` can be used; the others were copied by somebody.
    """

    totp_confirmed_at: datetime | None
    passkeys: int
    good_passkeys: int
    recovery_codes_left: int

    @property
    def has_factor(self) -> bool:
        """Whether a second factor is asked of the user."""
        return self.totp_confirmed_at is not None or self.passkeys > 0

    @property
    def methods(self) -> tuple[Method, ...]:
        """What the user can show."""
        there = {
            Method.TOTP: self.totp_confirmed_at is not None,
            Method.PASSKEY: self.good_passkeys > 0,
            Method.RECOVERY_CODE: self.recovery_codes_left > 0,
        }
        return tuple(method for method in Method if there[method])


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
