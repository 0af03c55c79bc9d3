"""Where a browser keeps its refresh token: in a cookie that no script can read.

A program keeps its refresh token itself. A page cannot keep a secret from scripts that somebody
smuggles into it, so it asks with `X-Refresh-Token: cookie` for the token to travel in a cookie:
only to the routes of signing in, only from pages of this site. The header is also what keeps other
sites out: a page elsewhere cannot send it, since no preflight allows it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.authenticator import Authentication
from dotmac_identity.installed import AskedKind
from dotmac_identity.sessions.errors import InvalidRefreshTokenError
from dotmac_identity.sessions.tokens import TokenPair

_COOKIES = {
    AccountKind.STAFF: ("dotmac_staff", "/api/v1/auth"),
    AccountKind.PORTAL: ("dotmac_portal", "/api/v1/portal/auth"),
}
"""Name and path by kind of account, so that one browser can be signed in at both doors."""


class RefreshTokenPlace(StrEnum):
    """Where else than in the body a refresh token travels."""

    COOKIE = "cookie"


class RefreshTokens:
    """How the refresh token of one request comes in and goes out."""

    def __init__(
        self,
        request: Request,
        response: Response,
        identity: Authentication,
        kind: AskedKind,
        x_refresh_token: Annotated[
            RefreshTokenPlace | None,
            Header(description="`cookie`: the refresh token travels in a cookie, for browsers."),
        ] = None,
    ) -> None:
        self.is_in_cookie = x_refresh_token is not None
        self._request = request
        self._response = response
        self._name, self._path = _COOKIES[kind]
        self._is_secure = "https" in {request.url.scheme, identity.public_url.partition(":")[0]}
        self._seconds = int(identity.sign_in.issuer.refresh_life.total_seconds())

    def handed_out(self, tokens: TokenPair) -> dict[str, object]:
        """What is answered of `tokens`; a refresh token for a browser goes into its cookie."""
        if not self.is_in_cookie:
            return {**vars(tokens)}
        self._set(tokens.refresh_token, self._seconds)
        return {**vars(tokens), "refresh_token": None}

    def received(self, in_body: str | None) -> str:
        """The refresh token that was sent.

        Raises:
            InvalidRefreshTokenError: there is none where the request says that it is.
        """
        token = self._request.cookies.get(self._name) if self.is_in_cookie else in_body
        if token is None:
            raise InvalidRefreshTokenError
        return token

    def forget(self) -> None:
        """Have a browser throw its cookie away."""
        if self.is_in_cookie:
            self._set("", 0)

    def _set(self, value: str, seconds: int) -> None:
        self._response.set_cookie(
            self._name,
            value,
            max_age=seconds,
            path=self._path,
            secure=self._is_secure,
            httponly=True,
            samesite="strict",
        )


Refreshing = Annotated[RefreshTokens, Depends(RefreshTokens)]
"""How the refresh token of the request travels, for routes that hand one out or take one."""
