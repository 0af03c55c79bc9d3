"""Verifying that an e-mail address or a phone number is the customer's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher, send_message
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, clock_of, new_id, tenant_of
from dotmac_core_ops.principal import Actor, acting_as, current_actor
from dotmac_customers.communication.notices.words import dialled
from dotmac_customers.communication.service import sender_of
from dotmac_customers.communication.suppression.service import SuppressionService
from dotmac_customers.communication.topics import ContactChannel
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.models import Customer
from dotmac_customers.profiles.repository import CustomerRepository
from dotmac_customers.verification.errors import (
    AddressReturnsMailError,
    AlreadyVerifiedError,
    NoPendingVerificationError,
    NothingToVerifyError,
    TooManyVerificationsError,
    VerificationCodeWrongError,
    VerificationLinkInvalidError,
    VerificationLinkUsedError,
)
from dotmac_customers.verification.events import EmailVerified, PhoneVerified, VerificationFailed
from dotmac_customers.verification.evidence import (
    CODE_DIGITS,
    code_digest,
    compose_token,
    read_token,
    token_digest,
)
from dotmac_customers.verification.models import Verification
from dotmac_customers.verification.repository import VerificationRepository
from dotmac_customers.verification.terms import (
    CODE_MINUTES,
    LINK_HOURS,
    VerificationKind,
    VerificationState,
    wait_seconds,
)
from dotmac_customers.verification.words import verification_message

_CHANNELS = {
    VerificationKind.EMAIL: ContactChannel.EMAIL,
    VerificationKind.PHONE: ContactChannel.SMS,
}
_EVENTS = {VerificationKind.EMAIL: EmailVerified, VerificationKind.PHONE: PhoneVerified}
_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class VerificationStatus:
    """Whether the customer's present address is verified, and what waits to be."""

    customer_id: UUID
    kind: VerificationKind
    address: str | None
    is_verified: bool
    verified_at: datetime | None
    pending_since: datetime | None
    expires_at: datetime | None
    attempts_left: int


