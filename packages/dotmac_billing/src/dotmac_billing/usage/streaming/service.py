"""Taking in a stream of events: many transactions, several of them at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from dotmac_billing.usage.ingestion.service import ingest
from dotmac_billing.usage.reported import IngestResult, Refusal, UsageEvent
from dotmac_billing.usage.streaming.batches import batches
from dotmac_core_ops.collector import rare_collections
from dotmac_core_ops.database import Database

BATCH = 5_000
LANES = 3


@dataclass
class StreamResult:
    """What became of a stream so far."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    late: int = 0

    @property
    def events(self) -> int:
        """How many were looked at."""
        return self.accepted + self.duplicates + self.refused

    def add(self, result: IngestResult) -> None:
        """Count a call."""
        self.accepted += result.accepted
        self.duplicates += result.duplicates
        self.refused += result.refused
        self.late += result.late


@dataclass
class _Lanes:
    """What the lanes share: the rest of the stream and the counts."""

    rest: Iterable[list[tuple[int, UsageEvent | Refusal]]]
    total: StreamResult = field(default_factory=StreamResult)


async def ingest_stream(
    database: Database,
    tenant_id: UUID,
    numbered_events: Iterable[tuple[int, UsageEvent | Refusal]],
    *,
    on_refusal: Callable[[int, Refusal], None] | None = None,
    on_progress: Callable[[StreamResult], None] | None = None,
    batch: int = BATCH,
) -> StreamResult:
    """Take in numbered events, however many; what became of them all.

    In calls of `batch` with a transaction each, three at a time: while PostgreSQL writes one, the
    next is prepared. Each call has the events of a third of the subscriptions, because calls side
    by side wait for each other where they add to the same hour. It may be stopped at any moment and
    started anew; what went in is known by its event ids. `on_refusal` is told the number of each
    event that was not taken, and why.
    """
    shared = _Lanes(batches(numbered_events, batch, shares=LANES, whose=_payer))

    async def lane() -> None:
        for numbered in shared.rest:
            events = [event for _, event in numbered]
            result = await database.run(tenant_id, partial(ingest, events=events))
            shared.total.add(result)
            for n, refusal in result.refusals.items():
                if on_refusal is not None:
                    on_refusal(numbered[n][0], refusal)
            if on_progress is not None:
                on_progress(shared.total)

    try:
        with rare_collections():
            async with asyncio.TaskGroup() as lanes:
                for _ in range(LANES):
                    lanes.create_task(lane())
    except ExceptionGroup as failed:
        # The first to fail ended the others; that there were several is nobody's business.
        raise failed.exceptions[0] from None
    return shared.total


def _payer(event: UsageEvent | Refusal) -> str | None:
    """Whose hours the event is added to, by whatever name it comes with."""
    return (event.subscription or event.customer) if isinstance(event, UsageEvent) else None
