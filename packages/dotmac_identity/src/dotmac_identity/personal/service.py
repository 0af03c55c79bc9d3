"""A person's portal accounts, exported and erased."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.personal_data import Erasure, Person, PersonalData, PersonalExport
from dotmac_identity.personal.repository import PersonalRepository


async def _export(session: AsyncSession, person: Person) -> PersonalExport:
    return PersonalExport(await PersonalRepository(session).rows(person.customer_id))


async def _erase(session: AsyncSession, person: Person) -> Erasure:
    accounts, invitations = await PersonalRepository(session).forget(person.customer_id)
    return Erasure({"accounts": accounts, "invitations": invitations})


personal_data = PersonalData(_export, _erase)
"""Accounts in the portal, and invitations to it."""
