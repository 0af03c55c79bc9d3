"""Tickets: one file, one purpose, some minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_customers.file_links.errors import TicketExpiredError, TicketInvalidError
from dotmac_customers.file_links.ticket import Purpose, Ticket, checked_ticket, signed

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = "a secret of the tests"
TICKET = Ticket(UUID(int=1), UUID(int=2), Purpose.DOCUMENT, NOW + timedelta(minutes=5))
TEXT = signed(TICKET, SECRET, NOW)


def test_what_was_signed_is_read_again() -> None:
    assert checked_ticket(TEXT, SECRET, Purpose.DOCUMENT, NOW) == TICKET


def test_it_ends_at_its_instant() -> None:
    end = TICKET.expires_at
    checked_ticket(TEXT, SECRET, Purpose.DOCUMENT, end - timedelta(seconds=1))
    with pytest.raises(TicketExpiredError):
        checked_ticket(TEXT, SECRET, Purpose.DOCUMENT, end)


def test_it_is_good_for_its_purpose_and_under_its_secret_only() -> None:
    with pytest.raises(TicketInvalidError):
        checked_ticket(TEXT, SECRET, Purpose.DATA_EXPORT, NOW)
    with pytest.raises(TicketInvalidError):
        checked_ticket(TEXT, "another", Purpose.DOCUMENT, NOW)


def test_none_lives_longer_than_five_minutes_or_is_signed_with_nothing() -> None:
    long = Ticket(UUID(int=1), UUID(int=2), Purpose.DOCUMENT, NOW + timedelta(minutes=6))
    with pytest.raises(ValueError, match="at most"):
        signed(long, SECRET, NOW)
    with pytest.raises(ValueError, match="SECRET_KEY"):
        signed(TICKET, "", NOW)


@given(at=st.integers(0, len(TEXT) - 1), letter=st.sampled_from("ABCxyz019-_.=/ é"))
def test_a_changed_letter_makes_it_worthless(at: int, letter: str) -> None:
    changed = TEXT[:at] + letter + TEXT[at + 1 :]
    if changed != TEXT:
        with pytest.raises(TicketInvalidError):
            checked_ticket(changed, SECRET, Purpose.DOCUMENT, NOW)


@given(st.text(max_size=150))
def test_any_other_text_is_no_ticket(text: str) -> None:
    with pytest.raises(TicketInvalidError):
        checked_ticket(text, SECRET, Purpose.DOCUMENT, NOW)
