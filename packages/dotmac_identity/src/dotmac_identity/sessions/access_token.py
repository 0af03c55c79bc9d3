"""Access tokens: signed statements of who is signed in, good for minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt

from dotmac_core_ops.errors import UnauthenticatedError
from dotmac_identity.account_kinds import KIND_OF_AUDIENCE, AccountKind

ISSUER = "dotmac"
# Pinned: the token's own header never decides how it is verified.
_ALGORITHM = "HS256"
_CLAIMS = ["tenant", "sub", "sid", "iss", "aud", "exp", "iat", "jti"]
_LEEWAY_SECONDS = 30  # clocks of several machines differ a little


class InvalidAccessTokenError(UnauthenticatedError):
    """The access token was not issued here, or was altered."""

    code = "INVALID_ACCESS_TOKEN"

    def __init__(self) -> None:
        super().__init__("The access token is not valid.")


class ExpiredAccessTokenError(UnauthenticatedError):
    """The access token was good once; refresh it."""

    code = "ACCESS_TOKEN_EXPIRED"

    def __init__(self) -> None:
        super().__init__("The access token has expired; refresh it.")


@dataclass(frozen=True)
class AccessClaims:
    """What an access token states; its audience is that of the `kind` of account."""

    kind: AccountKind
    tenant_id: UUID
    user_id: UUID
    session_id: UUID
    token_id: UUID
    issued_at: datetime
    expires_at: datetime


def sign_access_token(claims: AccessClaims, key: str) -> str:
    """The token that states `claims`; times are kept to the second."""
    return jwt.encode(
        {
            "tenant": str(claims.tenant_id),
            "sub": str(claims.user_id),
            "sid": str(claims.session_id),
            "jti": str(claims.token_id),
            "iss": ISSUER,
            "aud": claims.kind.audience,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
        },
        key,
        algorithm=_ALGORITHM,
    )


def read_access_token(token: str, key: str, now: datetime) -> AccessClaims:
    """What `token` states, if it was signed with `key` and is good at `now`.

    Raises:
        InvalidAccessTokenError: wrong signature, algorithm, issuer, audience or form.
        ExpiredAccessTokenError: `now` is its end or later.
    """
    try:  # OSError: a time beyond what the platform's C library can tell
        content = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            issuer=ISSUER,
            audience=KIND_OF_AUDIENCE,
            # Times are checked below, by our clock; PyJWT would ask the system.
            options={
                "require": _CLAIMS,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        claims = _claims(content)
    except (
        jwt.InvalidTokenError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ArithmeticError,
        OSError,
    ) as error:
        raise InvalidAccessTokenError from error
    if claims.issued_at.timestamp() > now.timestamp() + _LEEWAY_SECONDS:
        raise InvalidAccessTokenError
    if claims.expires_at <= now:
        raise ExpiredAccessTokenError
    return claims


def _claims(content: dict[str, Any]) -> AccessClaims:
    # One audience, not a list: a token for both would be a token for the wrong one. Where it is a
    # list, this raises TypeError.
    return AccessClaims(
        kind=KIND_OF_AUDIENCE[content["aud"]],
        tenant_id=UUID(content["tenant"]),
        user_id=UUID(content["sub"]),
        session_id=UUID(content["sid"]),
        token_id=UUID(content["jti"]),
        issued_at=datetime.fromtimestamp(content["iat"], UTC),
        expires_at=datetime.fromtimestamp(content["exp"], UTC),
    )
