"""The two requests of the authorization code flow, as text."""

from __future__ import annotations

from dataclasses import dataclass

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from dotmac_identity.single_sign_on.openid.flow_secrets import FlowSecrets
from dotmac_identity.single_sign_on.openid.metadata import ProviderMetadata
from dotmac_identity.single_sign_on.providers.view import ProviderSetup


@dataclass(frozen=True)
class Wishes:
    """What a sign-in asks of the provider beyond the ordinary (Core 1.0 section 3.1.2.1).

    `prompt` is `login` to have the person prove anew who they are, or `select_account`; they must
    have done so at most `max_age_seconds` ago; `login_hint` is an address to fill in.
    """

    prompt: str | None = None
    max_age_seconds: int | None = None
    login_hint: str | None = None


@dataclass(frozen=True)
class Form:
    """A form to be sent: its body as text, and the headers that go with it."""

    body: str
    headers: dict[str, str]


def authorization_address(
    metadata: ProviderMetadata, setup: ProviderSetup, secrets: FlowSecrets, wishes: Wishes
) -> str:
    """Where the browser is sent: the code flow with state, nonce and PKCE (S256)."""
    address: str = prepare_grant_uri(
        metadata.authorization_endpoint,
        client_id=setup.client_id,
        response_type="code",
        redirect_uri=setup.redirect_uri,
        scope=" ".join(setup.scopes),
        state=secrets.state,
        nonce=secrets.nonce,
        code_challenge=create_s256_code_challenge(secrets.verifier),
        code_challenge_method="S256",
        prompt=wishes.prompt,
        max_age=None if wishes.max_age_seconds is None else str(wishes.max_age_seconds),
        login_hint=wishes.login_hint,
        acr_values=" ".join(setup.contexts) or None,
    )
    return address


def token_form(
    metadata: ProviderMetadata, setup: ProviderSetup, secrets: FlowSecrets, code: str
) -> Form:
    """What `code` is exchanged with, the client's proof of who it is included."""
    body = prepare_token_request(
        "authorization_code",
        code=code,
        redirect_uri=setup.redirect_uri,
        code_verifier=secrets.verifier,
    )
    method = metadata.client_method(has_secret=setup.client_secret is not None)
    client = ClientAuth(setup.client_id, setup.client_secret, method)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    _, headers, body = client.prepare("POST", metadata.token_endpoint, headers, body)
    return Form(body, headers)
