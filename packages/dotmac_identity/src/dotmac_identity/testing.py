"""Builders for tests, ours and those of programs that embed this package."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url, encode_cbor

from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.tenants import operator_tenant
from dotmac_identity.adapters.passwords import PasswordCost, Passwords
from dotmac_identity.roles.system_roles import OWNER
from dotmac_identity.tenant_life.service import Trial
from dotmac_identity.tenants.profile import TenantKind, TenantProfile
from dotmac_identity.tenants.service import FirstOwner, TenantService
from dotmac_identity.users.account import UserAccount
from dotmac_identity.users.service import UserService

PASSWORD = "correct horse battery staple"  # noqa: S105 (everybody's, in tests)


def cheap_passwords() -> Passwords:
    """Hashes that cost next to nothing, and protect as much."""
    return Passwords(PasswordCost(passes=1, memory_kib=8, lanes=1))


@dataclass(frozen=True)
class Organisation:
    """A tenant with an owner, `owner@example.com`, and other users on request."""

    database: Database
    passwords: Passwords
    profile: TenantProfile

    @classmethod
    async def founded(
        cls,
        database: Database,
        passwords: Passwords,
        *,
        kind: TenantKind = TenantKind.ISP,
        trial: Trial | None = None,
    ) -> Organisation:
        """A new tenant in Sweden."""
        async with database.transaction(new_id()) as session:
            profile = await TenantService.within(session, passwords).create(
                slug=f"org-{secrets.token_hex(6)}",
                name="North Net",
                currency="SEK",
                time_zone="Europe/Stockholm",
                country="SE",
                owner=FirstOwner("owner@example.com", "Olga Owner", PASSWORD),
                kind=kind,
                trial=trial,
            )
        return cls(database, passwords, profile)

    @classmethod
    async def operator(cls, database: Database, passwords: Passwords) -> Organisation:
        """The operator of the installation; made at the first call, because there is one only."""
        listed = await operator_tenant(database)
        if listed is None:
            return await cls.founded(database, passwords, kind=TenantKind.OPERATOR)
        async with database.transaction(listed.id) as session:
            profile = await TenantService.within(session).profile()
        return cls(database, passwords, profile)

    async def owner(self) -> UserAccount:
        """The first owner."""
        async with self.database.transaction(self.profile.id) as session:
            users, _ = await UserService.within(session, self.passwords).page()
        return next(user for user in users if OWNER in user.roles)

    async def employs(self, name: str, *roles: str) -> UserAccount:
        """A new user `<name>@example.com` with the roles."""
        async with self.database.transaction(self.profile.id) as session:
            return await UserService.within(session, self.passwords).create(
                email=f"{name}@example.com", name=name.title(), password=PASSWORD, roles=roles
            )


PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

ES256, EDDSA, RS256 = -7, -8, -257
"""How COSE calls the algorithms that authenticators sign with (RFC 9053, RFC 8812)."""

_PRESENT, _VERIFIED, _CAN_BE_SYNCED, _IS_SYNCED, _ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class HeldPasskey:
    """A passkey as its authenticator holds it."""

    site: str
    handle: str
    credential_id: bytes
    key: PrivateKey = field(repr=False)
    count: int


@dataclass
class SoftwareAuthenticator:
    """A device that makes passkeys and signs with them, and the browser in front of it.

    ```python
    device = SoftwareAuthenticator(origin="https://my.example")
    credential = device.creates(options)  # as navigator.credentials.create()
    assertion = device.gets(options)  # as navigator.credentials.get()
    ```

    What a browser would keep to can be broken by arguments, which is how attacks are tried.
    """

    origin: str
    algorithm: int = ES256
    verifies: bool = True
    counts: bool = True
    is_synced: bool = False
    held: list[HeldPasskey] = field(default_factory=list)

    def creates(
        self,
        options: dict[str, Any],
        *,
        stated_algorithm: int | None = None,
        credential_id: bytes | None = None,
        **lies: Any,  # noqa: ANN401 (what a browser states, of any type)
    ) -> dict[str, Any]:
        """A new passkey, attested by nothing."""
        site = lies.pop("site", options["rp"]["id"])
        key = _new_key(self.algorithm)
        called = credential_id or secrets.token_bytes(32)
        made = HeldPasskey(site, options["user"]["id"], called, key, 0)
        self.held.append(made)
        public = _cose_key(key, stated_algorithm or self.algorithm)
        attested = b"".join(
            (bytes(16), struct.pack(">H", 32), made.credential_id, encode_cbor(public))
        )
        data = self._stated(made, site, _ATTESTED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._client_data("webauthn.create", options["challenge"], **lies)
        response = {"attestationObject": attestation, "clientDataJSON": said}
        answer = _credential(made, response)
        answer["response"]["transports"] = ["internal"]
        return answer

    def gets(self, options: dict[str, Any], **lies: Any) -> dict[str, Any]:  # noqa: ANN401 (as above)
        """The use of a passkey for the site that asks, the newest that is allowed."""
        site = lies.pop("site", options["rpId"])
        allowed = {one["id"] for one in options.get("allowCredentials", ())}
        used = lies.pop("held", None) or next(
            one
            for one in reversed(self.held)
            if one.site == options["rpId"]
            and (not allowed or bytes_to_base64url(one.credential_id) in allowed)
        )
        used.count += self.counts
        said = self._client_data("webauthn.get", options["challenge"], **lies)
        data = self._stated(used, site, 0)
        signed = data + hashlib.sha256(said).digest()
        response = {
            "authenticatorData": data,
            "clientDataJSON": said,
            "signature": _signature(used.key, signed),
        }
        answer = _credential(used, response)
        answer["response"]["userHandle"] = used.handle
        return answer

    def copied(self) -> SoftwareAuthenticator:
        """Another device with the same passkeys, counting for itself from now on."""
        return replace(self, held=[replace(one) for one in self.held])

    def _stated(self, passkey: HeldPasskey, site: str, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        flags |= _CAN_BE_SYNCED | _IS_SYNCED if self.is_synced else 0
        return hashlib.sha256(site.encode()).digest() + struct.pack(">BI", flags, passkey.count)

    def _client_data(self, kind: str, challenge: str, /, **lies: object) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | lies).encode()


def _credential(passkey: HeldPasskey, response: dict[str, bytes]) -> dict[str, Any]:
    called = bytes_to_base64url(passkey.credential_id)
    written: dict[str, Any] = {name: bytes_to_base64url(value) for name, value in response.items()}
    return {
        "id": called,
        "rawId": called,
        "type": "public-key",
        "response": written,
        "clientExtensionResults": {},
    }


def _new_key(algorithm: int) -> PrivateKey:
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == RS256:
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def _cose_key(key: PrivateKey, algorithm: int) -> dict[int, object]:
    """The public half of `key` (RFC 9052, section 7)."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: algorithm, -1: 6, -2: key.public_key().public_bytes_raw()}
    if isinstance(key, rsa.RSAPrivateKey):
        stated = key.public_key().public_numbers()
        return {1: 3, 3: algorithm, -1: stated.n.to_bytes(256), -2: stated.e.to_bytes(3)}
    point = key.public_key().public_numbers()
    return {1: 2, 3: algorithm, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}


def _signature(key: PrivateKey, signed: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(signed)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(signed, padding.PKCS1v15(), SHA256())
    return key.sign(signed, ec.ECDSA(SHA256()))
