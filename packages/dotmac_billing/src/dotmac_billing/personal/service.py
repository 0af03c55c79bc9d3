"""A payer, exported and made anonymous; what the law wants kept is kept."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.personal.repository import PersonalRepository
from dotmac_core_ops.personal_data import Erasure, Kept, Person, PersonalData, PersonalExport

_KEPT = Kept(
    what="Invoices, credit and debit notes, payments and the ledger, with the name and address "
    "they were made out to.",
    law="GDPR art. 17(3)(b); Directive 2006/112/EC art. 244 and 247, with the period of the "
    "member state (in Germany § 147 AO and § 14b UStG: eight years).",
    until="The end of the member state's period, counted from the end of the year of the document.",
    subject="invoices",
)


async def _export(session: AsyncSession, person: Person) -> PersonalExport:
    return PersonalExport(await PersonalRepository(session).rows(person.customer_id))


async def _erase(session: AsyncSession, person: Person) -> Erasure:
    own = PersonalRepository(session)
    if not await own.forget(person.customer_id):
        return Erasure({"payers": 0})
    # Only now: what the payer was until a moment ago has become the last of its versions.
    versions = await own.forget_versions(person.customer_id)
    return Erasure({"payers": 1, "versions": versions}, (_KEPT,))


personal_data = PersonalData(_export, _erase, (_KEPT,))
"""The payer's record, and all documents that were made out to them."""
