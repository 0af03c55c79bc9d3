"""The tables of schema `billing`: import every `models` module here, so that metadata is whole."""

from pathlib import Path

from dotmac_billing.catalog import models as catalog
from dotmac_billing.customers import models as customers
from dotmac_billing.ledger import models as ledger
from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.mrr import models as mrr
from dotmac_billing.payments import models as payments
from dotmac_billing.receivables import models as receivables
from dotmac_billing.runs import models as runs
from dotmac_billing.settings import models as settings
from dotmac_billing.subscriptions import models as subscriptions
from dotmac_core_ops.database import Schema

MODELS = (
    *(settings, customers, catalog, subscriptions, mrr),
    *(ledger, receivables, payments, runs),
)

SCHEMA = Schema("billing", BillingBase.metadata, Path(__file__).parent / "migrations")
