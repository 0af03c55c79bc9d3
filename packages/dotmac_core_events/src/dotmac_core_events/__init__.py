"""Events, outbox, delivery, jobs and schedules on PostgreSQL."""

from dotmac_core_events.approvals.events import (
    ApprovalDecided,
    ApprovalExpired,
    ApprovalRequested,
)
from dotmac_core_events.composition import module
from dotmac_core_events.consumer import EventConsumer, inline_handlers
from dotmac_core_events.event import Announcement, Event, EventNameError, registered_events
from dotmac_core_events.notifications.errors import InvalidMessageError
from dotmac_core_events.notifications.events import MessageFailed, MessageSent
from dotmac_core_events.notifications.layout import Look, Rendered, one_line, rendered
from dotmac_core_events.notifications.message import Channel, NewMessage
from dotmac_core_events.notifications.repository import WantedMessages
from dotmac_core_events.notifications.service import (
    MessageService,
    MessageView,
    send_message,
    send_messages,
)
from dotmac_core_events.notifications.state import MessageState
from dotmac_core_events.notifications.voice import Voice, Words, spoken
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
    "ApprovalDecided",
    "ApprovalExpired",
    "ApprovalRequested",
    "Channel",
    "Drained",
    "Event",
    "EventConsumer",
    "EventNameError",
    "EventPublisher",
    "InvalidMessageError",
    "Look",
    "MessageFailed",
    "MessageSent",
    "MessageService",
    "MessageState",
    "MessageView",
    "NewMessage",
    "Rendered",
    "TenantClock",
    "TenantClockService",
    "Voice",
    "WantedMessages",
    "Words",
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
    "one_line",
    "registered_events",
    "rendered",
    "replay",
    "send_message",
    "send_messages",
    "spoken",
    "tail",
]
