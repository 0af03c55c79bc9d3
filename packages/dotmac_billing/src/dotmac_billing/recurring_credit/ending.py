"""What becomes of credit whose time is over, and which credit is granted in its turn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from dotmac_billing.recurring_credit.turns import rolled_over, turn_after, turns
from dotmac_billing.wallets.postings import breakage_postings
from dotmac_billing.wallets.terms import GrantSource, MovementKind
from dotmac_billing.wallets.writing import CreditWriting, Origin, Purse


def end_grant(grant: Mapping[str, Any], writing: CreditWriting) -> None:
    """Let what is left of a grant roll over as far as its rule allows, and the rest expire.

    Both happen on the first day that the grant cannot be used. What was paid for is breakage.
    """
    purse = Purse(grant["wallet_id"], grant["customer_id"], grant["currency"], grant["priority"])
    on, left = grant["expires_on"], grant["remaining"]
    rolled = rolled_over(left, grant["rolls_over_up_to"])
    if rolled:
        writing.end(purse, grant["id"], rolled, MovementKind.ROLLED_OVER, on)
        writing.add(
            purse,
            rolled,
            Origin(GrantSource.ROLLOVER, rule_id=grant["rule_id"]),
            on,
            expires_on=turn_after(grant["anchor_on"], grant["every_months"], on),
        )
    if expired := left - rolled:
        writing.end(
            purse,
            grant["id"],
            expired,
            MovementKind.EXPIRED,
            on,
            postings=breakage_postings(expired) if grant["is_paid"] else None,
        )


def grant_turns(rule: Mapping[str, Any], writing: CreditWriting) -> tuple[UUID, date | None]:
    """Grant what a rule grants by today; the rule and the day on which it grants next."""
    purse = Purse(rule["wallet_id"], rule["customer_id"], rule["currency"], rule["priority"])
    found, next_on = turns(
        rule["anchor_on"], rule["every_months"], rule["next_on"], rule["ends_on"], rule["today"]
    )
    for turn in found:
        writing.add(
            purse,
            rule["amount"],
            Origin(GrantSource.RECURRING, rule_id=rule["id"]),
            turn.granted_on,
            expires_on=None if rule["keeps"] else turn.next_on,
        )
    return rule["id"], next_on
