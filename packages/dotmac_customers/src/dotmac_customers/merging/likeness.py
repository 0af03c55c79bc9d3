"""How sure it is that two customers are one, by what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

WEIGHTS: Mapping[str, int] = MappingProxyType(
    {"tax_id": 60, "email": 45, "phone": 30, "name_and_postal_code": 35}
)
"""What each thing in common counts for. One number of a register says most, a telephone least:
families share it. Two lesser signs together weigh more than either alone."""

CERTAIN = 100
"""No score is higher."""

MOST_SHARING = 20
"""What more customers have in common is no sign: the address of an agent, a switchboard."""


def likeness(common: Iterable[str]) -> int:
    """The score of two who have these things in common, 0 to 100.

    `likeness(["email", "phone"])` is 75.
    """
    return min(CERTAIN, sum(WEIGHTS[each] for each in set(common)))
