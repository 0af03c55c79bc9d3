"""Proof that the books agree with themselves: `dotmac billing check`."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.checks.findings import Finding
from dotmac_billing.checks.repository import CHECKS, CheckRepository

MOST_CASES = 20


async def check_books(session: AsyncSession) -> list[Finding]:
    """What is wrong with the tenant's books; nothing when all is well.

    Entries sum to zero; every invoice and payment is booked as it is; what is booked as receivable
    of a customer is what the customer owes less credit; numbers run without a gap; totals are those
    of lines and taxes; allocations and prepaid credit are what is paid and used; paid credit left
    in wallets is what is owed for it; deferred revenue is what schedules have left; tax payable is
    that of documents; closed months are as they were closed. One query each, over everything. Of
    more than 20 cases of a check, the rest is one finding that counts them.
    """
    repository = CheckRepository(session)
    findings: list[Finding] = []
    for name in CHECKS:
        cases = await repository.find(name, MOST_CASES)
        findings += [Finding(name, case["subject"], case["problem"]) for case in cases]
        if cases and cases[0]["cases"] > len(cases):
            findings.append(Finding(name, "", f"and {cases[0]['cases'] - len(cases)} more"))
    return findings
