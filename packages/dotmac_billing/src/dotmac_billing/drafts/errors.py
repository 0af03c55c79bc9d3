"""Refusals of drafts.

```text
InvoiceDraftNotFoundError     404
InvoiceDraftClosedError       409
```
"""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, NotFoundError


class InvoiceDraftNotFoundError(NotFoundError):
    """There is no draft with this id."""

    code = "INVOICE_DRAFT_NOT_FOUND"

    def __init__(self, draft_id: UUID) -> None:
        super().__init__("There is no such draft.", draft_id=str(draft_id))


class InvoiceDraftClosedError(ConflictError):
    """The draft was issued or discarded; it stays as it is."""

    code = "INVOICE_DRAFT_CLOSED"

    def __init__(self, status: str) -> None:
        super().__init__(f"The draft was {status}.", status=status)
