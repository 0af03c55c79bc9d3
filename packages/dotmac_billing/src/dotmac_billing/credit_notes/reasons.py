"""Why a credit note was issued."""

from enum import Enum


class CreditReason(Enum):
    """The reasons that can be counted; words beside them go into the memo."""

    BILLING_ERROR = "billing_error"
    CANCELLED_SERVICE = "cancelled_service"
    UNSATISFACTORY_SERVICE = "unsatisfactory_service"
    SERVICE_OUTAGE = "service_outage"
    RETURNED_GOODS = "returned_goods"
    GOODWILL = "goodwill"
    PRICE_REDUCTION = "price_reduction"
    DUPLICATE = "duplicate"
    TAX_CORRECTION = "tax_correction"
    OTHER = "other"
