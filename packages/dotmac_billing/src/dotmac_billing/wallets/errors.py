"""Refusals of wallets.

```text
WalletNotFoundError              404
WalletClosedError                409
WalletNotEmptyError              409
InvalidWalletError               422
InvalidGrantError                422
GrantNotFoundError               404
GrantUsedUpError                 409
CreditNotAvailableError          409
GrantRuleNotFoundError           404
```
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class WalletNotFoundError(NotFoundError):
    """There is no wallet with this id."""

    code = "WALLET_NOT_FOUND"

    def __init__(self, wallet_id: UUID) -> None:
        super().__init__("There is no such wallet.", wallet_id=str(wallet_id))


class WalletClosedError(ConflictError):
    """The wallet was closed; nothing goes into it any more."""

    code = "WALLET_CLOSED"

    def __init__(self, wallet_id: UUID) -> None:
        super().__init__("This wallet is closed.", wallet_id=str(wallet_id))


class WalletNotEmptyError(ConflictError):
    """A wallet is closed when nothing is left in it: use it up, let it expire or void it."""

    code = "WALLET_NOT_EMPTY"

    def __init__(self, wallet_id: UUID, left: Decimal) -> None:
        super().__init__(
            f"There is {left} left in this wallet.", wallet_id=str(wallet_id), left=str(left)
        )


class InvalidWalletError(InvalidError):
    """What the wallet is to do contradicts itself."""

    code = "INVALID_WALLET"

    def __init__(self, problem: str, field: str) -> None:
        super().__init__(problem, field=field)


class InvalidGrantError(InvalidError):
    """Credit that cannot be put into the wallet: no such amount, or it has expired already."""

    code = "INVALID_GRANT"

    def __init__(self, problem: str, field: str) -> None:
        super().__init__(problem, field=field)


class GrantNotFoundError(NotFoundError):
    """The wallet has no grant with this id."""

    code = "GRANT_NOT_FOUND"

    def __init__(self, grant_id: UUID) -> None:
        super().__init__("The wallet has no such grant.", grant_id=str(grant_id))


class GrantUsedUpError(ConflictError):
    """Nothing is left of the grant."""

    code = "GRANT_USED_UP"

    def __init__(self, grant_id: UUID) -> None:
        super().__init__("Nothing is left of this grant.", grant_id=str(grant_id))


class CreditNotAvailableError(ConflictError):
    """The payment is none of this customer and currency, or less of it is left than asked for."""

    code = "CREDIT_NOT_AVAILABLE"

    def __init__(self, payment_id: UUID, left: Decimal) -> None:
        super().__init__(
            f"There is {left} left of this payment.", payment_id=str(payment_id), left=str(left)
        )


class GrantRuleNotFoundError(NotFoundError):
    """The wallet has no recurring grant with this id."""

    code = "GRANT_RULE_NOT_FOUND"

    def __init__(self, rule_id: UUID) -> None:
        super().__init__("The wallet has no such recurring grant.", rule_id=str(rule_id))
