"""Identifiers."""

from uuid import UUID

from asyncpg.pgproto.pgproto import UUID as DriverUUID  # noqa: N811 (the driver's subclass of UUID)
from uuid_utils.compat import uuid7

_RANDOM = (1 << 62) - 1  # the lowest bits of a UUIDv7, behind version and variant


def new_id() -> UUID:
    """A UUIDv7: ordered by creation, so that new rows land at the end of every index.

    Made by the application because PostgreSQL 15 to 17 cannot.
    """
    return uuid7()


def new_ids(count: int) -> list[UUID]:
    """`count` consecutive UUIDv7 of one instant, ascending: for bulk writes, at a third the cost.

    One gives away its neighbours: identifiers are no secrets.
    """
    first = uuid7().int
    if (first & _RANDOM) + count > _RANDOM:
        first -= count
    # The driver's own subclass of UUID is quicker to make and to send.
    return [DriverUUID((first + n).to_bytes(16, "big")) for n in range(count)]
