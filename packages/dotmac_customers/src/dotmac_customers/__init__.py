"""Customer profiles."""

from dotmac_core_ops.module import Module
from dotmac_customers.directory.routes import router as _directory
from dotmac_customers.permissions import PERMISSIONS
from dotmac_customers.profiles.events import (
    CustomerActivated,
    CustomerChanged,
    CustomerChurned,
    CustomerCreated,
    CustomerQualified,
    CustomerSuspended,
)
from dotmac_customers.profiles.profile import (
    CreatedCustomer,
    CustomerKind,
    CustomerProfile,
    Level,
    NewCustomer,
    PostalAddress,
    kind_named,
)
from dotmac_customers.profiles.routes import router as _profiles
from dotmac_customers.profiles.rules import checked
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.profiles.states import LEGAL_MOVES, CustomerState, Reason

module = Module(
    name="customers",
    # Reading first: `/customers/export` must not be taken for a customer.
    routers=(_directory, _profiles),
    permissions=PERMISSIONS,
    events=(
        *(CustomerCreated, CustomerChanged),
        *(CustomerQualified, CustomerActivated, CustomerSuspended, CustomerChurned),
    ),
)

__all__ = [
    "LEGAL_MOVES",
    "CreatedCustomer",
    "CustomerActivated",
    "CustomerChanged",
    "CustomerChurned",
    "CustomerCreated",
    "CustomerKind",
    "CustomerProfile",
    "CustomerQualified",
    "CustomerService",
    "CustomerState",
    "CustomerSuspended",
    "Level",
    "NewCustomer",
    "PostalAddress",
    "Reason",
    "checked",
    "kind_named",
    "module",
]
