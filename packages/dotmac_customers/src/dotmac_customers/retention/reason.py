"""What is kept and why: a tenant's own reason, or the example that a module gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dotmac_core_ops.personal_data import Kept


@dataclass(frozen=True, slots=True)
class OwnReason:
    """A basis in law, and the years that it is kept from the end of the year of the record."""

    basis: str
    years: int


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept. `years` is None where the tenant said nothing: then all is an example."""

    subject: str
    what: str
    basis: str
    until: str
    years: int | None

    @property
    def is_example(self) -> bool:
        """Whether the tenant has said nothing of its own."""
        return self.years is None


def retention(kept: Kept, own: Mapping[str, OwnReason]) -> Retention:
    """`kept` with the tenant's own reason, where it has one."""
    reason = own.get(kept.subject)
    if reason is None:
        return Retention(kept.subject, kept.what, kept.law, kept.until, None)
    until = f"{reason.years} years after the end of the year of the record."
    return Retention(kept.subject, kept.what, reason.basis, until, reason.years)


def with_own(kept: Kept, own: Mapping[str, OwnReason]) -> Kept:
    """`kept`, as it stands in the log of an erasure."""
    found = retention(kept, own)
    return replace(kept, law=found.basis, until=found.until)
