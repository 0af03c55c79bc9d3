"""Which addresses the network can have, and how long one waits between attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dotmac_billing.peppol.adapters.storecove import routing_identifier
from dotmac_billing.peppol.participant import Participant, participant_of, problem_of
from dotmac_billing.peppol.states import MOST_ATTEMPTS, pause_after


@pytest.mark.parametrize(
    ("scheme", "identifier"),
    [
        ("0208", "0428759497"),
        ("0088", "4012345000009"),
        ("9930", "DE136695976"),
        ("0204", "991-07335-68"),
        ("0106", "60881119"),
        ("0245", "anything-1"),
    ],
)
def test_an_address_that_can_be_one_is_taken(scheme: str, identifier: str) -> None:
    assert problem_of(Participant(scheme, identifier)) is None


@pytest.mark.parametrize(
    ("scheme", "identifier", "problem"),
    [
        ("208", "0428759497", "code of four digits"),
        ("0208", "0428759498", "check digits"),
        ("0208", "428759497", "not the form"),
        ("0088", "4012345000008", "check digits"),
        ("9930", "136695976", "not the form"),
        ("0204", "991/07335", "letters, digits"),
        ("0204", "", "letters, digits"),
    ],
)
def test_an_address_that_cannot_be_one_is_told_why(
    scheme: str, identifier: str, problem: str
) -> None:
    assert problem in (problem_of(Participant(scheme, identifier)) or "")


def test_blanks_are_dropped() -> None:
    assert participant_of("0208", " 0428 759 497 ") == ("0208", "0428759497")


@pytest.mark.parametrize(
    ("scheme", "name"),
    [("0208", "BE:EN"), ("9930", "DE:VAT"), ("0088", "GLN"), ("0106", "NL:KVK"), ("0245", "0245")],
)
def test_storecove_has_names_for_schemes(scheme: str, name: str) -> None:
    assert routing_identifier(Participant(scheme, "1")) == {"scheme": name, "id": "1"}


def test_pauses_double_and_end_within_a_day() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]

    assert pauses[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert pause_after(500) == timedelta(hours=6)
    assert sum(pauses, timedelta()) == timedelta(hours=22, minutes=35)
