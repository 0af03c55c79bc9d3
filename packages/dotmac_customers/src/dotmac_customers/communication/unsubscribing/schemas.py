"""HTTP shapes of unsubscribe links."""

from __future__ import annotations

from pydantic import Field

from dotmac_core_ops.http import ResponseModel
from dotmac_customers.communication.topics import ContactChannel, Topic


class LinkStateOut(ResponseModel):
    """What a link is about and how things stand."""

    tenant_name: str = Field(examples=["Acme Fibre"])
    channel: ContactChannel
    topic: Topic
    is_subscribed: bool
