"""What a coupon is for: some plans, some components, or everything."""

from __future__ import annotations

from collections.abc import Collection

from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.discounts.errors import CouponNotRedeemableError


def require_component(
    component: str | None, component_codes: Collection[str], coupon_code: str
) -> None:
    """Refuse one component that the coupon is not for; None is no component in particular.

    Raises:
        CouponNotRedeemableError: the coupon names components, and this is none of them.
    """
    if component is not None and component_codes and component not in component_codes:
        raise _refused(f"This coupon is not for {component!r}.", coupon_code)


def require_plan(
    plan: PublishedPlan, plan_ids: Collection[str], component: str | None, coupon_code: str
) -> None:
    """Refuse a plan that the coupon is not for, and a `component` that the plan does not have.

    Raises:
        CouponNotRedeemableError: the coupon names plans and not this one, or there is no such
            component.
    """
    if plan_ids and str(plan.plan_id) not in plan_ids:
        raise _refused(f"This coupon is not for the plan {plan.code!r}.", coupon_code)
    if component is not None and plan.component(component) is None:
        raise _refused(f"The plan has no component {component!r}.", coupon_code)


def _refused(sentence: str, coupon_code: str) -> CouponNotRedeemableError:
    return CouponNotRedeemableError("not_applicable", sentence, coupon_code)
