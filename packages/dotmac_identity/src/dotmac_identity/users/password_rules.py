"""Which passwords are accepted."""

from __future__ import annotations

from dotmac_identity.users.errors import WeakPasswordError

SHORTEST = 10
LONGEST = 256


def require_strong(password: str, *, email: str) -> None:
    """Refuse a password that is easily guessed.

    Length is what counts (NIST SP 800-63B, section 3.1.1.2); rules about kinds of characters only
    make people write them down.

    Raises:
        WeakPasswordError: shorter than 10, longer than 256, one character repeated, or the address.
    """
    if len(password) < SHORTEST:
        raise WeakPasswordError(f"A password has at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise WeakPasswordError(f"A password has at most {LONGEST} characters.")
    if password.lower() == email.lower() or len(set(password)) == 1:
        raise WeakPasswordError("This password is too easy to guess.")
