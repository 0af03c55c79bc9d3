"""When a schedule ticks: cron expressions of five fields, in UTC."""

from __future__ import annotations

from datetime import datetime, timedelta

from croniter import croniter

_FIELDS = 5


def check_schedule(expression: str) -> str:
    """`expression`, if it is a cron expression of five fields such as `0 3 * * *`.

    Raises:
        ValueError: it is not.
    """
    if len(expression.split()) != _FIELDS or not croniter.is_valid(expression):
        raise ValueError(f"{expression!r} is not a cron expression of five fields.")
    return expression


def latest_tick(expression: str, now: datetime) -> datetime:
    """The last tick up to and including `now`."""
    # The search is for what lies strictly before its start, in whole seconds.
    start = now.replace(microsecond=0) + timedelta(seconds=1)
    tick: datetime = croniter(expression, start).get_prev(datetime)
    return tick


def next_tick(expression: str, now: datetime) -> datetime:
    """The first tick after `now`."""
    tick: datetime = croniter(expression, now).get_next(datetime)
    return tick
