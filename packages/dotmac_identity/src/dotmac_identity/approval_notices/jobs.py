"""Writing to those who may decide about an approval."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.approval_notices.service import TELL_DECIDERS, ApprovalNoticeService
from dotmac_identity.roles.system_roles import RoleCatalogue


async def tell_deciders(context: JobContext) -> None:
    """Tell those whose roles allow it."""
    assert context.tenant_id is not None
    asked = context.payload
    catalogue = RoleCatalogue.of(one for module in context.modules for one in module.permissions)
    async with context.database.transaction(context.tenant_id) as session:
        notices = ApprovalNoticeService(session)
        await notices.tell_deciders(UUID(asked["approval_id"]), asked["permission"], catalogue)


TELL_OF_APPROVAL = Job(TELL_DECIDERS, tell_deciders)
"""When somebody asks for an approval."""
