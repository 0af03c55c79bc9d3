"""What can be done with addresses that are not to be written to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_customers.communication.errors import SuppressedAddressNotFoundError
from dotmac_customers.communication.events import AddressSuppressed
from dotmac_customers.communication.models import SuppressedAddress
from dotmac_customers.communication.suppression.bounce import SuppressionReason
from dotmac_customers.communication.suppression.digest import address_digest
from dotmac_customers.communication.suppression.repository import SuppressionRepository
from dotmac_customers.communication.topics import ContactChannel
from dotmac_customers.communication.unsubscribing.service import unsubscribe_key


class SuppressionService:
    """The addresses that the session's tenant does not write to."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._addresses = SuppressionRepository(session)

    async def suppress(
        self,
        channel: ContactChannel,
        address: str,
        reason: SuppressionReason,
        *,
        detail: str = "",
        message_id: UUID | None = None,
    ) -> SuppressedAddress:
        """Do not write to `address` any more; one that is suppressed stays as it was."""
        plain = plain_address(address)
        digest = await self._digest(channel, plain)
        known = await self._addresses.by_address(channel, plain, digest)
        if known is not None:
            return known
        added = await self._addresses.add(
            channel,
            plain,
            reason,
            detail=detail,
            message_id=message_id,
            now=clock_of(self._session).now(),
        )
        if added is not None:
            await EventPublisher(self._session).publish(
                AddressSuppressed(suppressed_id=added, channel=channel.value, reason=reason.value)
            )
            await record(
                self._session,
                action="customers.address_suppress",
                target=("suppressed_address", added),
                after={"channel": channel.value, "reason": reason.value},
            )
        row = await self._addresses.by_address(channel, plain, digest)
        assert row is not None  # it was added just now, here or by somebody who was faster
        return row

    async def is_suppressed(self, channel: ContactChannel, address: str) -> bool:
        """Whether `address` is not written to."""
        return bool(await self.among(channel, [address]))

    async def among(self, channel: ContactChannel, addresses: Iterable[str]) -> set[str]:
        """Those of `addresses` that are not written to, in their plain form; set-wise."""
        key = await unsubscribe_key(self._session)
        plain = {plain_address(address) for address in addresses}
        digests = {address: address_digest(key, channel, address) for address in plain}
        return await self._addresses.among(channel, digests)

    async def forget(self, channel: ContactChannel, addresses: Iterable[str]) -> int:
        """Let the addresses of somebody who is forgotten stay suppressed, unreadably; how many."""
        key = await unsubscribe_key(self._session)
        plain = {plain_address(address) for address in addresses}
        digests = {address: address_digest(key, channel, address) for address in plain}
        return await self._addresses.forget(channel, digests)

    async def page(
        self, *, channel: ContactChannel | None, address: str | None, offset: int, limit: int
    ) -> tuple[Sequence[SuppressedAddress], int]:
        """Addresses that match, newest first, and how many match in all."""
        wanted = None if address is None else plain_address(address)
        digests = []
        if wanted is not None:
            digests = [await self._digest(each, wanted) for each in ContactChannel]
        return await self._addresses.page(
            channel=channel, address=wanted, digests=digests, offset=offset, limit=limit
        )

    async def release(self, suppressed_id: UUID) -> None:
        """Write to the address again.

        Raises:
            SuppressedAddressNotFoundError: it is not suppressed.
        """
        row = await self._addresses.by_id(suppressed_id)
        if row is None:
            raise SuppressedAddressNotFoundError(suppressed_id)
        await self._addresses.remove(row)
        await record(
            self._session,
            action="customers.address_release",
            target=("suppressed_address", suppressed_id),
            before={"channel": row.channel.value, "reason": row.reason.value},
        )

    async def _digest(self, channel: ContactChannel, plain: str) -> bytes:
        return address_digest(await unsubscribe_key(self._session), channel, plain)


def plain_address(address: str) -> str:
    """An address as it is compared: without space around it, in lower case."""
    return address.strip().lower()
