"""Events, outbox, delivery, jobs and schedules on PostgreSQL."""

from dotmac_core_events.consumer import EventConsumer, inline_handlers
from dotmac_core_events.event import Announcement, Event, EventNameError, registered_events
from dotmac_core_events.publisher import EventPublisher
from dotmac_core_events.queue.service import enqueue
from dotmac_core_ops.module import Module

module = Module("events")

__all__ = [
    "Announcement",
    "Event",
    "EventConsumer",
    "EventNameError",
    "EventPublisher",
    "enqueue",
    "inline_handlers",
    "module",
    "registered_events",
]
