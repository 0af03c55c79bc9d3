"""Refusals of late fees.

```text
LateFeeRuleNotFoundError      404
LateFeeRuleTakenError         409
LateFeeRuleInvalidError       422
LateFeesWaivedError           409
```
"""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class LateFeeRuleNotFoundError(NotFoundError):
    """There is no rule with this id."""

    code = "LATE_FEE_RULE_NOT_FOUND"

    def __init__(self, rule_id: UUID) -> None:
        super().__init__("There is no such rule.", rule_id=str(rule_id))


class LateFeeRuleTakenError(ConflictError):
    """Another rule has the code."""

    code = "LATE_FEE_RULE_TAKEN"

    def __init__(self, rule: str) -> None:
        super().__init__(f"There is a rule {rule!r} already.", rule=rule)


class LateFeeRuleInvalidError(InvalidError):
    """A fixed fee needs an amount and its currency; a share or interest needs a rate."""

    code = "LATE_FEE_RULE_INVALID"

    def __init__(self, kind: str) -> None:
        super().__init__(
            "A fixed fee needs amount and currency and no rate; any other a rate and no amount. "
            "A cap or a minimum needs a currency.",
            kind=kind,
        )


class LateFeesWaivedError(ConflictError):
    """Nothing is charged for this invoice being late already."""

    code = "LATE_FEES_WAIVED"

    def __init__(self, number: str) -> None:
        super().__init__(f"Late fees of {number} were waived already.", number=number)
