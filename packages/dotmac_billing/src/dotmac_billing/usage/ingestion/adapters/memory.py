"""What this process remembers of each tenant between two calls, so that it need not ask again.

Meters and whom names stand for are asked anew every few seconds, because they change. Series and
partitions never do; but they are remembered only once the transaction that saw them has committed:
before that they may be its own, and go with it when it fails.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from dotmac_billing.usage.ingestion.directory import Directory
from dotmac_billing.usage.ingestion.staging import Lanes
from dotmac_billing.usage.meters.definition import MeterTerms
from dotmac_core_ops.database import tenant_of

FRESH_SECONDS = 5.0
_MOST_SERIES = 500_000
_WAITING = "usage_learned"

SeriesIds = dict[tuple[UUID, UUID, str], str]


class TenantMemory:
    """What is known of one tenant of one database."""

    def __init__(self) -> None:
        self.series: SeriesIds = {}
        self.meters: dict[str, MeterTerms] = {}
        self.directory = Directory()
        self.lanes: Lanes = {}
        self._asked_at = float("-inf")

    def refresh(self) -> None:
        """Forget what may have changed since it was asked."""
        now = monotonic()
        if now - self._asked_at > FRESH_SECONDS:
            self.meters, self.directory, self.lanes = {}, Directory(), {}
            self._asked_at = now
        if len(self.series) > _MOST_SERIES:
            self.series = {}

    def forget(self) -> None:
        """Ask for everything that may change once more."""
        self._asked_at = float("-inf")


class Memory:
    """What is known of one database."""

    def __init__(self) -> None:
        self.months: set[object] = set()
        self._tenants: dict[UUID, TenantMemory] = {}

    def of(self, tenant_id: UUID) -> TenantMemory:
        """What is known of that tenant."""
        return self._tenants.setdefault(tenant_id, TenantMemory())


_memories: WeakKeyDictionary[Engine, Memory] = WeakKeyDictionary()


def memory_of(session: AsyncSession) -> Memory:
    """What is known of the database that `session` works on."""
    engine = session.sync_session.get_bind().engine
    return _memories.setdefault(engine, Memory())


def tenant_memory(session: AsyncSession) -> TenantMemory:
    """What is known of the session's tenant."""
    return memory_of(session).of(tenant_of(session))


def once_committed(session: AsyncSession, remember: Callable[[], None]) -> None:
    """Call `remember` when the whole transaction has committed; never if it fails."""
    sync = session.sync_session
    if sync.in_nested_transaction():
        return  # its savepoint may be rolled back; the next call will learn it
    waiting: list[Callable[[], None]] | None = session.info.get(_WAITING)
    if waiting is None:
        waiting = session.info[_WAITING] = []
        event.listen(sync, "after_commit", _committed)
        event.listen(sync, "after_rollback", _rolled_back)
    waiting.append(remember)


def _committed(session: Session) -> None:
    if not session.in_nested_transaction():
        waiting = session.info[_WAITING]
        for remember in waiting:
            remember()
        waiting.clear()


def _rolled_back(session: Session) -> None:
    session.info[_WAITING].clear()
