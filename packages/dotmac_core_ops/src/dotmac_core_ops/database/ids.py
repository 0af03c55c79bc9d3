"""Identifiers."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: ordered by creation, so that new rows land at the end of every index.

    Made by the application because PostgreSQL 15 to 17 cannot.
    """
    return uuid7()
