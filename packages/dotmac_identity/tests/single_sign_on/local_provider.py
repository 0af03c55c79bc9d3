"""A provider of identities (OpenID Connect) on a loopback port, as strict as a good one.

It signs in whoever `person` is without asking. What it says can be spoiled, one thing at a time, to
see what we make of it.
"""

from __future__ import annotations

import base64
import gzip
import hmac
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Form, Header, Request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import JWSRegistry
from starlette.responses import JSONResponse, RedirectResponse, Response

from dotmac_core_ops.clock import Clock

CLIENT_ID = "dotmac"
CLIENT_SECRET = "a-secret-of-the-client"
LIFE_SECONDS = 300

Spoil = Callable[[dict[str, Any]], None]


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class Grant:
    """What a code stands for."""

    redirect_uri: str
    challenge: str
    nonce: str
    signed_in_at: int


@dataclass
class LocalProvider:
    """The provider: who is there, what it knows, and in what it lies."""

    issuer: str
    first_key: RSAKey
    second_key: RSAKey
    foreign_key: RSAKey
    clock: Clock | None = None
    person: dict[str, Any] = field(default_factory=dict)
    spoil: Spoil = lambda _: None
    sign: Callable[[dict[str, Any]], str] | None = None
    thin: bool = False
    userinfo_subject: str | None = None
    denies: str | None = None
    signed_in_seconds_ago: int = 0
    names_itself: bool = False
    called_itself: str | None = None
    asked: dict[str, str] = field(default_factory=dict)
    keys_fetched: int = 0
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    keys: list[RSAKey] = field(default_factory=list)

    def is_new(self, clock: Clock) -> None:
        """Forget everything: the next test."""
        fresh = LocalProvider(self.issuer, self.first_key, self.second_key, self.foreign_key)
        vars(self).update(vars(fresh))
        self.clock, self.keys = clock, [self.first_key]
        self.knows("nina", email="nina@north.example", email_verified=True, name="Nina North")

    def knows(self, subject: str, **claims: object) -> None:
        """Let this person be the one who signs in."""
        self.person = {"sub": subject, **claims}

    def rotates(self) -> None:
        """Sign with another key from now on."""
        self.keys = [self.second_key]

    @property
    def now(self) -> int:
        assert self.clock is not None
        return int(self.clock.now().timestamp())

    def id_token(self, grant: Grant) -> str:
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": self.now,
            "exp": self.now + LIFE_SECONDS,
            "auth_time": grant.signed_in_at,
            "nonce": grant.nonce,
            **({"sub": self.person["sub"]} if self.thin else self.person),
        }
        self.spoil(claims)
        if self.sign is not None:
            return self.sign(claims)
        return signed(claims, self.keys[0])


def signed(claims: dict[str, Any], key: RSAKey, **header: str) -> str:
    anything = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key, registry=anything)


