"""The tables of schema `customers`: every `models` module is imported, so metadata is whole."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from dotmac_customers.communication import models as _communication
from dotmac_customers.contacts import models as _contacts
from dotmac_customers.data_requests import models as _data_requests
from dotmac_customers.documents import models as _documents
from dotmac_customers.imports import models as _imports
from dotmac_customers.mapped_base import CustomersBase
from dotmac_customers.merging import models as _merging
from dotmac_customers.notes import models as _notes
from dotmac_customers.profiles import models as _profiles
from dotmac_customers.retention import models as _retention
from dotmac_customers.segments import models as _segments
from dotmac_customers.service_areas import models as _service_areas
from dotmac_customers.tags import models as _tags
from dotmac_customers.tasks import models as _tasks
from dotmac_customers.timeline import models as _timeline
from dotmac_customers.verification import models as _verification

MODELS = (
    *(_communication, _contacts, _documents, _merging, _profiles, _segments, _tags, _timeline),
    *(_data_requests, _imports, _notes, _retention, _service_areas, _tasks, _verification),
)
"""The modules whose import fills the metadata."""

SCHEMA = Schema("customers", CustomersBase.metadata, Path(__file__).parent / "migrations")
