"""What happens to customers, and what is sent to them, is told on their timelines."""

from __future__ import annotations

from dotmac_customers.timeline.service import timeline_handlers
from dotmac_customers.timeline.words import MESSAGES, TELLINGS

HANDLERS = (*timeline_handlers(TELLINGS), *timeline_handlers(MESSAGES, about="customer"))
"""One for each event, in batches."""
