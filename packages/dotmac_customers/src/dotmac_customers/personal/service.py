"""A customer, exported and made anonymous."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import clock_of
from dotmac_core_ops.files import delete_file
from dotmac_core_ops.personal_data import (
    Erasure,
    Kept,
    Person,
    PersonalData,
    PersonalExport,
    PersonalFile,
)
from dotmac_customers.communication.notices.words import dialled
from dotmac_customers.communication.service import sender_of
from dotmac_customers.communication.suppression.service import SuppressionService
from dotmac_customers.communication.topics import ContactChannel
from dotmac_customers.contacts.people import DIALLED, MethodKind
from dotmac_customers.documents.repository import DocumentRepository
from dotmac_customers.documents.service import STORAGE_LIMIT
from dotmac_customers.imports.service import ImportService
from dotmac_customers.notes.repository import NoteRepository
from dotmac_customers.personal.repository import PersonalRepository
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.models import Customer
from dotmac_customers.profiles.service import CUSTOMERS_LIMIT
from dotmac_customers.tasks.repository import TaskRepository
from dotmac_identity import release

_KEPT = Kept(
    what="Given and withdrawn consents, moves between states and the audit log, under the "
    "customer's number.",
    law="GDPR art. 7(1), art. 5(2) and art. 17(3)(e): what proves that we acted lawfully.",
    until="Three years after the last processing, the usual period of limitation.",
    subject="proof",
)


_SUPPRESSED = Kept(
    what="Keyed hashes of addresses that are not to be written to, without name or address.",
    law="GDPR art. 21(3) and art. 17(3)(b): that no advertising is sent to them again.",
    until="Somebody asks to be written to at the address again.",
    subject="suppressed_addresses",
)


async def person_of(session: AsyncSession, customer_id: UUID) -> Person:
    """Whom a customer's record is about, as all modules may know them.

    Raises:
        CustomerNotFoundError: there is no such customer.
    """
    own = PersonalRepository(session)
    customer = await own.profile(customer_id)
    if customer is None:
        raise CustomerNotFoundError(customer_id)
    emails = [customer.email, *await own.reached(customer_id, {MethodKind.EMAIL})]
    phones = [customer.phone, *await own.reached(customer_id, DIALLED)]
    names = (customer.name, customer.given_name, customer.family_name, customer.company_name)
    return Person(
        customer_id,
        names=tuple(dict.fromkeys(name for name in names if name)),
        emails=tuple(dict.fromkeys(email for email in emails if email)),
        phones=tuple(dict.fromkeys(phone for phone in phones if phone)),
    )


async def people_of(session: AsyncSession, customer_id: UUID) -> list[Person]:
    """The person, and after it what was known of it as customers that were merged into this one.

    Raises:
        CustomerNotFoundError: there is no such customer.
    """
    merged = await PersonalRepository(session).merged_into(customer_id)
    return [await person_of(session, each) for each in (customer_id, *merged)]


async def _export(session: AsyncSession, person: Person) -> PersonalExport:
    rows = await PersonalRepository(session).rows(person.customer_id)
    documents = DocumentRepository(session)
    held = await documents.of_customer(person.customer_id)
    versions = await documents.versions_of([document.id for document in held])
    files = tuple(
        PersonalFile(f"{version.document_id}-{version.serial}-{version.file_name}", version.file_id)
        for version in versions
        # A file that may hold a virus is handed to nobody.
        if version.file_id is not None and version.scan.may_leave
    )
    return PersonalExport(rows, files)


async def _erase(session: AsyncSession, person: Person) -> Erasure:
    own = PersonalRepository(session)
    customer = await own.profile(person.customer_id)
    if customer is None:
        raise CustomerNotFoundError(person.customer_id)
    if customer.is_own:
        # Before the row changes: who makes customers takes of the limit first, too.
        await release(session, CUSTOMERS_LIMIT.name)
    documents, notes = DocumentRepository(session), NoteRepository(session)
    held = [document.id for document in await documents.of_customer(customer.id)]
    await release(session, STORAGE_LIMIT.name, await documents.stored_bytes(held))
    for file_id in await documents.remove(held):
        await delete_file(session, file_id)
    written = [note.id for note in await notes.of_customer(customer.id)]
    await notes.remove(written)
    tasks = await TaskRepository(session).remove_of(customer.id)
    suppressed = await _keep_suppressed(session, customer)
    files = await ImportService(session).forget_customer(customer.id)
    gone = await own.make_anonymous(customer, clock_of(session).now())
    counts = {"documents": len(held), "notes": len(written), "tasks": tasks, "imports": files}
    kept = (_KEPT, _SUPPRESSED) if suppressed else (_KEPT,)
    return Erasure({"profile": 1, **counts, **gone}, kept)


async def _keep_suppressed(session: AsyncSession, customer: Customer) -> int:
    known = await PersonalRepository(session).known_addresses(customer.id)
    if customer.email is not None:
        known[ContactChannel.EMAIL].add(customer.email)
    number = dialled(customer.phone, (await sender_of(session)).country)
    if number is not None:
        known[ContactChannel.SMS].add(number)
    suppression = SuppressionService(session)
    return sum([await suppression.forget(channel, each) for channel, each in known.items()])


personal_data = PersonalData(_export, _erase, (_KEPT, _SUPPRESSED))
"""The profile with all that hangs on it."""
