"""What the staff is told about the deadline of a request; nothing names the person."""

from __future__ import annotations

from datetime import date

from dotmac_core_events import Look, Rendered, rendered

TOPIC = "data_requests"


def reminder(look: Look, *, number: str, kind: str, due_on: date, today: date) -> Rendered:
    """That a request about customer `number` is due on a day, or was."""
    wanted = "to have their data" if kind == "access" else "to be forgotten"
    if due_on < today:
        subject = f"A data request is overdue since {due_on}"
        said = f"It was to be answered by {due_on}, and is not yet."
    else:
        subject = f"A data request is due on {due_on}"
        said = f"It is to be answered by {due_on}."
    return rendered(
        look,
        subject=subject,
        paragraphs=(f"The person behind customer {number} asked {wanted}.", said),
        small_print="You get this because you may answer such requests.",
    )
