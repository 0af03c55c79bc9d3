"""One pass over an import's file: to see what would come of it, or to bring it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.collector import rare_collections
from dotmac_core_ops.database import Database, clock_of
from dotmac_core_ops.errors import ConflictError, DomainError, InvalidError, NotFoundError
from dotmac_customers.imports.changes import differing, kept
from dotmac_customers.imports.events import ImportFinished
from dotmac_customers.imports.models import CustomerImport, ImportState
from dotmac_customers.imports.problems import Problem
from dotmac_customers.imports.repository import ImportRepository
from dotmac_customers.imports.row_decision import Key, decided
from dotmac_customers.imports.row_reading import ReadRow, RowReader
from dotmac_customers.imports.running.repository import Brought, RunningRepository
from dotmac_customers.imports.service import ImportService
from dotmac_customers.imports.stored_table import read_stored
from dotmac_customers.imports.table_file import TableRow
from dotmac_customers.imports.writing.service import ManyCustomers
from dotmac_customers.profiles.service import CUSTOM_FIELD_ENTITY, CustomerService
from dotmac_customers.tags.repository import TagRepository
from dotmac_identity import LimitReachedError, custom_fields_of

CHUNK = 1000
"""Rows that are taken in by one transaction."""

# What a row can be refused for; anything else, such as a server out of reach, ends the pass.
_REFUSALS = (ConflictError, InvalidError, NotFoundError)
_COUNTS = ("created", "changed", "same", "refused")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that waits for its turn; `place` counts from 1, `line` is the spreadsheet's number."""

    place: int
    line: int
    read: ReadRow
    is_repeated: bool


@dataclass
class _Outcome:
    """What is to become of the rows of a chunk."""

    new: list[_Row] = field(default_factory=list)
    present: list[tuple[_Row, UUID]] = field(default_factory=list)
    refused: list[tuple[int, Sequence[Problem]]] = field(default_factory=list)
    same: int = 0


class ImportPass:
    """The rows of one import, looked at from where the last pass came to.

    What became of a chunk is committed together with how far the import is, so that a pass that was
    interrupted is gone on with and nothing is brought twice.
    """

    def __init__(
        self, database: Database, tenant_id: UUID, import_id: UUID, *, chunk: int = CHUNK
    ) -> None:
        self._database = database
        self._tenant_id = tenant_id
        self._import_id = import_id
        self._chunk = chunk

    async def run(self, after_chunk: Callable[[], Awaitable[None]]) -> None:
        """Look at all rows that are left; nothing where the import is at another point."""
        async with self._database.transaction(self._tenant_id) as session:
            service = ImportService(session)
            about = await service.by_id(self._import_id)
            if about.state not in {ImportState.CHECKING, ImportState.RUNNING}:
                return
            file = await service.file_of(about)
            fields = await custom_fields_of(session, CUSTOM_FIELD_ENTITY)
        reader = RowReader(about.header, about.mapping, fields)
        rows = _in_turn(read_stored(file), reader, after=about.done)
        with file, rare_collections():
            async with _Waiting(rows, self._chunk) as waiting:
                await self._look_at_all(waiting, reader, about.state, after_chunk)
        await self._in_transaction(partial(self._end, about.state))

    async def _look_at_all(
        self,
        waiting: _Waiting,
        reader: RowReader,
        state: ImportState,
        after_chunk: Callable[[], Awaitable[None]],
    ) -> None:
        size = self._chunk
        while chunk := await waiting.take(size):
            try:
                await self._in_transaction(partial(self._look_at, chunk, reader, state))
            except _REFUSALS as error:
                # One of them was refused, and nothing is written: find it, the others go in.
                if len(chunk) > 1:
                    waiting.give_back(chunk)
                    size = len(chunk) // 2
                    continue
                await self._in_transaction(partial(self._refuse, chunk[0], error))
            size = min(self._chunk, size * 2)
            await after_chunk()

    async def _in_transaction(self, work: Callable[[AsyncSession], Awaitable[None]]) -> None:
        await self._database.run(self._tenant_id, work)

    async def _look_at(
        self, chunk: Sequence[_Row], reader: RowReader, state: ImportState, session: AsyncSession
    ) -> None:
        about = await self._held(session)
        rows = [row for row in chunk if row.place > about.done]
        if about.state is not state or not rows:
            return  # somebody else, who had the job before, was slower than its lease
        running = RunningRepository(session)
        if state is ImportState.RUNNING:
            await running.hold_alone()
        ruled = {tag.name for tag in await TagRepository(session).with_rule()}
        known = await running.known({key for row in rows for key in row.read.keys})
        outcome = _Outcome()
        for row in rows:
            decision = decided(
                *(row.read, about.mode, known, reader),
                ruled_tags=ruled,
                is_repeated=row.is_repeated,
            )
            if decision.problems:
                outcome.refused.append((row.line, decision.problems))
            elif decision.customer_id is None:
                outcome.new.append(row)
            else:
                outcome.present.append((row, decision.customer_id))
        if state is ImportState.RUNNING:
            brought = await _create(session, outcome)
            brought += await _change(session, outcome, ruled)
            await running.keep(about.id, brought)
        await ImportRepository(session).refuse(about.id, outcome.refused)
        about.created += len(outcome.new)
        about.changed += len(outcome.present) - outcome.same
        about.same += outcome.same
        about.refused += len(outcome.refused)
        about.done = rows[-1].place

    async def _refuse(self, row: _Row, error: DomainError, session: AsyncSession) -> None:
        about = await self._held(session)
        if row.place > about.done:
            problem = Problem("", error.code, error.message)
            await ImportRepository(session).refuse(about.id, [(row.line, [problem])])
            about.refused += 1
            about.done = row.place

    async def _end(self, state: ImportState, session: AsyncSession) -> None:
        about = await self._held(session)
        if about.state is not state:
            return
        about.end(clock_of(session).now())
        if about.state is not ImportState.DONE:
            return
        counts = {name: getattr(about, name) for name in _COUNTS}
        await EventPublisher(session).publish(ImportFinished(import_id=about.id, **counts))
        await record(
            session,
            action="customers.import_finish",
            target=("customer_import", about.id),
            after=counts,
        )

    async def _held(self, session: AsyncSession) -> CustomerImport:
        return await ImportService(session).by_id(self._import_id, for_update=True)


