"""Whether an ID token says who somebody is (OpenID Connect Core 1.0 section 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from dotmac_identity.single_sign_on.openid.errors import (
    ProviderAnswerError,
    UnknownSigningKeyError,
)

LEEWAY_SECONDS = 30
"""How much the provider's clock may differ from ours."""

_LONGEST_SUBJECT = 255  # Core 1.0 section 2
_LONGEST = 50_000


@dataclass(frozen=True)
class Expected:
    """What an ID token must say: by whom, for whom, in answer to which request.

    With `max_age_seconds` the person must have signed in at the provider at most so long ago.
    """

    issuer: str
    client_id: str
    nonce: str
    algorithms: Sequence[str]
    access_token: str | None = None
    max_age_seconds: int | None = None


def checked_claims(
    id_token: str, keys: KeySet, expected: Expected, now: datetime
) -> dict[str, Any]:
    """The claims of `id_token`, all of which are as `expected` at `now`.

    Raises:
        UnknownSigningKeyError: none of `keys` is the one it names; they may have been renewed.
        ProviderAnswerError: signature, algorithm or a claim is wrong; `reason` says which.
    """
    if len(id_token) > _LONGEST:
        raise ProviderAnswerError("the ID token is too long")
    # Header parameters that are not known are ignored (RFC 7515 section 4), but not `crit`.
    allowed = JWSRegistry(algorithms=list(expected.algorithms), strict_check_header=False)
    try:
        token = jwt.decode(id_token, keys, registry=allowed)
    except InvalidKeyIdError as error:
        raise UnknownSigningKeyError from error
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderAnswerError("the ID token is not signed as it should be") from error
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": expected.issuer},
            "sub": {"essential": True},
            "aud": {"essential": True, "value": expected.client_id},
        },
        params={
            "client_id": expected.client_id,
            "nonce": expected.nonce,
            "access_token": expected.access_token,
            "max_age": expected.max_age_seconds,
        },
    )
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except ClaimError as error:
        raise ProviderAnswerError(f"{error.claim} is missing or wrong") from error
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderAnswerError("a claim is wrong") from error
    _check_rest(claims, expected, now)
    return dict(claims)


def _check_rest(claims: dict[str, Any], expected: Expected, now: datetime) -> None:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise ProviderAnswerError("sub is missing or wrong")
    if expected.max_age_seconds is None:
        return
    # Not in Authlib when `max_age` is 0, which means: just now.
    signed_in = claims.get("auth_time")
    if isinstance(signed_in, bool) or not isinstance(signed_in, int | float):
        raise ProviderAnswerError("auth_time is missing or wrong")
    # Put so that NaN, which JSON readers let through, is too long ago as well.
    if not signed_in + expected.max_age_seconds + LEEWAY_SECONDS >= now.timestamp():
        raise ProviderAnswerError("the sign-in at the provider is too long ago")
