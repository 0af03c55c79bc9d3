"""Revenue metrics: recurring revenue, its movements, churn.

Definitions stand in `revenue/recurring.py`; the figures come from the log that `dotmac_billing`
writes.
"""

from dotmac_analytics.revenue.recurring import MonthOfRevenue
from dotmac_analytics.revenue.routes import router
from dotmac_analytics.revenue.service import revenue_months
from dotmac_core_ops.module import Module, Permission

module = Module(
    "analytics",
    routers=(router,),
    permissions=(Permission("reports:read", "See revenue, churn and other reports."),),
)

__all__ = ["MonthOfRevenue", "module", "revenue_months"]
