"""What is refused about meters."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class MeterNotFoundError(NotFoundError):
    """There is no meter with this id."""

    code = "METER_NOT_FOUND"

    def __init__(self, meter: UUID | str) -> None:
        super().__init__("There is no such meter.", meter=str(meter))


class UnknownMeterError(InvalidError):
    """Usage of a meter was asked for that does not exist."""

    code = "UNKNOWN_METER"

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(f"There is no meter {', '.join(map(repr, codes))}.", meters=list(codes))


class UnknownDimensionError(InvalidError):
    """Usage was asked for by a property that the meter does not keep apart."""

    code = "UNKNOWN_DIMENSION"

    def __init__(self, meter: str, dimension: str) -> None:
        super().__init__(
            f"The meter {meter!r} does not keep usage apart by {dimension!r}; "
            "name it among its dimensions.",
            meter=meter,
            dimension=dimension,
        )


class MeterCodeTakenError(ConflictError):
    """Another meter has this code."""

    code = "METER_CODE_TAKEN"

    def __init__(self, meter_code: str) -> None:
        super().__init__(f"The meter code {meter_code!r} is taken.", meter_code=meter_code)


class InvalidMeterError(InvalidError):
    """A meter's definition contradicts itself; the details name the field."""

    code = "INVALID_METER"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}", field=field)
