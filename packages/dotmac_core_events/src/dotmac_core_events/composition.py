"""What this package offers to the applications composed of it."""

from dotmac_core_events import metrics
from dotmac_core_events.approvals import routes as approval_routes
from dotmac_core_events.approvals.events import (
    ApprovalDecided,
    ApprovalExpired,
    ApprovalRequested,
)
from dotmac_core_events.approvals.jobs import EXPIRE_APPROVAL
from dotmac_core_events.notifications import jobs as message_jobs
from dotmac_core_events.notifications import routes as message_routes
from dotmac_core_events.notifications.events import MessageFailed, MessageSent
from dotmac_core_events.notifications.personal import personal_data
from dotmac_core_events.outbox import jobs as outbox_jobs
from dotmac_core_events.outbox import routes as outbox_routes
from dotmac_core_events.queue import jobs as queue_jobs
from dotmac_core_events.queue import routes as queue_routes
from dotmac_core_events.test_clocks import routes as clock_routes
from dotmac_core_ops.module import Module, Permission

module = Module(
    "events",
    routers=(
        *(outbox_routes.router, queue_routes.router, clock_routes.router),
        *(message_routes.router, approval_routes.router),
    ),
    jobs=(
        *(outbox_jobs.retention, queue_jobs.retention, queue_jobs.installation_retention),
        *(message_jobs.delivery, message_jobs.retention, EXPIRE_APPROVAL),
    ),
    permissions=(
        Permission("events:read", "See what was announced and how far its delivery has come."),
        Permission("events:replay", "Deliver events again that were given up, or drop them."),
        Permission("jobs:read", "See the jobs and how they ended."),
        Permission("jobs:run", "Run a job now, and retry one that was given up."),
        Permission("messages:read", "See what messages were sent to people."),
        Permission("messages:write", "Send a message once more."),
        Permission("approvals:read", "See what a second person was asked to agree to."),
        Permission("approvals:request", "Ask that a second person agrees."),
        Permission("approvals:decide", "Agree to what others ask for.", is_personal=True),
        Permission(
            "approvals:configure",
            "Say above which amounts a second person must agree.",
            is_personal=True,
        ),
        Permission("test_clocks:advance", "Stop time for a test tenant, and move it on."),
    ),
    events=(
        *(MessageSent, MessageFailed),
        *(ApprovalRequested, ApprovalDecided, ApprovalExpired),
    ),
    metrics=(metrics.refresh,),
    personal_data=personal_data,
)
