"""Catalogue, subscriptions, invoicing, payments and ledger."""

from dotmac_billing.catalog.events import PlanPublished
from dotmac_billing.catalog.plan import (
    NewComponent,
    NewPlan,
    NewTerms,
    PublishedComponent,
    PublishedPlan,
)
from dotmac_billing.catalog.service import add_tax_rate, find_plan, publish_plan
from dotmac_billing.catalog.terms import (
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    PricingModel,
)
from dotmac_billing.composition import module
from dotmac_billing.customers.events import CustomerOpened
from dotmac_billing.customers.opening import CustomersOpened, OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.mrr.movements import MovementKind
from dotmac_billing.mrr.revenue import MonthlyMovement, RevenueMovement, RevenueStanding
from dotmac_billing.mrr.service import recurring_revenue, revenue_by_month, revenue_movements
from dotmac_billing.settings.service import billing_currency, open_billing
from dotmac_billing.subscriptions.events import SubscriptionCancelled, SubscriptionStarted
from dotmac_billing.subscriptions.service import roll_subscriptions, start_subscriptions
from dotmac_billing.subscriptions.starting import (
    StartItem,
    StartSubscription,
    SubscriptionsStarted,
)
from dotmac_billing.subscriptions.states import SubscriptionStatus

__all__ = [
    "BillingCycle",
    "BillingTiming",
    "ChargeModel",
    "ComponentKind",
    "CustomerOpened",
    "CustomersOpened",
    "MonthlyMovement",
    "MovementKind",
    "NewComponent",
    "NewPlan",
    "NewTerms",
    "OpenCustomer",
    "PlanPublished",
    "PricingModel",
    "PublishedComponent",
    "PublishedPlan",
    "RevenueMovement",
    "RevenueStanding",
    "StartItem",
    "StartSubscription",
    "SubscriptionCancelled",
    "SubscriptionStarted",
    "SubscriptionStatus",
    "SubscriptionsStarted",
    "add_tax_rate",
    "billing_currency",
    "find_plan",
    "module",
    "open_billing",
    "open_customers",
    "publish_plan",
    "recurring_revenue",
    "revenue_by_month",
    "revenue_movements",
    "roll_subscriptions",
    "start_subscriptions",
]
