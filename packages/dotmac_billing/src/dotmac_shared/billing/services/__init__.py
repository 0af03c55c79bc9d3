"""What billing does; an alias of `dotmac_billing`."""

from dotmac_billing import BillingService

__all__ = ["BillingService"]
