"""Proof that the books agree with themselves: `dotmac billing check`."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.checks.findings import Finding
from dotmac_billing.checks.repository import CHECKS, CheckRepository

_EXAMPLES = 5


async def check(session: AsyncSession) -> list[Finding]:
    """What is wrong with the tenant's books; nothing when all is well.

    Entries sum to zero; every invoice and payment is booked as it is; what is booked as receivable
    of a customer is what the customer owes less credit; numbers run without a gap; totals are those
    of lines and taxes; allocations are what is paid and used. One query each, over everything.
    """
    repository = CheckRepository(session)
    findings = []
    for name, message, query in CHECKS:
        count, examples = await repository.find(query, _EXAMPLES)
        if count:
            findings.append(Finding(name, message, count, tuple(examples)))
    return findings
