"""Sending links to new passwords, and tidying up."""

from __future__ import annotations

from datetime import timedelta

from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.accounts.repository import AccountTokenRepository
from dotmac_identity.accounts.service import SEND_RESET, AccountService

_KEPT = timedelta(days=30)


async def send_password_reset(context: JobContext) -> None:
    """Send the link, if the address belongs to an account.

    A job, and not the request: whoever asks must not learn from the time it takes whether there is
    such an account.
    """
    assert context.tenant_id is not None
    asked = context.payload
    async with context.database.transaction(context.tenant_id) as session:
        service = AccountService(session, asked["public_url"])
        await service.send_reset(asked["email"], AccountKind(asked["kind"]))


async def purge_account_tokens(context: JobContext) -> None:
    """Remove tokens that expired more than 30 days ago."""
    assert context.tenant_id is not None
    before = context.clock.now() - _KEPT
    async with context.database.transaction(context.tenant_id) as session:
        await AccountTokenRepository(session).delete_expired(before)


SEND_PASSWORD_RESET = Job(name=SEND_RESET, run=send_password_reset)
"""When somebody has forgotten a password."""

PURGE_ACCOUNT_TOKENS = Job(
    name="identity.purge_account_tokens",
    run=purge_account_tokens,
    schedule="27 3 * * *",
    is_upkeep=True,
)
"""Once a night, for each tenant."""
