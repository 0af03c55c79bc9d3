"""Refusals of test clocks.

```text
TenantNotForTestsError         409
TenantClockExistsError        409
TenantClockNotFoundError      404
TenantClockBackwardsError     422
TenantClockTooFarError        422
TenantClockBusyError          409
```
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class TenantNotForTestsError(ConflictError):
    """Only a tenant that was made for tests can have a clock of its own."""

    code = "TENANT_NOT_FOR_TESTS"

    def __init__(self) -> None:
        super().__init__("Time can stand still only for a tenant that was made for tests.")


class TenantClockExistsError(ConflictError):
    """The tenant has a test clock."""

    code = "TEST_CLOCK_EXISTS"

    def __init__(self, now: datetime) -> None:
        super().__init__("The tenant has a test clock.", now=now.isoformat())


class TenantClockNotFoundError(NotFoundError):
    """There is no such test clock."""

    code = "TEST_CLOCK_NOT_FOUND"

    def __init__(self, clock_id: UUID) -> None:
        super().__init__("There is no such test clock.", id=str(clock_id))


class TenantClockBackwardsError(InvalidError):
    """Time goes forward."""

    code = "TEST_CLOCK_BACKWARDS"

    def __init__(self, now: datetime, to: datetime) -> None:
        super().__init__("A test clock goes forward only.", now=now.isoformat(), to=to.isoformat())


class TenantClockTooFarError(InvalidError):
    """More than can be done in one go."""

    code = "TEST_CLOCK_TOO_FAR"

    def __init__(self, latest: datetime) -> None:
        super().__init__(
            "A test clock is advanced by two years at most in one go.", latest=latest.isoformat()
        )


class TenantClockBusyError(ConflictError):
    """Somebody is advancing it."""

    code = "TEST_CLOCK_BUSY"

    def __init__(self) -> None:
        super().__init__("The test clock is being advanced; wait for it.")
