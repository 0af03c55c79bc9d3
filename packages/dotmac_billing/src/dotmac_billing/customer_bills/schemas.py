"""HTTP shapes of billing one customer."""

from __future__ import annotations

from dotmac_billing.receivables.schemas import InvoiceDetailOut
from dotmac_core_ops.http import JsonMoney


class CustomerInvoiceOut(InvoiceDetailOut):
    """The first invoice that was issued; `amount` is its total. `meta.invoice_ids` has them all."""

    amount: JsonMoney
