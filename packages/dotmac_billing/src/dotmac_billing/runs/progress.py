"""How far a bill run is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.assembly.decision import Failure


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Figures of the run up to now. `waiting`: subscriptions due up to `wave` that are left."""

    run_id: UUID
    wave: date
    invoices: int
    total: Decimal
    waiting: int


OnProgress = Callable[[RunProgress], None]


@dataclass(slots=True)
class RunResult:
    """What a run has done itself. `total` is in the tenant's currency; `totals` are by currency."""

    run_id: UUID
    through: date
    historical: bool
    currency: str
    invoices: int = 0
    chunks: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """Of the invoices in the tenant's own currency."""
        return self.totals.get(self.currency, Decimal(0))