class _Waiting:
    """Rows that are still to be looked at; those that are given back come first again.

    The next block is read by a thread while the database is at work on the present one: a pass
    takes as long as the longer of the two, not as both.
    """

    def __init__(self, rows: Iterator[_Row], block: int) -> None:
        self._rows = rows
        self._block = block
        self._ready: list[_Row] = []
        self._reading: asyncio.Task[list[_Row]] | None = None

    async def __aenter__(self) -> Self:
        self._reading = self._read_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._reading is not None
        # Whatever ended the pass, nobody reads the file any more when it is closed, and what went
        # wrong with a block that nobody asks for concerns nobody.
        await asyncio.gather(self._reading, return_exceptions=True)

    async def take(self, count: int) -> list[_Row]:
        """The next of them; none when all were taken."""
        assert self._reading is not None
        while len(self._ready) < count and (block := await asyncio.shield(self._reading)):
            self._ready += block
            self._reading = self._read_on()
        taken, self._ready = self._ready[:count], self._ready[count:]
        return taken

    def give_back(self, rows: Sequence[_Row]) -> None:
        """Have these come next."""
        self._ready[:0] = rows

    def _read_on(self) -> asyncio.Task[list[_Row]]:
        def block() -> list[_Row]:
            return list(islice(self._rows, self._block))

        return asyncio.create_task(asyncio.to_thread(block))


def _in_turn(rows: Iterator[TableRow], reader: RowReader, *, after: int) -> Iterator[_Row]:
    """The rows behind place `after`. A number or an external id counts where it comes up first."""
    seen: set[Key] = set()
    for place, row in enumerate(rows, 1):
        read = reader.read(row)
        keys = read.keys
        if place > after:
            yield _Row(place, row.number, read, not seen.isdisjoint(keys))
        seen.update(keys)


async def _create(session: AsyncSession, outcome: _Outcome) -> list[Brought]:
    """Make the new customers; those for whom the plan has no room are refused."""
    service = CustomerService.within(session)
    try:
        made = await service.create_many([row.read.customer() for row in outcome.new])
    except LimitReachedError as error:
        room = max(0, int(str(error.details["limit"])) - int(str(error.details["used"])))
        problem = Problem("", error.code, error.message)
        outcome.refused += [(row.line, [problem]) for row in outcome.new[room:]]
        outcome.new = outcome.new[:room]
        made = await service.create_many([row.read.customer() for row in outcome.new])
    return [Brought(row.line, one.id, None) for row, one in zip(outcome.new, made, strict=True)]


async def _change(
    session: AsyncSession, outcome: _Outcome, ruled_tags: Collection[str]
) -> list[Brought]:
    """Change those who are there already; how many were so is noted."""
    many = ManyCustomers(session)
    held = await many.held([customer_id for _, customer_id in outcome.present])
    changes: dict[UUID, Mapping[str, Any]] = {}
    brought = []
    for row, customer_id in outcome.present:
        before = held[customer_id]
        if changed := differing(before, row.read.changes(), ruled_tags):
            changes[customer_id] = changed
            brought.append(Brought(row.line, customer_id, kept(before, changed)))
        else:
            outcome.same += 1
    await many.change(held, changes)
    return brought
