"""What billing does for a customer is told on the customer's timeline."""

from __future__ import annotations

from dotmac_customers import timeline_handlers
from dotmac_platform.flows.billing_words import TELLINGS

HANDLERS = timeline_handlers(TELLINGS)
"""One for each event, in batches."""
