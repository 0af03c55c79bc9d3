"""What is refused about price lists."""

from __future__ import annotations

from collections.abc import Sequence

from dotmac_billing.price_lists.price_list import Mistake
from dotmac_core_ops.errors import InvalidError


class UnreadablePriceListError(InvalidError):
    """The text is not a price list that can be read at all; `line` and `column` count from 1."""

    code = "UNREADABLE_PRICE_LIST"

    def __init__(self, problem: str, line: int | None = None, column: int | None = None) -> None:
        where = "" if line is None else f"Line {line}, column {column}: "
        super().__init__(f"{where}{problem}", line=line, column=column)


class InvalidPriceListError(InvalidError):
    """The price list cannot be applied; `mistakes` has each with its path."""

    code = "INVALID_PRICE_LIST"

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        first = f"{mistakes[0].path}: {mistakes[0].problem}" if mistakes else ""
        more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
        super().__init__(
            f"The price list has mistakes. {first}{more}",
            mistakes=[{"path": one.path, "problem": one.problem} for one in mistakes],
        )
        self.mistakes = tuple(mistakes)
