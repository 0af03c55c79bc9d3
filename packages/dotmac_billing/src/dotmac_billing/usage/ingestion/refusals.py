"""Why an event is not taken. Codes are stable; clients branch on them."""

from __future__ import annotations

from datetime import datetime

from dotmac_billing.usage.reported import Refusal

MALFORMED_EVENT = "MALFORMED_EVENT"
NO_SUBJECT = Refusal("NO_SUBJECT", "Name the subscription or the customer.")
EVENT_ID_INVALID = Refusal(
    "EVENT_ID_INVALID", "event_id is a text of 1 to 200 printable characters."
)
EVENT_ID_REUSED = Refusal(
    "EVENT_ID_REUSED", "Another event of this call has the same event_id and other contents."
)
PROPERTIES_INVALID = Refusal(
    "PROPERTIES_INVALID", "properties are texts, numbers and booleans, together up to 4,000 bytes."
)
DIMENSION_INVALID = Refusal(
    "DIMENSION_INVALID", "The value of a dimension has up to 200 printable characters."
)
VALUE_MISSING = Refusal("VALUE_MISSING", "The meter needs a value, and the event has none.")
VALUE_INVALID = Refusal("VALUE_INVALID", "The value is not a number.")
VALUE_OUT_OF_RANGE = Refusal(
    "VALUE_OUT_OF_RANGE", "A value is from 0 to below 10^15, with up to 9 decimals."
)
MEMBER_INVALID = Refusal(
    "VALUE_INVALID", "The value to count once is a text of 1 to 200 characters, or a number."
)
PRICE_INVALID = Refusal(
    "PRICE_INVALID", "The meter needs a price from 0 to below 10^15, with up to 12 decimals."
)
TIME_INVALID = Refusal("TIME_INVALID", "`at` is an instant with its offset from UTC, as ISO 8601.")
LATE = Refusal("USAGE_LATE", "That day has been billed, and the meter refuses what comes late.")
CUSTOMER_AMBIGUOUS = Refusal(
    "CUSTOMER_AMBIGUOUS",
    "The customer has several subscriptions that may be meant; name the subscription.",
)
CUSTOMER_WITHOUT_SUBSCRIPTION = Refusal(
    "CUSTOMER_WITHOUT_SUBSCRIPTION", "The customer has no subscription at that time."
)
NOT_SUBSCRIBED_THEN = Refusal(
    "NOT_SUBSCRIBED_THEN", "The subscription does not serve the day of the event."
)


def unknown_meter(code: object) -> Refusal:
    """No meter of that code, or it is archived."""
    return Refusal("UNKNOWN_METER", f"There is no meter {str(code)[:100]!r} in use.")


def unknown_customer(reference: str) -> Refusal:
    """No customer of that code or id."""
    return Refusal("UNKNOWN_CUSTOMER", f"There is no customer {reference[:100]!r}.")


def unknown_subscription(reference: str) -> Refusal:
    """No subscription of that number, external id or id."""
    return Refusal("UNKNOWN_SUBSCRIPTION", f"There is no subscription {reference[:100]!r}.")


def in_future(now: datetime) -> Refusal:
    """Later than clocks may differ."""
    return Refusal("TIME_IN_FUTURE", f"The event lies in the future; it is {now:%FT%TZ}.")


def too_old(days: int) -> Refusal:
    """Outside of the meter's back-dating window."""
    return Refusal("TIME_TOO_OLD", f"The meter takes events of the last {days} days.")
