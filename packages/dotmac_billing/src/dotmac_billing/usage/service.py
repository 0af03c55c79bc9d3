"""The front door of usage for the rest of billing."""

from __future__ import annotations

from dotmac_billing.usage.ingestion.service import ingest
from dotmac_billing.usage.lateness.service import late_periods, rate_again, settle_late
from dotmac_billing.usage.meters.service import define_meter
from dotmac_billing.usage.reading.service import measure

__all__ = ["define_meter", "ingest", "late_periods", "measure", "rate_again", "settle_late"]
