from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from dotmac_customers.communication.notices.decision import (
    Decision,
    NoticeOutcome,
    NoticeReason,
    Standing,
    decide,
)
from dotmac_customers.communication.notices.words import dialled
from dotmac_customers.communication.quiet_hours import QuietHours
from dotmac_customers.communication.suppression.bounce import reason_to_suppress
from dotmac_customers.communication.topics import ContactChannel, Topic

NIGHT = datetime(2026, 11, 20, 23, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 7, tzinfo=UTC)
QUIET = QuietHours(time(22), time(7), "UTC")
PLAIN = Standing("ann@example.com", False, None, False, None)
SENT = Decision(NoticeOutcome.SENT)


def refused(reason: NoticeReason) -> Decision:
    return Decision(NoticeOutcome.REFUSED, reason)


@pytest.mark.parametrize(
    ("changes", "topic", "expected"),
    [
        ({}, Topic.BILLING, SENT),
        ({"wants_it": False}, Topic.BILLING, refused(NoticeReason.SWITCHED_OFF)),
        ({"wants_it": True}, Topic.TECHNICAL, SENT),
        ({}, Topic.MARKETING, refused(NoticeReason.NO_CONSENT)),
        ({"wants_it": True}, Topic.MARKETING, refused(NoticeReason.NO_CONSENT)),
        ({"has_consented": True}, Topic.MARKETING, SENT),
        (
            {"has_consented": True, "wants_it": False},
            Topic.MARKETING,
            refused(NoticeReason.SWITCHED_OFF),
        ),
        (
            {"quiet_hours": QUIET},
            Topic.SERVICE,
            Decision(NoticeOutcome.HELD, NoticeReason.QUIET_HOURS, MORNING),
        ),
        ({"quiet_hours": QUIET, "wants_it": False}, Topic.EMERGENCY, SENT),
        ({"address": None}, Topic.EMERGENCY, refused(NoticeReason.NO_ADDRESS)),
        ({"is_suppressed": True}, Topic.EMERGENCY, refused(NoticeReason.SUPPRESSED)),
        ({"is_suppressed": True}, Topic.BILLING, refused(NoticeReason.SUPPRESSED)),
    ],
)
def test_who_is_told_what(changes: dict[str, object], topic: Topic, expected: Decision) -> None:
    assert decide(replace(PLAIN, **changes), topic, NIGHT) == expected  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 5.1.1 No such user", "bounced"),
        ("550-5.1.1 The email account does not exist", "bounced"),
        ("553 Mailbox name not allowed", "bounced"),
        ("550 User unknown", "bounced"),
        ("550 5.2.1 Mailbox disabled", "bounced"),
        ("550 5.7.1 Looks like spam", None),
        ("552 5.2.2 Mailbox full", None),
        ("554 Transaction failed", None),
        ("", None),
    ],
)
def test_what_a_mail_server_says_of_an_address(answer: str, reason: str | None) -> None:
    found = reason_to_suppress(ContactChannel.EMAIL, answer)

    assert (None if found is None else found.value) == reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("21211 Invalid 'To' number", "bounced"),
        ("21610 Attempt to send to unsubscribed recipient", "complained"),
        ("21617 The message body exceeds the limit", None),
    ],
)
def test_what_a_carrier_says_of_a_number(answer: str, reason: str | None) -> None:
    found = reason_to_suppress(ContactChannel.SMS, answer)

    assert (None if found is None else found.value) == reason


@pytest.mark.parametrize(
    ("phone", "country", "number"),
    [
        ("070-123 45 67", "SE", "+46701234567"),
        ("+44 20 7946 0958", "SE", "+442079460958"),
        ("0701234567", "ZZ", None),
        ("call me", "SE", None),
        ("12", "SE", None),
        (None, "SE", None),
    ],
)
def test_how_a_number_is_dialled(phone: str | None, country: str, number: str | None) -> None:
    assert dialled(phone, country) == number
