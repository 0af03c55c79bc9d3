"""Refusals of the customer's own data.

```text
FormerCustomerError            403
PortalUploadsClosedError       403
```
"""

from __future__ import annotations

from dotmac_core_ops.errors import ForbiddenError


class FormerCustomerError(ForbiddenError):
    """Who is a customer no more reads their data and bills, and has the staff change them."""

    code = "FORMER_CUSTOMER"

    def __init__(self) -> None:
        super().__init__(
            "You are a customer no more: your data and bills stay readable here. "
            "Ask us if something has to be corrected."
        )


class PortalUploadsClosedError(ForbiddenError):
    """The organisation takes no documents here: send it to them in another way."""

    code = "PORTAL_UPLOADS_CLOSED"

    def __init__(self) -> None:
        super().__init__("No documents are taken here; please send it in another way.")
