"""The tables of schema `events`: import every `models` module here, so that metadata is whole."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from dotmac_core_events.mapped_base import EventsBase

SCHEMA = Schema("events", EventsBase.metadata, Path(__file__).parent / "migrations")
