"""Refusals about one's own account."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError, UnauthenticatedError


class InvalidAccountTokenError(UnauthenticatedError):
    """The link is unknown, used or expired; ask for another one."""

    code = "INVALID_ACCOUNT_TOKEN"

    def __init__(self) -> None:
        super().__init__("This link is not valid any more; ask for another one.")


class SameEmailError(InvalidError):
    """The account has this address already."""

    code = "SAME_EMAIL"

    def __init__(self) -> None:
        super().__init__("This is your address already.")


class InvalidLocaleError(InvalidError):
    """It is not a language tag such as `en` or `de-AT` (BCP 47)."""

    code = "INVALID_LOCALE"

    def __init__(self, locale: str) -> None:
        super().__init__("A language is written like en or de-AT.", locale=locale)
