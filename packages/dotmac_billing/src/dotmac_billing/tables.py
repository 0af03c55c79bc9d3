"""The tables of schema `billing`: import every `models` module here, so that metadata is whole."""

from pathlib import Path

from dotmac_billing.catalog import models as catalog
from dotmac_billing.changes import models as changes
from dotmac_billing.credit_notes import models as credit_notes
from dotmac_billing.customers import models as customers
from dotmac_billing.discounts import models as discounts
from dotmac_billing.documents import models as documents
from dotmac_billing.drafts import models as drafts
from dotmac_billing.exchange import models as exchange
from dotmac_billing.interim import models as interim
from dotmac_billing.late_fees import models as late_fees
from dotmac_billing.ledger import models as ledger
from dotmac_billing.library import models as library
from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.mrr import models as mrr
from dotmac_billing.payments import models as payments
from dotmac_billing.pending import models as pending
from dotmac_billing.peppol import models as peppol
from dotmac_billing.receivables import models as receivables
from dotmac_billing.recognition import models as recognition
from dotmac_billing.remote_tax import models as remote_tax
from dotmac_billing.runs import models as runs
from dotmac_billing.settings import models as settings
from dotmac_billing.subscriptions import models as subscriptions
from dotmac_billing.tax import models as tax
from dotmac_billing.thresholds import models as thresholds
from dotmac_billing.usage import models as usage
from dotmac_billing.wallets import models as wallets
from dotmac_core_ops.database import Schema

MODELS = (
    *(settings, customers, catalog, subscriptions, mrr),
    *(ledger, receivables, payments, runs),
    *(usage, changes, pending, tax, discounts, wallets),
    *(credit_notes, documents, recognition),
    *(drafts, late_fees, remote_tax, library),
    *(interim, thresholds, peppol, exchange),
)

SCHEMA = Schema("billing", BillingBase.metadata, Path(__file__).parent / "migrations")
