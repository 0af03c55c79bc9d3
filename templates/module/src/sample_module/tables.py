"""The tables of schema `sample_label`: every `models` module is imported here."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from sample_module.notes.models import SampleNote

SCHEMA = Schema("sample_label", SampleNote.metadata, Path(__file__).parent / "migrations")
