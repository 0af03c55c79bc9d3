"""The tables of schema `customers`: every `models` module is imported, so metadata is whole."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from dotmac_customers.mapped_base import CustomersBase
from dotmac_customers.profiles import models as _profiles

MODELS = (_profiles,)
"""The modules whose import fills the metadata."""

SCHEMA = Schema("customers", CustomersBase.metadata, Path(__file__).parent / "migrations")
