"""The tables of schema `billing`: import every `models` module here, so that metadata is whole."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from dotmac_billing.mapped_base import BillingBase

SCHEMA = Schema("billing", BillingBase.metadata, Path(__file__).parent / "migrations")
