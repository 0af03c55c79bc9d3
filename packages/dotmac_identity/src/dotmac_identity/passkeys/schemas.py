"""HTTP shapes of passkeys; what browsers send and take is written as WebAuthn writes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_identity.users.schemas import Password

PasskeyName = Annotated[str, Field(min_length=1, max_length=60, examples=["Ann's laptop"])]

_BASE64URL = r"^[A-Za-z0-9_-]+$"
CredentialId = Annotated[
    str,
    Field(min_length=1, max_length=1400, pattern=_BASE64URL, examples=["bW9yZS10aGFuLTE2LWJ5dGVz"]),
]
Short = Annotated[
    str, Field(min_length=1, max_length=8_000, pattern=_BASE64URL, examples=["eyJ0eXBlIjoid2U"])
]
Long = Annotated[
    str, Field(min_length=1, max_length=40_000, pattern=_BASE64URL, examples=["o2NmbXRkbm9uZQ"])
]


class BrowserModel(RequestModel):
    """What a browser made; newer ones send more than is known here, which is left aside."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)

    def content(self) -> dict[str, Any]:
        """The same as it came."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class AttestationResponseIn(BrowserModel):
    """What the authenticator says about a new passkey; binary values in URL-safe base 64."""

    client_data: Short = Field(alias="clientDataJSON")
    attestation: Long = Field(alias="attestationObject")
    transports: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list, max_length=20, examples=[["internal", "hybrid"]]
    )


class NewCredentialIn(BrowserModel):
    """`PublicKeyCredential.toJSON()` of what `navigator.credentials.create()` made."""

    id: CredentialId
    raw_id: CredentialId = Field(alias="rawId")
    type: Literal["public-key"]
    response: AttestationResponseIn


class AssertionResponseIn(BrowserModel):
    """What the authenticator signed; binary values in URL-safe base 64."""

    client_data: Short = Field(alias="clientDataJSON")
    authenticator_data: Short = Field(alias="authenticatorData")
    signature: Short
    user_handle: Annotated[str, Field(max_length=120, pattern=r"^[A-Za-z0-9_-]*$")] | None = Field(
        None, alias="userHandle", examples=["AZLwwV56cACAAAAAAAAACg"]
    )


class AssertionIn(BrowserModel):
    """`PublicKeyCredential.toJSON()` of what `navigator.credentials.get()` gave."""

    id: CredentialId
    raw_id: CredentialId = Field(alias="rawId")
    type: Literal["public-key"]
    response: AssertionResponseIn


class PasswordAgainIn(RequestModel):
    """The password, which says that it is really the owner who asks."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)

    password: Password


class CreationOptionsOut(ResponseModel):
    """What the page passes on to its browser."""

    options: dict[str, Any] = Field(
        description="For `PublicKeyCredential.parseCreationOptionsFromJSON()` and then "
        "`navigator.credentials.create()`. Good for five minutes and once.",
        examples=[
            {
                "rp": {"id": "my.example", "name": "North Net"},
                "user": {"id": "AZLwwV56", "name": "ann@example.com", "displayName": "Ann Berg"},
                "challenge": "eyJ0eXBlIjoid2U",
                "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
                "excludeCredentials": [],
            }
        ],
    )


class RequestOptionsOut(ResponseModel):
    """What the page passes on to its browser."""

    options: dict[str, Any] = Field(
        description="For `PublicKeyCredential.parseRequestOptionsFromJSON()` and then "
        "`navigator.credentials.get()`. Good for five minutes and once.",
        examples=[
            {
                "rpId": "my.example",
                "challenge": "eyJ0eXBlIjoid2U",
                "allowCredentials": [],
                "userVerification": "required",
            }
        ],
    )


class PasskeyIn(RequestModel):
    """A new passkey, and what its owner calls it."""

    name: PasskeyName
    credential: NewCredentialIn


class PasskeyNameIn(RequestModel):
    """What its owner calls it from now on."""

    name: PasskeyName


class PasskeyOut(ResponseModel):
    """A passkey of one's own."""

    id: UUID
    name: PasskeyName
    site: str = Field(
        description="The domain on whose pages it is good.", examples=["my.example.com"]
    )
    signs_in_alone: bool = Field(
        description="Whether it signs in without a password, because it asks for finger, face or "
        "PIN itself."
    )
    is_synced: bool = Field(description="Whether an account takes it to several devices.")
    created_at: datetime
    last_used_at: datetime | None
    copied_at: datetime | None = Field(
        description="Since when it is refused, because somebody else seems to have a copy."
    )


class AddedPasskeyOut(ResponseModel):
    """The new passkey; recovery codes, if it is the first second factor."""

    passkey: PasskeyOut
    recovery_codes: tuple[str, ...] = Field(
        description="Each good once; they cannot be had again.", examples=[["ab2d-efgh-jk3m-npqr"]]
    )
