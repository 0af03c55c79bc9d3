"""What is refused about usage alerts."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class UsageAlertNotFoundError(NotFoundError):
    """There is no alert with this id."""

    code = "USAGE_ALERT_NOT_FOUND"

    def __init__(self, alert_id: UUID) -> None:
        super().__init__("There is no such alert.", alert_id=str(alert_id))


class UsageAlertExistsError(ConflictError):
    """The subscription has an alert at this quantity of the meter."""

    code = "USAGE_ALERT_EXISTS"

    def __init__(self, quantity: Decimal) -> None:
        super().__init__(f"There is an alert at {quantity} already.", quantity=str(quantity))


class UsageAlertInvalidError(InvalidError):
    """A threshold is a quantity above zero, or a percentage of what is included."""

    code = "USAGE_ALERT_INVALID"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