def unsigned(claims: dict[str, Any]) -> str:
    """A token of algorithm `none`."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def sealed_with(claims: dict[str, Any], secret: bytes, kid: str | None = None) -> str:
    """A token of HS256, with a key that a client, or everybody, knows."""
    body = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{_part(claims)}"
    digest = hmac.digest(secret, body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def application(provider: LocalProvider) -> FastAPI:
    app = FastAPI()
    _describing(app, provider)
    _asking(app, provider)
    _telling(app, provider)
    _misbehaving(app, provider)
    return app


def _describing(app: FastAPI, provider: LocalProvider) -> None:
    @app.get("/.well-known/openid-configuration")
    async def description() -> dict[str, Any]:
        return described(provider)

    @app.get("/jwks")
    async def jwks() -> dict[str, Any]:
        provider.keys_fetched += 1
        return dict(KeySet(list(provider.keys)).as_dict(private=False))


def described(provider: LocalProvider) -> dict[str, Any]:
    return {
        "issuer": provider.called_itself or provider.issuer,
        "authorization_endpoint": f"{provider.issuer}/authorize",
        "token_endpoint": f"{provider.issuer}/token",
        "jwks_uri": f"{provider.issuer}/jwks",
        "userinfo_endpoint": f"{provider.issuer}/userinfo",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": provider.names_itself,
    }


def _asking(app: FastAPI, provider: LocalProvider) -> None:
    @app.get("/authorize")
    async def authorize(request: Request) -> Response:
        asked = provider.asked = dict(request.query_params)
        is_right = asked["client_id"] == CLIENT_ID and asked["response_type"] == "code"
        if not is_right or asked["code_challenge_method"] != "S256":
            return JSONResponse({"error": "invalid_request"}, 400)
        back = {"state": asked["state"]}
        if provider.names_itself:
            back["iss"] = provider.issuer
        if provider.denies:
            back["error"] = provider.denies
        else:
            back["code"] = secrets.token_urlsafe(16)
            provider.grants[back["code"]] = Grant(
                asked["redirect_uri"],
                asked["code_challenge"],
                asked["nonce"],
                provider.now - provider.signed_in_seconds_ago,
            )
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)


def _telling(app: FastAPI, provider: LocalProvider) -> None:
    @app.post("/token")
    async def token(
        code: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
        grant_type: Annotated[str, Form()],
        authorization: Annotated[str, Header()],
    ) -> Response:
        client = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {client}" or grant_type != "authorization_code":
            return JSONResponse({"error": "invalid_client"}, 401)
        grant = provider.grants.pop(code, None)  # good once
        is_right = grant is not None and grant.redirect_uri == redirect_uri
        if grant is None or not is_right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if create_s256_code_challenge(code_verifier) != grant.challenge:
            return JSONResponse({"error": "invalid_grant"}, 400)
        access_token = secrets.token_urlsafe(16)
        provider.tokens.add(access_token)
        return JSONResponse(
            {
                "access_token": access_token,
                "token_type": "Bearer",
                "id_token": provider.id_token(grant),
            }
        )

    @app.get("/userinfo")
    async def userinfo(authorization: Annotated[str, Header()]) -> Response:
        if authorization.removeprefix("Bearer ") not in provider.tokens:
            return JSONResponse({"error": "invalid_token"}, 401)
        told = {**provider.person}
        if provider.userinfo_subject is not None:
            told["sub"] = provider.userinfo_subject
        return JSONResponse(told)


def _misbehaving(app: FastAPI, provider: LocalProvider) -> None:
    """Issuers whose description is not as it should be, one below each path."""

    @app.get("/elsewhere/.well-known/openid-configuration")
    async def elsewhere() -> Response:
        return RedirectResponse("/.well-known/openid-configuration", 302)

    @app.get("/endless/.well-known/openid-configuration")
    async def endless() -> Response:
        return JSONResponse({**described(provider), "padding": "x" * 600_000})

    @app.get("/bomb/.well-known/openid-configuration")
    async def bomb() -> Response:
        body = gzip.compress(json.dumps(described(provider)).encode())
        headers = {"content-encoding": "gzip", "content-type": "application/json"}
        return Response(body, headers=headers)

    @app.get("/page/.well-known/openid-configuration")
    async def page() -> Response:
        return Response("<html>Sign in</html>", media_type="text/html")

    @app.get("/inward/.well-known/openid-configuration")
    async def inward() -> Response:
        leads_inside = {"token_endpoint": "https://10.0.0.1/token"}
        issuer = {"issuer": f"{provider.issuer}/inward", "jwks_uri": "http://169.254.169.254/keys"}
        return JSONResponse({**described(provider), **issuer, **leads_inside})


@contextmanager
def serving() -> Iterator[LocalProvider]:
    """The provider on a free port, in a thread of its own."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        provider = LocalProvider(
            f"http://127.0.0.1:{listening.getsockname()[1]}",
            first_key=new_key("first"),
            second_key=new_key("second"),
            foreign_key=new_key("first"),
        )
        config = uvicorn.Config(application(provider), lifespan="off", ws="none", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.should_exit = True
            thread.join()
