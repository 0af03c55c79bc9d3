"""Refusals of invoicing.

```text
CustomerUnknownError        422
```
"""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import InvalidError


class CustomerUnknownError(InvalidError):
    """The body names a customer that billing does not have."""

    code = "CUSTOMER_UNKNOWN"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("There is no such customer.", customer_id=str(customer_id))
