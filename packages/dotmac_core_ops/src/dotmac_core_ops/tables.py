"""The tables of schema `core`."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from dotmac_core_ops.tenants import CoreBase

SCHEMA = Schema("core", CoreBase.metadata, Path(__file__).parent / "migrations")
