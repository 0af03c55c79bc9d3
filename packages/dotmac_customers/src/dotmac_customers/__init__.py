"""Customer profiles."""

from dotmac_core_ops.module import FieldEntity, Module
from dotmac_customers.assignment.routes import router as _assignment
from dotmac_customers.bulk.routes import router as _bulk
from dotmac_customers.directory.routes import router as _directory
from dotmac_customers.hierarchy.events import BranchMoved
from dotmac_customers.hierarchy.routes import router as _hierarchy
from dotmac_customers.life_cycle.routes import router as _life_cycle
from dotmac_customers.merging.events import CustomersMerged
from dotmac_customers.merging.routes import router as _merging
from dotmac_customers.permissions import PERMISSIONS
from dotmac_customers.profiles.events import (
    CustomerActivated,
    CustomerChanged,
    CustomerChurned,
    CustomerCreated,
    CustomerQualified,
    CustomerSuspended,
)
from dotmac_customers.profiles.handlers import on_custom_fields_changed
from dotmac_customers.profiles.profile import (
    CreatedCustomer,
    CustomerKind,
    CustomerProfile,
    Level,
    NewCustomer,
    PostalAddress,
    kind_named,
)
from dotmac_customers.profiles.repository import has_custom_values
from dotmac_customers.profiles.routes import router as _profiles
from dotmac_customers.profiles.rules import checked
from dotmac_customers.profiles.service import CUSTOM_FIELD_ENTITY, CustomerService
from dotmac_customers.profiles.states import LEGAL_MOVES, CustomerState, Reason
from dotmac_customers.segments.routes import router as _segments
from dotmac_customers.tags.handlers import HANDLERS as _TAG_HANDLERS
from dotmac_customers.tags.jobs import KEEP_TAGS
from dotmac_customers.tags.routes import router as _tags
from dotmac_customers.timeline.entry import NewEntry
from dotmac_customers.timeline.facts import Fact, Telling
from dotmac_customers.timeline.handlers import HANDLERS as _TIMELINE_HANDLERS
from dotmac_customers.timeline.routes import router as _timeline
from dotmac_customers.timeline.service import timeline_handlers, write_timeline

module = Module(
    name="customers",
    field_entities=(FieldEntity(CUSTOM_FIELD_ENTITY, "Customers.", has_custom_values),),
    handlers=(on_custom_fields_changed, *_TAG_HANDLERS, *_TIMELINE_HANDLERS),
    jobs=(KEEP_TAGS,),
    # Words before identifiers: `/customers/tags` must not be taken for a customer.
    routers=(
        *(_bulk, _tags, _segments, _assignment, _life_cycle, _hierarchy, _merging, _timeline),
        *(_directory, _profiles),
    ),
    permissions=PERMISSIONS,
    events=(
        *(CustomerCreated, CustomerChanged),
        *(CustomerQualified, CustomerActivated, CustomerSuspended, CustomerChurned),
        *(BranchMoved, CustomersMerged),
    ),
)

__all__ = [
    "LEGAL_MOVES",
    "BranchMoved",
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
    "CustomersMerged",
    "Fact",
    "Level",
    "NewCustomer",
    "NewEntry",
    "PostalAddress",
    "Reason",
    "Telling",
    "checked",
    "kind_named",
    "module",
    "timeline_handlers",
    "write_timeline",
]
