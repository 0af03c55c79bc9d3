"""Codes of authenticator apps."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

import pyotp
import segno

STEP_SECONDS = 30
DIGITS = 6
NEVER = -1
"""The step through which a new secret's codes are used: none."""


def is_of_app(code: str) -> bool:
    """Whether `code` has the form of an app's: six digits. Recovery codes are longer."""
    text = code.strip()
    return len(text) == DIGITS and text.isascii() and text.isdigit()


def matching_step(secret: str, code: str, at: datetime, *, used_through: int) -> int | None:
    """The time step whose code `code` is: the present one, the one before or the one after.

    None, if it is of no such step, or of one that is not after `used_through`. `secret` is in
    base 32. All three are compared, so that the time taken does not say which.

    Source: RFC 6238, with its default of 30 seconds, six digits and SHA-1, which all apps know.
    """
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(at.timestamp()) // STEP_SECONDS
    given = code.encode("utf-8", "surrogatepass")
    matching = [
        step
        for step in (present - 1, present, present + 1)
        if compare_digest(totp.generate_otp(step).encode(), given)
    ]
    return next((step for step in matching if step > used_through), None)


def enrolment_uri(secret: str, *, account: str, issuer: str) -> str:
    """What an authenticator app reads: `otpauth://totp/North%20Net:ann%40example.com?secret=…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def enrolment_picture(uri: str) -> str:
    """`uri` as a QR code: an SVG that can stand in a page."""
    picture: str = segno.make(uri, error="m").svg_inline(scale=5, border=4, light="#fff")
    return picture
