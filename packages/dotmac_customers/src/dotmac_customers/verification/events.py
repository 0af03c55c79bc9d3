"""Facts about verified addresses."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class _AddressVerified(Event):
    customer_id: UUID
    verification_id: UUID
    address: str
    method: str


class EmailVerified(_AddressVerified):
    """A customer showed that the e-mail address is theirs, by `link` or by `code`."""

    name: ClassVar[str] = "customers.email_verified"


class PhoneVerified(_AddressVerified):
    """A customer showed that the phone number is theirs."""

    name: ClassVar[str] = "customers.phone_verified"


class VerificationFailed(Event):
    """Too many wrong codes were tried; somebody may be guessing."""

    name: ClassVar[str] = "customers.verification_failed"

    customer_id: UUID
    verification_id: UUID
    kind: str