class VerificationService:
    """Verifications of the customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._verifications = VerificationRepository(session)
        self._customers = CustomerRepository(session)

    async def start(self, customer_id: UUID, kind: VerificationKind) -> VerificationStatus:
        """Send the customer a code, and by e-mail a link; an earlier one is void by that.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            NothingToVerifyError: the customer has no such address.
            AlreadyVerifiedError: the address is verified.
            AddressReturnsMailError: the address is suppressed.
            TooManyVerificationsError: too many were asked for.
        """
        # Held, so that two who ask at once are counted one after the other.
        customer = await self._known(customer_id, for_update=True)
        address = await self._address(customer, kind)
        if address is None:
            raise NothingToVerifyError(kind)
        if await self._verifications.verified(customer_id, kind, address) is not None:
            raise AlreadyVerifiedError(kind)
        if await SuppressionService(self._session).is_suppressed(_CHANNELS[kind], address):
            raise AddressReturnsMailError
        now = clock_of(self._session).now()
        asked = await self._verifications.asked_since(customer_id, kind, now - timedelta(days=1))
        if wait := wait_seconds(asked, now):
            raise TooManyVerificationsError(wait)
        await self._end_pending(customer_id, kind, VerificationState.CANCELLED)
        await self._send(customer, kind, address, now)
        return await self.status(customer_id, kind)

    async def status(self, customer_id: UUID, kind: VerificationKind) -> VerificationStatus:
        """How things stand.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        customer = await self._known(customer_id)
        address = await self._address(customer, kind)
        verified = None
        if address is not None:
            verified = await self._verifications.verified(customer_id, kind, address)
        pending = await self._verifications.pending(customer_id, kind)
        if pending is not None and not pending.is_open(clock_of(self._session).now()):
            pending = None
        return VerificationStatus(
            customer_id=customer_id,
            kind=kind,
            address=address,
            is_verified=verified is not None,
            verified_at=verified.ended_at if verified else None,
            pending_since=pending.created_at if pending else None,
            expires_at=pending.expires_at if pending else None,
            attempts_left=pending.attempts_left if pending else 0,
        )

    async def cancel(self, customer_id: UUID, kind: VerificationKind) -> None:
        """Make the code and the link that were sent void.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            NoPendingVerificationError: none is pending.
        """
        await self._known(customer_id)
        if not await self._end_pending(customer_id, kind, VerificationState.CANCELLED):
            raise NoPendingVerificationError(kind)
        await self._record("verification_cancel", customer_id, kind)

    async def address_changed(self, customer_id: UUID, kind: VerificationKind) -> None:
        """What was sent to the old address is void; if that was verified, ask for the new one."""
        customer = await self._known(customer_id, for_update=True)
        address = await self._address(customer, kind)
        pending = await self._verifications.pending(customer_id, kind, for_update=True)
        if pending is not None and pending.address == address:
            return  # asked for since
        now = clock_of(self._session).now()
        if pending is not None:
            pending.end(VerificationState.CANCELLED, now)
        before = await self._verifications.verified(customer_id, kind)
        if address is None or before is None or before.address == address:
            return
        asked = await self._verifications.asked_since(customer_id, kind, now - timedelta(days=1))
        suppression = SuppressionService(self._session)
        if not wait_seconds(asked, now) and not await suppression.is_suppressed(
            _CHANNELS[kind], address
        ):
            await self._send(customer, kind, address, now)

    async def try_code(self, customer_id: UUID, kind: VerificationKind, code: str) -> int | None:
        """Verify by code: None when it was right, else the attempts that are left.

        Whoever calls it must commit either way, because a wrong one counts; see `confirm_code`.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        customer = await self._known(customer_id)
        pending = await self._verifications.pending(customer_id, kind, for_update=True)
        if pending is None:
            code_digest(_NOBODY, code)  # as much work as for one that is pending
            return 0
        now = clock_of(self._session).now()
        is_right = pending.try_code(code, now)
        if is_right and pending.address == await self._address(customer, kind):
            await self._verify(pending, "code", now)
            return None
        if pending.state is VerificationState.FAILED:
            await EventPublisher(self._session).publish(
                VerificationFailed(
                    customer_id=customer_id, verification_id=pending.id, kind=kind.value
                )
            )
            await self._record("verification_fail", customer_id, kind)
        return pending.attempts_left

    async def use_link(self, digest: bytes) -> Verification:
        """Verify by link.

        Raises:
            VerificationLinkInvalidError: there is none, or not any more.
            VerificationLinkUsedError: it was used.
        """
        found = await self._verifications.by_token(digest)
        if found is None:
            raise VerificationLinkInvalidError
        if found.state is VerificationState.VERIFIED:
            raise VerificationLinkUsedError
        now = clock_of(self._session).now()
        customer = await self._known(found.customer_id)
        if not found.is_open(now) or found.address != await self._address(customer, found.kind):
            raise VerificationLinkInvalidError
        await self._verify(found, "link", now)
        return found

    async def _send(
        self, customer: Customer, kind: VerificationKind, address: str, now: datetime
    ) -> None:
        customer_id = customer.id
        token = compose_token(tenant_of(self._session), secrets.token_urlsafe(32))
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        by_mail = kind is VerificationKind.EMAIL
        code_until = now + timedelta(minutes=CODE_MINUTES)
        until = now + timedelta(hours=LINK_HOURS) if by_mail else code_until
        new = Verification(
            id=new_id(),
            customer_id=customer_id,
            kind=kind,
            address=address,
            state=VerificationState.PENDING,
            token_digest=token_digest(token) if by_mail else None,
            attempts=0,
            code_expires_at=code_until,
            expires_at=until,
            requested_by=current_actor().name,
            created_at=now,
        )
        new.code_digest = code_digest(new.id, code)
        self._verifications.add(new)
        sender = await sender_of(self._session)
        url = f"{sender.base_url}/api/v1/customers/verify-email?token={token}"
        await send_message(
            self._session,
            verification_message(
                kind,
                replace(sender.look, language=customer.language or sender.look.language),
                address,
                customer_id=customer_id,
                code=code,
                url=url,
                not_after=until,
            ),
        )
        await self._record("verification_start", customer_id, kind)

    async def _verify(self, verification: Verification, method: str, now: datetime) -> None:
        verification.end(VerificationState.VERIFIED, now)
        event = _EVENTS[verification.kind](
            customer_id=verification.customer_id,
            verification_id=verification.id,
            address=verification.address,
            method=method,
        )
        await EventPublisher(self._session).publish(event)
        await self._record("verified", verification.customer_id, verification.kind, method=method)

    async def _end_pending(
        self, customer_id: UUID, kind: VerificationKind, state: VerificationState
    ) -> bool:
        pending = await self._verifications.pending(customer_id, kind, for_update=True)
        if pending is None:
            return False
        pending.end(state, clock_of(self._session).now())
        return True

    async def _known(self, customer_id: UUID, *, for_update: bool = False) -> Customer:
        customer = await self._customers.by_id(customer_id, for_update=for_update)
        if customer is None:
            raise CustomerNotFoundError(customer_id)
        return customer

    async def _address(self, customer: Customer, kind: VerificationKind) -> str | None:
        if kind is VerificationKind.EMAIL:
            return customer.email
        return dialled(customer.phone, (await sender_of(self._session)).country)

    async def _record(
        self, action: str, customer_id: UUID, kind: VerificationKind, **more: str
    ) -> None:
        await record(
            self._session,
            action=f"customers.{action}",
            target=("customer", customer_id),
            after={"kind": kind.value, **more},
        )


async def confirm_code(
    database: Database, tenant_id: UUID, customer_id: UUID, kind: VerificationKind, code: str
) -> VerificationStatus:
    """Verify by the code that the customer was sent.

    In a transaction of its own, because a wrong code must be counted although it is refused.

    Raises:
        CustomerNotFoundError: the tenant has no such customer.
        VerificationCodeWrongError: it is wrong, was used, or is too old.
    """
    async with database.transaction(tenant_id) as session:
        left = await VerificationService(session).try_code(customer_id, kind, code)
    if left is not None:
        raise VerificationCodeWrongError(left)
    async with database.transaction(tenant_id) as session:
        return await VerificationService(session).status(customer_id, kind)


async def confirm_link(database: Database, token: str) -> tuple[VerificationKind, str]:
    """Verify by the link that the customer was sent; what was verified, and the tenant's name.

    Raises:
        VerificationLinkInvalidError: it is not one that was sent, or not any more.
        VerificationLinkUsedError: it was used.
    """
    link = read_token(token)
    if link is None:
        raise VerificationLinkInvalidError
    actor = Actor("customer:link", "system", current_actor().request_id, link.tenant_id)
    async with database.transaction(link.tenant_id) as session:
        with acting_as(actor):
            verification = await VerificationService(session).use_link(link.digest)
        return verification.kind, (await sender_of(session)).look.tenant_name
