"""HTTP shapes of tax reports."""

from __future__ import annotations

from datetime import date

from dotmac_core_ops.http import JsonMoney, ResponseModel


class TaxReportRowOut(ResponseModel):
    """One tax at one rate in one period, less what was credited or voided in it.

    `net` is what the tax was charged on (for a compound tax with the taxes before it), `documents`
    how many invoices and credit notes it is the sum of.
    """

    period_start: date
    currency: str
    jurisdiction: str | None
    tax_code: str
    name: str
    category: str
    rate: JsonMoney
    documents: int
    net: JsonMoney
    tax: JsonMoney
