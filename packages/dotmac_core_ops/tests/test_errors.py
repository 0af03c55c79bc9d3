from __future__ import annotations

import re

import pytest

from dotmac_core_ops import errors, tenants  # noqa: F401 - brings refusals into the catalogue
from dotmac_core_ops.errors import DomainError, error_catalogue


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.NotFoundError, 404),
        (errors.ConflictError, 409),
        (errors.InvalidError, 422),
        (errors.UnauthenticatedError, 401),
        (errors.ForbiddenError, 403),
        (errors.PaymentRequiredError, 402),
        (errors.TooManyRequestsError, 429),
        (errors.UnavailableError, 503),
    ],
)
def test_each_kind_has_its_status(kind: type[DomainError], status: int) -> None:
    class SampleRefusedError(kind):  # type: ignore[misc,valid-type] # each kind in turn
        """A sample."""

        code = f"SAMPLE_{kind.code}"

    refusal = SampleRefusedError("No.", reason="sample")

    assert (refusal.status, refusal.message, str(refusal)) == (status, "No.", "No.")
    assert refusal.details == {"reason": "sample"}


def test_the_catalogue_lists_every_refusal_with_its_meaning() -> None:
    entries = error_catalogue()
    found = {entry.code: entry for entry in entries}

    assert [entry.code for entry in entries] == sorted(found)
    assert found["TENANT_NOT_FOUND"].status == 404
    assert found["TENANT_NOT_FOUND"].module == "dotmac_core_ops"
    assert found["TENANT_NOT_FOUND"].meaning == "No active tenant has this short name."
    for entry in entries:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", entry.code)
        assert entry.meaning


def test_no_two_refusals_share_a_code() -> None:
    seen: dict[str, type[DomainError]] = {}
    pending = list(DomainError.__subclasses__())
    while pending:
        error = pending.pop()
        pending += error.__subclasses__()
        if error.__module__.startswith("dotmac_core_ops."):
            assert seen.setdefault(error.code, error) is error
