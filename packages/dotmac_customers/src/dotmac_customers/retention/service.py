"""What can be done with reasons to keep something."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.module import Module
from dotmac_core_ops.personal_data import Kept
from dotmac_core_ops.principal import current_actor
from dotmac_customers.retention.errors import RetentionSubjectNotFoundError
from dotmac_customers.retention.reason import OwnReason, Retention, retention
from dotmac_customers.retention.repository import RetentionRepository


def kept_by(modules: Iterable[Module]) -> dict[str, Kept]:
    """All that the modules may keep of somebody who is erased, by its subject."""
    with_data = [module.personal_data for module in modules if module.personal_data is not None]
    return {kept.subject: kept for data in with_data for kept in data.keeps}


class RetentionService:
    """Why the session's tenant keeps what `keeps` names."""

    def __init__(self, session: AsyncSession, keeps: dict[str, Kept]) -> None:
        self._session = session
        self._keeps = keeps
        self._reasons = RetentionRepository(session)

    async def all(self) -> list[Retention]:
        """What is kept and why, by subject."""
        own = await self._reasons.own()
        return [retention(self._keeps[subject], own) for subject in sorted(self._keeps)]

    async def put(self, subject: str, reason: OwnReason) -> Retention:
        """Keep `subject` for this reason from the next erasure on.

        Raises:
            RetentionSubjectNotFoundError: nothing of that name is kept.
        """
        before = await self._known(subject)
        now = clock_of(self._session).now()
        await self._reasons.put(subject, reason, current_actor().name, now)
        after = await self._known(subject)
        await self._record("set", before, after)
        return after

    async def remove(self, subject: str) -> Retention:
        """Go back to the example that the module gives.

        Raises:
            RetentionSubjectNotFoundError: nothing of that name is kept.
        """
        before = await self._known(subject)
        await self._reasons.remove(subject)
        after = await self._known(subject)
        await self._record("remove", before, after)
        return after

    async def _known(self, subject: str) -> Retention:
        if subject not in self._keeps:
            raise RetentionSubjectNotFoundError(subject, self._keeps)
        return retention(self._keeps[subject], await self._reasons.own())

    async def _record(self, action: str, before: Retention, after: Retention) -> None:
        await record(
            self._session,
            action=f"customers.retention_{action}",
            target=("retention_reason", after.subject),
            before={"basis": before.basis, "years": before.years},
            after={"basis": after.basis, "years": after.years},
        )
