"""What a provider says of itself at its well-known address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.discovery import get_well_known_url

from dotmac_identity.single_sign_on.openid.addresses import checked_address
from dotmac_identity.single_sign_on.openid.claims import texts
from dotmac_identity.single_sign_on.openid.errors import ProviderUnreachableError

SIGNATURES = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""What an ID token is signed with; never `none`, and no HMAC: its key is what a client knows."""

_DEFAULT = "RS256"
_BASIC, _POST, _NONE = "client_secret_basic", "client_secret_post", "none"


@dataclass(frozen=True)
class ProviderMetadata:
    """Where a provider is asked what, and what it can (OpenID Connect Discovery 1.0 section 3).

    `names_itself` says that its answers carry `iss` (RFC 9207).
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    algorithms: tuple[str, ...]
    client_authentication: tuple[str, ...]
    supports_pkce: bool
    names_itself: bool

    def client_method(self, *, has_secret: bool) -> str:
        """How a client says who it is at the token endpoint; Basic, unless only POST is offered."""
        if not has_secret:
            return _NONE
        offered = self.client_authentication
        return _POST if _POST in offered and _BASIC not in offered else _BASIC


def description_address(issuer: str) -> str:
    """Where the provider `issuer` describes itself."""
    address: str = get_well_known_url(issuer, external=True)
    return address


def read_metadata(
    document: Mapping[str, Any], issuer: str, *, allows_loopback: bool = False
) -> ProviderMetadata:
    """The description of `issuer`, if it is that, and one that we can work with.

    Raises:
        ProviderUnreachableError: it is another's, lacks something, or has no signature that we
            trust.
        ProviderAddressError: an address in it is not one that is asked.
    """
    if document.get("issuer") != issuer:  # OpenID Connect Discovery 1.0 section 4.3: exactly
        raise ProviderUnreachableError("its description names another issuer")

    def address(name: str) -> str:
        found = document.get(name)
        if not isinstance(found, str):
            raise ProviderUnreachableError(f"its description has no {name}")
        return checked_address(found, allows_loopback=allows_loopback)

    offered = texts(document.get("id_token_signing_alg_values_supported")) or [_DEFAULT]
    algorithms = tuple(one for one in SIGNATURES if one in offered)
    if not algorithms:
        raise ProviderUnreachableError("it signs in no way that is trusted here")
    return ProviderMetadata(
        issuer=issuer,
        authorization_endpoint=address("authorization_endpoint"),
        token_endpoint=address("token_endpoint"),
        jwks_uri=address("jwks_uri"),
        userinfo_endpoint=address("userinfo_endpoint") if "userinfo_endpoint" in document else None,
        algorithms=algorithms,
        client_authentication=tuple(texts(document.get("token_endpoint_auth_methods_supported"))),
        supports_pkce="S256" in texts(document.get("code_challenge_methods_supported")),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )
