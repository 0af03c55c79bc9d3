"""Customer profiles."""

from dotmac_core_ops.module import FieldEntity, Module
from dotmac_customers.addresses.events import AddressAdded, AddressChanged, AddressRemoved
from dotmac_customers.addresses.kinds import AddressKind, Coordinates, NewAddress
from dotmac_customers.addresses.routes import forms_router as _address_forms
from dotmac_customers.addresses.routes import router as _addresses
from dotmac_customers.addresses.service import AddressService, primary_address
from dotmac_customers.assignment.routes import router as _assignment
from dotmac_customers.bulk.routes import router as _bulk
from dotmac_customers.communication.consents.record import (
    ConsentDecision,
    ConsentMethod,
    NewConsent,
)
from dotmac_customers.communication.consents.service import ConsentService
from dotmac_customers.communication.events import (
    AddressSuppressed,
    ConsentGiven,
    ConsentWithdrawn,
)
from dotmac_customers.communication.notices.decision import NoticeOutcome, NoticeReason
from dotmac_customers.communication.notices.service import Notice, NoticeService, notify_customer
from dotmac_customers.communication.notices.words import Words
from dotmac_customers.communication.preferences.service import PreferenceService
from dotmac_customers.communication.quiet_hours import DEFAULT_HOURS
from dotmac_customers.communication.routes import addresses_router as _suppressed_addresses
from dotmac_customers.communication.routes import router as _communication
from dotmac_customers.communication.service import Sender, sender_of
from dotmac_customers.communication.suppression.handlers import suppress_bounced
from dotmac_customers.communication.topics import ContactChannel, Topic
from dotmac_customers.communication.unsubscribing.routes import router as _unsubscribing
from dotmac_customers.contact_methods.handlers import HANDLERS as _METHOD_HANDLERS
from dotmac_customers.contact_methods.routes import router as _contact_methods
from dotmac_customers.contact_methods.service import ContactMethodService
from dotmac_customers.contacts.events import (
    ContactAdded,
    ContactChanged,
    ContactMethodAdded,
    ContactMethodChanged,
    ContactMethodRemoved,
    ContactRemoved,
)
from dotmac_customers.contacts.people import ContactRole, MethodKind, NewContact, NewMethod
from dotmac_customers.contacts.routes import router as _contacts
from dotmac_customers.contacts.service import ContactService
from dotmac_customers.data_requests.events import (
    DataRequestAnswered,
    DataRequestDue,
    DataRequestOverdue,
    DataRequestReceived,
    DataRequestRefused,
)
from dotmac_customers.data_requests.jobs import FULFIL_DATA_REQUEST, WATCH_DATA_REQUESTS
from dotmac_customers.data_requests.routes import router as _data_requests
from dotmac_customers.directory.routes import router as _directory
from dotmac_customers.documents.accepted import SETTINGS as _DOCUMENT_SETTINGS
from dotmac_customers.documents.events import (
    DocumentDeleted,
    DocumentExpired,
    DocumentExpiring,
    DocumentInfected,
    DocumentRejected,
    DocumentUploaded,
    DocumentVerified,
)
from dotmac_customers.documents.jobs import EXPIRE_DOCUMENTS, PURGE_DOCUMENTS, SCAN_DOCUMENTS
from dotmac_customers.documents.routes import router as _documents
from dotmac_customers.documents.service import STORAGE_LIMIT
from dotmac_customers.hierarchy.events import BranchMoved
from dotmac_customers.hierarchy.routes import router as _hierarchy
from dotmac_customers.imports.columns import Mode as ImportMode
from dotmac_customers.imports.events import CustomerRemoved, ImportFinished, ImportUndone
from dotmac_customers.imports.jobs import JOBS as _IMPORT_JOBS
from dotmac_customers.imports.routes import router as _imports
from dotmac_customers.imports.whole_files.service import (
    FileImport,
    export_customers,
    import_customers,
    refused_customers,
)
from dotmac_customers.life_cycle.routes import router as _life_cycle
from dotmac_customers.merging.events import CustomersMerged
from dotmac_customers.merging.routes import router as _merging
from dotmac_customers.notes.events import NoteChanged, NoteWritten
from dotmac_customers.notes.routes import router as _notes
from dotmac_customers.permissions import PERMISSIONS
from dotmac_customers.personal.service import personal_data as _personal_data
from dotmac_customers.portal.handlers import accounts_follow
from dotmac_customers.portal.routes import own_profile_router as _own_profile
from dotmac_customers.portal.routes import portal_accounts_router as _portal_accounts
from dotmac_customers.portal_addresses.routes import router as _own_addresses
from dotmac_customers.portal_data_requests.routes import router as _own_data_requests
from dotmac_customers.portal_documents.routes import router as _own_documents
from dotmac_customers.portal_verification.routes import router as _own_verification
from dotmac_customers.portal_wishes.routes import router as _own_wishes
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
from dotmac_customers.profiles.service import (
    CUSTOM_FIELD_ENTITY,
    CUSTOMERS_LIMIT,
    CustomerService,
)
from dotmac_customers.profiles.states import LEGAL_MOVES, CustomerState, Reason
from dotmac_customers.retention.routes import router as _retention
from dotmac_customers.segments.routes import router as _segments
from dotmac_customers.service_areas.routes import router as _service_areas
from dotmac_customers.service_areas.service import ServiceAreaService
from dotmac_customers.tags.handlers import HANDLERS as _TAG_HANDLERS
from dotmac_customers.tags.jobs import KEEP_TAGS
from dotmac_customers.tags.routes import router as _tags
from dotmac_customers.tasks.events import TaskAdded, TaskCancelled, TaskDone, TaskReopened
from dotmac_customers.tasks.jobs import REMIND_OF_TASKS
from dotmac_customers.tasks.routes import router as _tasks
from dotmac_customers.timeline.entry import NewEntry
from dotmac_customers.timeline.facts import Fact, Telling
from dotmac_customers.timeline.handlers import HANDLERS as _TIMELINE_HANDLERS
from dotmac_customers.timeline.routes import router as _timeline
from dotmac_customers.timeline.service import timeline_handlers, write_timeline
from dotmac_customers.verification.events import EmailVerified, PhoneVerified, VerificationFailed
from dotmac_customers.verification.handlers import verify_again
from dotmac_customers.verification.jobs import expiry
from dotmac_customers.verification.routes import router as _verification
from dotmac_customers.verification.service import (
    VerificationService,
    VerificationStatus,
    confirm_code,
)
from dotmac_customers.verification.terms import VerificationKind
from dotmac_customers.workbook import FileFormat

module = Module(
    name="customers",
    field_entities=(FieldEntity(CUSTOM_FIELD_ENTITY, "Customers.", has_custom_values),),
    handlers=(
        on_custom_fields_changed,
        *_TAG_HANDLERS,
        *_TIMELINE_HANDLERS,
        *_METHOD_HANDLERS,
        suppress_bounced,
        verify_again,
        accounts_follow,
    ),
    jobs=(
        KEEP_TAGS,
        expiry,
        EXPIRE_DOCUMENTS,
        SCAN_DOCUMENTS,
        PURGE_DOCUMENTS,
        REMIND_OF_TASKS,
        FULFIL_DATA_REQUEST,
        WATCH_DATA_REQUESTS,
        *_IMPORT_JOBS,
    ),
    # Words before identifiers: `/customers/tags` must not be taken for a customer.
    routers=(
        *(
            _bulk,
            _imports,
            _tags,
            _segments,
            _assignment,
            _life_cycle,
            _hierarchy,
            _merging,
            _timeline,
        ),
        *(_verification, _directory, _profiles),
        *(_communication, _suppressed_addresses, _unsubscribing),
        *(_portal_accounts, _own_profile, _own_wishes, _own_addresses, _own_verification),
        *(_own_documents, _own_data_requests),
        *(_documents, _notes, _tasks, _data_requests, _retention),
        *(_addresses, _address_forms, _service_areas, _contacts, _contact_methods),
    ),
    permissions=PERMISSIONS,
    personal_data=_personal_data,
    limits=(CUSTOMERS_LIMIT, STORAGE_LIMIT),
    tenant_settings=(*_DOCUMENT_SETTINGS, DEFAULT_HOURS),
    events=(
        *(CustomerCreated, CustomerChanged),
        *(CustomerQualified, CustomerActivated, CustomerSuspended, CustomerChurned),
        *(BranchMoved, CustomersMerged),
        *(ImportFinished, ImportUndone, CustomerRemoved),
        *(AddressAdded, AddressChanged, AddressRemoved),
        *(ContactAdded, ContactChanged, ContactRemoved),
        *(ContactMethodAdded, ContactMethodChanged, ContactMethodRemoved),
        *(ConsentGiven, ConsentWithdrawn, AddressSuppressed),
        *(EmailVerified, PhoneVerified, VerificationFailed),
        *(DataRequestReceived, DataRequestDue, DataRequestOverdue),
        *(DataRequestAnswered, DataRequestRefused),
        *(DocumentUploaded, DocumentVerified, DocumentRejected, DocumentDeleted),
        *(DocumentExpiring, DocumentExpired, DocumentInfected),
        *(NoteWritten, NoteChanged, TaskAdded, TaskDone, TaskCancelled, TaskReopened),
    ),
)

__all__ = [
    "LEGAL_MOVES",
    "AddressAdded",
    "AddressChanged",
    "AddressKind",
    "AddressRemoved",
    "AddressService",
    "AddressSuppressed",
    "BranchMoved",
    "ConsentDecision",
    "ConsentGiven",
    "ConsentMethod",
    "ConsentService",
    "ConsentWithdrawn",
    "ContactAdded",
    "ContactChanged",
    "ContactChannel",
    "ContactMethodAdded",
    "ContactMethodChanged",
    "ContactMethodRemoved",
    "ContactMethodService",
    "ContactRemoved",
    "ContactRole",
    "ContactService",
    "Coordinates",
    "CreatedCustomer",
    "CustomerActivated",
    "CustomerChanged",
    "CustomerChurned",
    "CustomerCreated",
    "CustomerKind",
    "CustomerProfile",
    "CustomerQualified",
    "CustomerRemoved",
    "CustomerService",
    "CustomerState",
    "CustomerSuspended",
    "CustomersMerged",
    "EmailVerified",
    "Fact",
    "FileFormat",
    "FileImport",
    "ImportMode",
    "Level",
    "MethodKind",
    "NewAddress",
    "NewConsent",
    "NewContact",
    "NewCustomer",
    "NewEntry",
    "NewMethod",
    "Notice",
    "NoticeOutcome",
    "NoticeReason",
    "NoticeService",
    "PhoneVerified",
    "PostalAddress",
    "PreferenceService",
    "Reason",
    "Sender",
    "ServiceAreaService",
    "Telling",
    "Topic",
    "VerificationFailed",
    "VerificationKind",
    "VerificationService",
    "VerificationStatus",
    "Words",
    "checked",
    "confirm_code",
    "export_customers",
    "import_customers",
    "kind_named",
    "module",
    "notify_customer",
    "primary_address",
    "refused_customers",
    "sender_of",
    "timeline_handlers",
    "write_timeline",
]
