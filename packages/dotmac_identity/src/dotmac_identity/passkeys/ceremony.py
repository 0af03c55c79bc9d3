"""What is asked of an authenticator, and whether its answer is good.

py_webauthn does the checking (Web Authentication level 3, sections 7.1 and 7.2); the challenge, the
counter and whose passkey it is are the caller's matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json_dict,
    parse_attestation_object,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier as Algorithm
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dotmac_identity.passkeys.relying_party import RelyingParty

TIMEOUT_MILLISECONDS = 300_000
"""How long the browser waits: as long as the challenge is good."""

TRANSPORTS = frozenset(transport.value for transport in AuthenticatorTransport)
"""The ways to an authenticator that are known."""

# The first that the authenticator can do: phones and keys the first, Windows the last.
_ALGORITHMS = [Algorithm.ECDSA_SHA_256, Algorithm.EDDSA, Algorithm.RSASSA_PKCS1_v1_5_SHA_256]
_SMALLEST_RSA_BITS = 2048
_LONGEST_ID = 1023  # level 3, section 5.8.3
# We ask for no attestation, so that browsers send none, or the new key's own signature.
_ATTESTATIONS = {"none", "packed"}

# What the library and what it stands on raise at nonsense: its own, and what reading CBOR, JSON and
# keys that were made up leads to.
_UNREADABLE = (
    WebAuthnException,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


class UnverifiedError(ValueError):
    """What the authenticator is said to have answered cannot be verified; the text says why."""


@dataclass(frozen=True)
class Answer:
    """What a browser sends, as far as it can be read without believing it."""

    credential_id: bytes
    challenge: bytes
    origin: str
    user_handle: bytes | None
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """A passkey to be named to a browser, and the ways to its authenticator."""

    credential_id: bytes
    transports: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """Whom a new passkey is for, as an authenticator shows them."""

    handle: bytes
    name: str
    shown_as: str


@dataclass(frozen=True)
class NewCredential:
    """A new passkey: its public key, its counter, and what its authenticator says of itself.

    `is_verified` is whether it made sure by itself who uses it (finger, face, PIN), `is_synced`
    whether an account takes the passkey to several devices.
    """

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_verified: bool
    is_synced: bool


@dataclass(frozen=True)
class Shown:
    """What a passkey that was used says: its counter, whether its user was verified, and so on."""

    sign_count: int
    is_verified: bool
    is_synced: bool


def creation_options(
    party: RelyingParty, account: Account, challenge: bytes, *, site: str, known: Iterable[Known]
) -> dict[str, Any]:
    """What `navigator.credentials.create()` needs; authenticators with a `known` one decline.

    It is `PublicKeyCredentialCreationOptionsJSON` of WebAuthn level 3.
    """
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=site,
        user_id=account.handle,
        user_name=account.name,
        user_display_name=account.shown_as,
        challenge=challenge,
        timeout=TIMEOUT_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_described(known),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json_dict(options)


def request_options(
    party: RelyingParty, challenge: bytes, *, known: Iterable[Known] = (), must_verify: bool
) -> dict[str, Any]:
    """What `navigator.credentials.get()` needs; without `known` ones the person chooses.

    It is `PublicKeyCredentialRequestOptionsJSON` of WebAuthn level 3.
    """
    wanted = UserVerificationRequirement.REQUIRED
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_MILLISECONDS,
        allow_credentials=_described(known),
        user_verification=wanted if must_verify else UserVerificationRequirement.PREFERRED,
    )
    return options_to_json_dict(options)


def read_answer(content: Mapping[str, Any]) -> Answer:
    """What a browser sent, taken apart.

    Raises:
        UnverifiedError: it is none, or comes from a page inside another site's.
    """
    try:
        response = content["response"]
        client = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"]))
        handle = response.get("userHandle")
        answer = Answer(
            credential_id=base64url_to_bytes(content["rawId"]),
            challenge=client.challenge,
            origin=client.origin,
            user_handle=None if handle is None else base64url_to_bytes(handle),
            content=content,
        )
    except _UNREADABLE as error:
        raise UnverifiedError("it cannot be read") from error
    if client.cross_origin:
        raise UnverifiedError("it was asked for inside a page of another site")
    return answer


def verified_creation(answer: Answer, party: RelyingParty) -> NewCredential:
    """The new passkey, for the challenge that `answer` names.

    Raises:
        UnverifiedError: it was made for another site, or its key is of no use.
    """
    try:
        attested = base64url_to_bytes(answer.content["response"]["attestationObject"])
        if parse_attestation_object(attested).fmt not in _ATTESTATIONS:
            raise UnverifiedError("it is attested, which was not asked for")
        made = verify_registration_response(
            credential=dict(answer.content),
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            supported_pub_key_algs=_ALGORITHMS,
        )
        if made.credential_id != answer.credential_id:
            raise UnverifiedError("it is called otherwise by its authenticator")
        if len(made.credential_id) > _LONGEST_ID:
            raise UnverifiedError("its name is longer than any may be")
        _require_usable(made.credential_public_key)
    except _UNREADABLE as error:
        raise UnverifiedError(str(error)) from error
    return NewCredential(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        is_verified=made.user_verified,
        is_synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
    )


def verified_use(
    answer: Answer, party: RelyingParty, public_key: bytes, *, must_verify: bool
) -> Shown:
    """What the passkey with `public_key` says of itself, for the challenge that `answer` names.

    Raises:
        UnverifiedError: it was used for another site, by another key, or without its user having
            been verified where they `must` be.
    """
    try:
        used = verify_authentication_response(
            credential=dict(answer.content),
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            # The library looks at the counter before the signature: anybody could show a low one.
            credential_current_sign_count=0,
            require_user_verification=must_verify,
        )
    except _UNREADABLE as error:
        raise UnverifiedError(str(error)) from error
    return Shown(
        sign_count=used.new_sign_count,
        is_verified=used.user_verified,
        is_synced=used.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
    )


def is_copy(sign_count: int, *, after: int) -> bool:
    """Whether an authenticator that counts `sign_count` now cannot be the one that was at `after`.

    A counter only grows; zero is what authenticators say that have none.

    Source: Web Authentication level 3, section 6.1.1.
    """
    return (sign_count, after) != (0, 0) and sign_count <= after


def _require_usable(public_key: bytes) -> None:
    # That key and algorithm fit is looked at when it is used as well; then it would be too late.
    stated = decode_credential_public_key(public_key)
    key = decoded_public_key_to_cryptography(stated)
    match key:
        case EllipticCurvePublicKey():
            fits = stated.alg == Algorithm.ECDSA_SHA_256 and isinstance(key.curve, SECP256R1)
        case Ed25519PublicKey():
            fits = stated.alg == Algorithm.EDDSA
        case RSAPublicKey():
            fits = (
                stated.alg == Algorithm.RSASSA_PKCS1_v1_5_SHA_256
                and key.key_size >= _SMALLEST_RSA_BITS
            )
        case _:
            fits = False
    if not fits:
        raise UnverifiedError("the key does not fit its algorithm, or is too weak")


def _described(known: Iterable[Known]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=one.credential_id,
            transports=[AuthenticatorTransport(name) for name in one.transports],
        )
        for one in known
    ]
