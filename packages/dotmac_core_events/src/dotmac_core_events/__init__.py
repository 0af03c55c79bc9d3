"""Events, outbox, delivery, jobs and schedules on PostgreSQL."""

from dotmac_core_events.composition import module
from dotmac_core_events.consumer import EventConsumer, inline_handlers
from dotmac_core_events.event import Announcement, Event, EventNameError, registered_events
from dotmac_core_events.outbox.service import AnnouncedEvent, dead_letters, drop, replay, tail
from dotmac_core_events.publisher import EventPublisher
from dotmac_core_events.queue.models import INSTALLATION
from dotmac_core_events.queue.once import first_time
from dotmac_core_events.queue.service import enqueue
from dotmac_core_events.reference import events_reference
from dotmac_core_events.test_clocks.service import (
    Advanced,
    TenantClock,
    TenantClockService,
    advance,
)
from dotmac_core_events.worker import Drained, Worker, WorkerOptions, create_worker

__all__ = [
    "INSTALLATION",
    "Advanced",
    "AnnouncedEvent",
    "Announcement",
    "Drained",
    "Event",
    "EventConsumer",
    "EventNameError",
    "EventPublisher",
    "TenantClock",
    "TenantClockService",
    "Worker",
    "WorkerOptions",
    "advance",
    "create_worker",
    "dead_letters",
    "drop",
    "enqueue",
    "events_reference",
    "first_time",
    "inline_handlers",
    "module",
    "registered_events",
    "replay",
    "tail",
]
