"""The tables of schema `events`: import every `models` module here, so that metadata is whole."""

from pathlib import Path

from dotmac_core_events.mapped_base import EventsBase
from dotmac_core_events.notifications import models as message_models
from dotmac_core_events.outbox import models as outbox_models
from dotmac_core_events.queue import models as queue_models
from dotmac_core_ops.database import Schema

__all__ = ["SCHEMA", "message_models", "outbox_models", "queue_models"]

SCHEMA = Schema("events", EventsBase.metadata, Path(__file__).parent / "migrations")
