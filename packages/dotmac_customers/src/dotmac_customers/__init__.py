"""Customer profiles."""

from dotmac_customers.profiles.events import (
    CustomerActivated,
    CustomerChanged,
    CustomerChurned,
    CustomerCreated,
    CustomerSuspended,
)
from dotmac_customers.profiles.profile import (
    CreatedCustomer,
    CustomerKind,
    CustomerProfile,
    NewCustomer,
    PostalAddress,
)
from dotmac_customers.profiles.rules import checked
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.profiles.states import LEGAL_MOVES, CustomerState, Reason

__all__ = [
    "LEGAL_MOVES",
    "CreatedCustomer",
    "CustomerActivated",
    "CustomerChanged",
    "CustomerChurned",
    "CustomerCreated",
    "CustomerKind",
    "CustomerProfile",
    "CustomerService",
    "CustomerState",
    "CustomerSuspended",
    "NewCustomer",
    "PostalAddress",
    "Reason",
    "checked",
]
