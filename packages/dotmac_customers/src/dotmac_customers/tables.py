"""The tables of schema `customers`: import every `models` module here, so that metadata is whole."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from dotmac_customers.mapped_base import CustomersBase

SCHEMA = Schema("customers", CustomersBase.metadata, Path(__file__).parent / "migrations")
