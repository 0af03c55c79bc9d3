"""Refusals of discounts.

```text
InvalidCouponError               422
CouponCodeTakenError             409
CouponNotFoundError              404
CouponNotRedeemableError         409
RedemptionNotFoundError          404
RedemptionRevokedError           409
```
"""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class InvalidCouponError(InvalidError):
    """What the coupon is to take off contradicts itself."""

    code = "INVALID_COUPON"

    def __init__(self, problem: str, field: str) -> None:
        super().__init__(problem, field=field)


class CouponCodeTakenError(ConflictError):
    """Another coupon has this code; capitals make no difference."""

    code = "COUPON_CODE_TAKEN"

    def __init__(self, coupon_code: str) -> None:
        super().__init__(f"The code {coupon_code!r} is taken.", coupon_code=coupon_code)


class CouponNotFoundError(NotFoundError):
    """There is no coupon with this id or code."""

    code = "COUPON_NOT_FOUND"

    def __init__(self, coupon: UUID | str) -> None:
        super().__init__("There is no such coupon.", coupon=str(coupon))


class CouponNotRedeemableError(ConflictError):
    """The coupon `coupon_code` cannot be redeemed, now or by this customer; `reason` says why.

    `archived`, `not_open_yet`, `closed`, `used_up`, `used_by_customer`, `redeemed_already`,
    `not_first_time`, `wrong_currency` or `not_applicable`.
    """

    code = "COUPON_NOT_REDEEMABLE"

    def __init__(self, reason: str, sentence: str, coupon_code: str) -> None:
        super().__init__(sentence, reason=reason, coupon_code=coupon_code)


class RedemptionNotFoundError(NotFoundError):
    """The customer has redeemed nothing with this id."""

    code = "REDEMPTION_NOT_FOUND"

    def __init__(self, redemption_id: UUID) -> None:
        super().__init__("The customer has no such discount.", redemption_id=str(redemption_id))


class RedemptionRevokedError(ConflictError):
    """The discount was revoked before."""

    code = "REDEMPTION_REVOKED"

    def __init__(self, redemption_id: UUID) -> None:
        super().__init__("The discount is revoked already.", redemption_id=str(redemption_id))
