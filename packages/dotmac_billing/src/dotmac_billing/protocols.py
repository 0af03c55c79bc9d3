"""What billing asks of the program around it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.tax_numbers import TaxNumber
from dotmac_billing.peppol.submission import Accepted, Evidence, Submission
from dotmac_billing.tax.checked import NumberChecked
from dotmac_billing.tax.documents import TaxableDocument, TaxedDocument, TaxNotCalculated

T = TypeVar("T")


class Transactions(Protocol):
    """Units of work for a tenant: a `Database`, or what stands for one in an embedding program."""

    def transaction(self, tenant_id: UUID) -> AbstractAsyncContextManager[AsyncSession]:
        """A session whose work is kept at the end of the block, or undone when it raises."""
        ...

    async def run(self, tenant_id: UUID, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Do `work` in a transaction, again after a deadlock."""
        ...


class TaxCalculator(Protocol):
    """Whoever works out tax: our own engine, or a service of others."""

    async def calculate(
        self, documents: Sequence[TaxableDocument]
    ) -> Sequence[TaxedDocument | TaxNotCalculated]:
        """Each document with its tax, or why there is none, in their order.

        One that was not calculated must not be issued; the others can be.
        """
        ...


class TaxService(TaxCalculator, Protocol):
    """A tax calculator of others, that keeps documents and must hear what became of them."""

    async def commit(self, document_id: UUID) -> None:
        """It is issued: its tax is owed. May be said again.

        Raises:
            TaxServiceUnavailableError, TaxServiceRefusedError: it was not taken note of.
        """
        ...

    async def void(self, document_id: UUID) -> None:
        """It is void: its tax is not owed. May be said again.

        Raises:
            TaxServiceUnavailableError, TaxServiceRefusedError: it was not taken note of.
        """
        ...

    async def aclose(self) -> None:
        """Let go of the connections."""
        ...


class TaxNumberRegister(Protocol):
    """A public register that knows whose a tax number is."""

    async def check(self, number: TaxNumber, requester: TaxNumber | None) -> NumberChecked:
        """What it says of `number`, asked by `requester`; unavailable when it says nothing."""
        ...


class AccessPoint(Protocol):
    """Who carries documents into the Peppol network, and knows what became of them."""

    async def submit(self, submission: Submission) -> Accepted:
        """Take the document; under a key that it has had, it takes nothing a second time.

        Raises:
            AccessPointRefusedError: it will not carry this document.
            AccessPointUnavailableError: it does not answer, or not now; ask again later.
        """
        ...

    async def evidence(self, submission_id: str) -> Evidence | None:
        """What proves that the document has arrived; None while nothing does.

        Raises:
            AccessPointRefusedError, AccessPointUnavailableError: see `submit`.
        """
        ...

    async def aclose(self) -> None:
        """Let go of the connections."""
        ...
