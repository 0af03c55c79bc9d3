"""Events, outbox, delivery, jobs and schedules on PostgreSQL."""

from dotmac_core_events.consumer import EventConsumer, inline_handlers
from dotmac_core_events.event import Announcement, Event, EventNameError, registered_events
from dotmac_core_events.publisher import EventPublisher
from dotmac_core_events.queue.once import first_time
from dotmac_core_events.queue.service import enqueue
from dotmac_core_events.worker import Drained, Worker, WorkerOptions, create_worker
from dotmac_core_ops.module import Module

module = Module("events")

__all__ = [
    "Announcement",
    "Drained",
    "Event",
    "EventConsumer",
    "EventNameError",
    "EventPublisher",
    "Worker",
    "WorkerOptions",
    "create_worker",
    "enqueue",
    "first_time",
    "inline_handlers",
    "module",
    "registered_events",
]
