"""What a gateway answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dotmac_billing.library.errors import GatewayAnswerError
from dotmac_billing.library.names import PaymentStatus

_SAME = {
    "succeeded": PaymentStatus.COMPLETED,
    "success": PaymentStatus.COMPLETED,
    "paid": PaymentStatus.COMPLETED,
    "declined": PaymentStatus.FAILED,
    "error": PaymentStatus.FAILED,
    "canceled": PaymentStatus.CANCELLED,
    "requires_action": PaymentStatus.PENDING,
}
_REASONS = ("failure_reason", "error", "message")


@dataclass(frozen=True)
class GatewayAnswer:
    """What became of a charge. Money was taken when it is `COMPLETED`, and only then."""

    status: PaymentStatus
    transaction_id: str | None
    authorization_code: str | None
    failure_reason: str | None


def gateway_answer(said: Mapping[str, Any]) -> GatewayAnswer:
    """The answer of a gateway, with other words for the same understood.

    A charge that failed or was cancelled always has a reason.

    Raises:
        GatewayAnswerError: no status or an unknown one, or a charge to come back to without an id.
    """
    word = str(said.get("status") or "").lower()
    status = _SAME.get(word) or next((one for one in PaymentStatus if one.value == word), None)
    if status is None or status is PaymentStatus.REFUNDED:
        raise GatewayAnswerError(f"its status is {word!r}")
    transaction_id = _text(said, "transaction_id")
    is_over = status in {PaymentStatus.FAILED, PaymentStatus.CANCELLED}
    if transaction_id is None and not is_over:
        raise GatewayAnswerError("it has no transaction_id")
    reason = next((text for name in _REASONS if (text := _text(said, name))), None)
    return GatewayAnswer(
        status,
        transaction_id,
        _text(said, "authorization_code"),
        (reason or f"The gateway answered {word!r}.") if is_over else None,
    )


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    return None if value is None or value == "" else str(value)[:500]
