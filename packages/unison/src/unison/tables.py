"""The tables of schema `unison`: every `models` module is imported here."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from unison.equipment import models as _equipment
from unison.maintenance import models as _maintenance
from unison.mapped_base import UnisonBase

MODELS = (_equipment, _maintenance)
"""The modules whose import fills the metadata."""

SCHEMA = Schema("unison", UnisonBase.metadata, Path(__file__).parent / "migrations")
