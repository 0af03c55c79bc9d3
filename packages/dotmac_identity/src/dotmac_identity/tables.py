"""The tables of schema `identity`: import every `models` module here, so that metadata is whole."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from dotmac_identity.mapped_base import IdentityBase

SCHEMA = Schema("identity", IdentityBase.metadata, Path(__file__).parent / "migrations")
