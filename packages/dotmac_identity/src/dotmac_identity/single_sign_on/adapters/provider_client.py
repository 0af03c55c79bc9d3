"""Speaking with providers: their description, their keys, the exchange of a code."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dotmac_core_ops.clock import Clock
from dotmac_identity.single_sign_on.adapters.guarded_transport import (
    GuardedTransport,
    Resolve,
    resolved,
)
from dotmac_identity.single_sign_on.openid.asking import token_form
from dotmac_identity.single_sign_on.openid.claims import claimed_values
from dotmac_identity.single_sign_on.openid.errors import (
    ProviderAnswerError,
    ProviderUnreachableError,
    UnknownSigningKeyError,
)
from dotmac_identity.single_sign_on.openid.flow_secrets import FlowSecrets
from dotmac_identity.single_sign_on.openid.id_tokens import Expected, checked_claims
from dotmac_identity.single_sign_on.openid.metadata import (
    ProviderMetadata,
    description_address,
    read_metadata,
)
from dotmac_identity.single_sign_on.providers.view import ProviderSetup

_SECONDS = 10.0
"""How long one request may take in all, and half of it for each step."""

_MOST_BYTES = 512 * 1024
_KEPT = timedelta(hours=1)
_KEYS_RENEWED_EVERY = timedelta(seconds=30)
_REMEMBERED = 500
_OK = 200
_FAULT = 500


@dataclass
class _Known:
    """What is remembered of an issuer, and since when."""

    metadata: ProviderMetadata
    described_at: datetime
    keys_at: datetime
    keys: KeySet | None = None


@dataclass(frozen=True)
class _Tokens:
    id_token: str = field(repr=False)
    access_token: str | None = field(repr=False)


class ProviderClient:
    """Asks providers, in this process, and remembers for an hour what they say of themselves."""

    def __init__(
        self, clock: Clock, *, allows_loopback: bool = False, resolve: Resolve = resolved
    ) -> None:
        self._clock = clock
        self._allows_loopback = allows_loopback
        self._resolve = resolve
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def metadata(self, issuer: str, *, fresh: bool = False) -> ProviderMetadata:
        """How `issuer` describes itself; asked again where it has to be `fresh`.

        Raises:
            ProviderUnreachableError, ProviderAddressError: it cannot be used.
        """
        now = self._clock.now()
        known = self._known.get(issuer)
        if known is not None and not fresh and known.described_at + _KEPT > now:
            return known.metadata
        status, document = await self._ask("GET", description_address(issuer))
        if status != _OK:
            raise ProviderUnreachableError(f"its description answers with status {status}")
        metadata = read_metadata(document, issuer, allows_loopback=self._allows_loopback)
        self._known[issuer] = _Known(metadata, now, now)
        self._known.move_to_end(issuer)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return metadata

    async def keys(self, metadata: ProviderMetadata, *, fresh: bool = False) -> KeySet:
        """The keys that it signs with; fetched again where they have to be `fresh`.

        But not more than every half minute: who forges tokens must not have us knock at each.

        Raises:
            ProviderUnreachableError, ProviderAddressError: they cannot be used.
        """
        now = self._clock.now()
        known = self._known.get(metadata.issuer)
        life = _KEYS_RENEWED_EVERY if fresh else _KEPT
        if known is not None and known.keys is not None and known.keys_at + life > now:
            return known.keys
        status, document = await self._ask("GET", metadata.jwks_uri)
        if status != _OK:
            raise ProviderUnreachableError(f"its keys answer with status {status}")
        try:
            keys = KeySet.import_key_set({"keys": document["keys"]})
        except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProviderUnreachableError("its keys cannot be read") from error
        if known is not None:
            known.keys, known.keys_at = keys, now
        return keys

    async def claims(
        self, setup: ProviderSetup, secrets: FlowSecrets, code: str, *, max_age_seconds: int | None
    ) -> dict[str, Any]:
        """What the provider says about who brings `code`; checked, all of it.

        What is not in the ID token is taken from the user info, if that is about the same person.

        Raises:
            ProviderUnreachableError, ProviderAddressError: it cannot be used.
            ProviderAnswerError: its answer proves nothing.
        """
        metadata = await self.metadata(setup.issuer)
        tokens = await self._exchange(metadata, setup, secrets, code)
        expected = Expected(
            issuer=setup.issuer,
            client_id=setup.client_id,
            nonce=secrets.nonce,
            algorithms=metadata.algorithms,
            access_token=tokens.access_token,
            max_age_seconds=max_age_seconds,
        )
        now = self._clock.now()
        keys = await self.keys(metadata)
        try:
            claims = checked_claims(tokens.id_token, keys, expected, now)
        except UnknownSigningKeyError:  # providers renew their keys without a word
            keys = await self.keys(metadata, fresh=True)
            claims = checked_claims(tokens.id_token, keys, expected, now)
        if _is_thin(claims, setup) and metadata.userinfo_endpoint and tokens.access_token:
            told = await self._user_info(metadata.userinfo_endpoint, tokens.access_token)
            if told.get("sub") != claims["sub"]:  # Core 1.0 section 5.3.2
                raise ProviderAnswerError("the user info is about somebody else")
            claims = {**told, **claims}
        return claims

    async def _exchange(
        self, metadata: ProviderMetadata, setup: ProviderSetup, secrets: FlowSecrets, code: str
    ) -> _Tokens:
        form = token_form(metadata, setup, secrets, code)
        status, answer = await self._ask(
            "POST", metadata.token_endpoint, headers=form.headers, content=form.body
        )
        if status >= _FAULT:
            raise ProviderUnreachableError(f"its token endpoint answers with status {status}")
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if status != _OK or not isinstance(id_token, str):
            raise ProviderAnswerError("it does not take the code")
        return _Tokens(id_token, access_token if isinstance(access_token, str) else None)

    async def _user_info(self, address: str, access_token: str) -> dict[str, Any]:
        bearer = {"authorization": f"Bearer {access_token}"}
        status, told = await self._ask("GET", address, headers=bearer)
        if status != _OK:
            raise ProviderUnreachableError(f"its user info answers with status {status}")
        return told

    async def _ask(
        self,
        method: str,
        address: str,
        *,
        headers: dict[str, str] | None = None,
        content: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object of an answer; redirects are not followed."""
        sent = {"accept": "application/json", "accept-encoding": "identity", **(headers or {})}
        try:
            async with (
                asyncio.timeout(_SECONDS),
                self._http.stream(method, address, headers=sent, content=content) as answer,
            ):
                status, body = answer.status_code, await _bounded(answer)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise ProviderUnreachableError("it does not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderUnreachableError("it cannot be reached") from error
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ProviderUnreachableError("it does not answer with JSON") from error
        if not isinstance(document, dict):
            raise ProviderUnreachableError("it does not answer with a JSON object")
        return status, document

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        # Made when it is needed first: reading the authorities' certificates takes a moment.
        transport = GuardedTransport(allows_loopback=self._allows_loopback, resolve=self._resolve)
        return httpx.AsyncClient(
            transport=transport, timeout=_SECONDS / 2, follow_redirects=False, trust_env=False
        )


async def _bounded(answer: httpx.Response) -> bytes:
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise ProviderUnreachableError("it answers compressed, which was not asked for")
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise ProviderUnreachableError("its answer is too long")
    return bytes(body)


def _is_thin(claims: dict[str, Any], setup: ProviderSetup) -> bool:
    """Whether something is missing that the user info may have."""
    if "email" not in claims:
        return True
    return setup.role_claim is not None and not claimed_values(claims, setup.role_claim)
