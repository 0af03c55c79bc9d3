"""What can be done with requests of data subjects."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from itertools import product
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher, enqueue, send_messages
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.files import delete_file, file_store, open_file, store_file
from dotmac_core_ops.module import Module
from dotmac_core_ops.personal_data import Person
from dotmac_core_ops.principal import current_actor
from dotmac_customers.data_requests.archive import Archive
from dotmac_customers.data_requests.deadlines import (
    OVERDUE_DAYS,
    REMINDED_DAYS,
    DataRequestKind,
    DataRequestState,
    deadline,
)
from dotmac_customers.data_requests.errors import (
    DataRequestNotFoundError,
    DataRequestOpenError,
    ExportGoneError,
)
from dotmac_customers.data_requests.events import (
    DataRequestAnswered,
    DataRequestDue,
    DataRequestOverdue,
    DataRequestReceived,
    DataRequestRefused,
)
from dotmac_customers.data_requests.models import DataRequest, DataRequestStep
from dotmac_customers.data_requests.repository import DataRequestRepository
from dotmac_customers.data_requests.words import TOPIC, reminder
from dotmac_customers.personal.service import people_of
from dotmac_customers.profiles.repository import CustomerRepository
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.retention.reason import with_own
from dotmac_customers.retention.repository import RetentionRepository
from dotmac_identity import RoleCatalogue, UserService, branding_of

FULFIL = "customers.fulfil_data_request"
"""The name of the job that answers a request."""

ANSWER = "data_requests:write"
"""What those hold who are reminded of deadlines."""

KEEP_EXPORT_DAYS = 14
"""Exports are removed after so many days."""

_LARGEST_EXPORT = 4_000_000_000
_CHUNK = 256 * 1024
_IN_MEMORY = 10_000_000


class DataRequestService:
    """Requests of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._requests = DataRequestRepository(session)

    async def receive(
        self, customer_id: UUID, kind: DataRequestKind, received_on: date | None
    ) -> DataRequest:
        """Note that a person asks for something; from `received_on` (today) there is a month.

        Raises:
            CustomerNotFoundError: there is no such customer.
            CustomerMergedError, CustomerErasedError: ask about the kept one; nothing is left.
        """
        await CustomerService.within(self._session).present(customer_id)
        now = clock_of(self._session).now()
        came_on = received_on or now.date()
        request = DataRequest(
            id=new_id(),
            customer_id=customer_id,
            kind=kind,
            state=DataRequestState.RECEIVED,
            received_on=came_on,
            due_on=deadline(came_on),
            created_by=current_actor().name,
            created_at=now,
        )
        self._requests.add(request)
        await self._session.flush()  # its steps refer to it
        await self._publish(DataRequestReceived, request, due_on=request.due_on)
        await self._step(request, "received", kind=kind.value)
        return request

    async def ask(self, customer_id: UUID, kind: DataRequestKind) -> DataRequest:
        """Note what a customer asks for in the portal. Who they are is confirmed by the staff.

        Raises:
            DataRequestOpenError: a request of this kind is not answered yet.
            CustomerNotFoundError, CustomerMergedError, CustomerErasedError: as for `receive`.
        """
        # Held, so that of two who ask at once the second finds the request of the first.
        await CustomerRepository(self._session).by_id(customer_id, for_update=True)
        for known in await self._requests.of_customer(customer_id):
            if known.kind is kind and known.is_open:
                raise DataRequestOpenError(known.due_on)
        return await self.receive(customer_id, kind, None)

    async def confirm(self, request_id: UUID, how: str) -> DataRequest:
        """Note how somebody made sure that the request comes from the person.

        Raises:
            DataRequestNotFoundError, DataRequestStateError: see there.
        """
        request = await self._load(request_id)
        request.confirm(current_actor().name, clock_of(self._session).now())
        await self._step(request, "confirmed", how=how)
        return request

    async def begin(self, request_id: UUID) -> DataRequest:
        """Have a job fulfil the request.

        Raises:
            DataRequestNotFoundError, IdentityNotConfirmedError, DataRequestStateError: see there.
        """
        request = await self._load(request_id)
        request.begin()
        await enqueue(self._session, FULFIL, {"request_id": str(request.id)}, key=str(request.id))
        await self._step(request, "begun")
        return request

    async def refuse(self, request_id: UUID, ground: str) -> DataRequest:
        """Answer that the request is not fulfilled, and on which ground.

        Raises:
            DataRequestNotFoundError, DataRequestStateError: see there.
        """
        request = await self._load(request_id)
        request.refuse(clock_of(self._session).now())
        await self._publish(DataRequestRefused, request)
        await self._step(request, "refused", ground=ground)
        return request

    async def export_of(self, request_id: UUID) -> UUID:
        """The file of an answered request for access; that it is fetched is noted.

        Raises:
            DataRequestNotFoundError: there is no such request.
            ExportGoneError: there is no file (any more).
        """
        request = await self._load(request_id)
        if request.file_id is None:
            raise ExportGoneError
        await self._step(request, "fetched")
        return request.file_id

    async def fulfil(self, request_id: UUID, modules: Sequence[Module]) -> None:
        """Do what the person asks for, in all modules; nothing when it was done before."""
        request = await self._load(request_id)
        if request.state is not DataRequestState.WORKING:
            return
        people = await people_of(self._session, request.customer_id)
        now = clock_of(self._session).now()
        if request.kind is DataRequestKind.ACCESS:
            request.file_id = await self._exported(request, people, modules)
            request.file_expires_at = now + timedelta(days=KEEP_EXPORT_DAYS)
        else:
            for person in people:
                await self._erase(request, person, modules)
        request.state, request.closed_at = DataRequestState.DONE, now
        await self._publish(DataRequestAnswered, request)
        await self._step(request, "done")

    async def remind(self, modules: Sequence[Module]) -> int:
        """Announce which deadlines are near or have passed, and write to who may answer; how many.

        Each is told once seven days before, once two days before, and once when it has passed.
        """
        today = clock_of(self._session).now().date()
        due = await self._requests.remind(today, (*REMINDED_DAYS, OVERDUE_DAYS))
        if not due:
            return 0
        await EventPublisher(self._session).publish_many([_deadline_event(row) for row in due])
        catalogue = RoleCatalogue.of(one for module in modules for one in module.permissions)
        staff = await UserService.within(self._session).who_may(ANSWER, catalogue)
        look = await branding_of(self._session)
        messages = [
            reminder(
                look,
                number=row["number"],
                kind=row["kind"],
                due_on=row["due_on"],
                today=today,
            ).to(user.email, topic=TOPIC, about=("data_request", row["id"]))
            for row, user in product(due, staff)
        ]
        await send_messages(self._session, messages)
        return len(due)

    async def remove_old_exports(self) -> int:
        """Remove exports that have been there for fourteen days; how many."""
        old = await self._requests.with_old_file(clock_of(self._session).now())
        for request in old:
            if request.file_id is not None:
                await delete_file(self._session, request.file_id)
            request.file_id = None
        return len(old)

    async def _exported(
        self, request: DataRequest, people: Sequence[Person], modules: Sequence[Module]
    ) -> UUID:
        counts: dict[str, object] = {}
        # The archive may be larger than the memory; the file store takes it piece by piece.
        with SpooledTemporaryFile(_IN_MEMORY) as target:
            archive = Archive(cast("IO[bytes]", target))  # type: ignore[arg-type] # BinaryIO in all but name
            for person, module in product(people, modules):
                if module.personal_data is None:
                    continue
                folder = module.name
                if person.customer_id != request.customer_id:
                    folder = f"merged/{person.customer_id}/{module.name}"
                export = await module.personal_data.export(self._session, person)
                archive.add(folder, export.data)
                for file in export.files:
                    _, chunks = await open_file(self._session, file_store(), file.file_id)
                    content = b"".join([chunk async for chunk in chunks])
                    archive.add_file(folder, file.name, content)
                counts[folder] = {name: len(rows) for name, rows in export.data.items()}
            archive.close()
            stored = await store_file(
                self._session,
                file_store(),
                _chunks(cast("IO[bytes]", target)),
                name=f"data-{request.id}.zip",
                media_type="application/zip",
                max_bytes=_LARGEST_EXPORT,
            )
        await self._step(request, "exported", rows=counts)
        return stored.id

    async def _erase(self, request: DataRequest, person: Person, modules: Sequence[Module]) -> None:
        own = await RetentionRepository(self._session).own()
        for module in modules:
            if module.personal_data is None:
                continue
            erasure = await module.personal_data.erase(self._session, person)
            reasons = [with_own(kept, own) for kept in erasure.kept]
            kept = [{"what": k.what, "law": k.law, "until": k.until} for k in reasons]
            await self._step(
                request, "erased", module=module.name, erased=dict(erasure.erased), kept=kept
            )

    async def _load(self, request_id: UUID) -> DataRequest:
        request = await self._requests.by_id(request_id, for_update=True)
        if request is None:
            raise DataRequestNotFoundError(request_id)
        return request

    async def _publish(self, fact: type[Event], request: DataRequest, **more: object) -> None:
        await EventPublisher(self._session).publish(
            fact(
                request_id=request.id,
                customer_id=request.customer_id,
                kind=request.kind.value,
                **more,
            )
        )

    async def _step(self, request: DataRequest, action: str, **details: object) -> None:
        self._requests.add(
            DataRequestStep(
                id=new_id(),
                request_id=request.id,
                at=clock_of(self._session).now(),
                actor=current_actor().name,
                action=action,
                details=details,
            )
        )
        await record(
            self._session,
            action=f"customers.data_request_{action}",
            target=("data_request", request.id),
            after={"customer_id": request.customer_id, "kind": request.kind},
        )


def _deadline_event(row: Any) -> Event:  # noqa: ANN401 - a row of the driver
    about = {name: row[name] for name in ("customer_id", "kind", "due_on")}
    if row["days"] == OVERDUE_DAYS:
        return DataRequestOverdue(request_id=row["id"], **about)
    return DataRequestDue(request_id=row["id"], days=row["days"], **about)


async def _chunks(source: IO[bytes]) -> AsyncIterator[bytes]:
    source.seek(0)
    while chunk := source.read(_CHUNK):
        yield chunk
