"""A difference for people to read, like a code review: `+` comes, `-` goes, `~` changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from dotmac_billing.price_lists.difference import NOTHING, Change, Edit, Step
from dotmac_billing.price_lists.price_list import ListedPlan

_TITLES = {
    Step.ADD_PRODUCT: "+ product {}",
    Step.CHANGE_PRODUCT: "~ product {}",
    Step.ADD_METER: "+ meter {}",
    Step.CHANGE_METER: "~ meter {}",
    Step.ADD_TAX_RATE: "+ tax rate {}",
    Step.PUBLISH_PLAN: "+ plan {}",
    Step.PUBLISH_VERSION: "~ plan {}: new version",
    Step.CHANGE_PLAN: "~ plan {}",
    Step.RETIRE_PLAN: "- plan {}: retired",
    Step.UNRETIRE_PLAN: "+ plan {}: offered again",
    Step.SET_CHANGE_RULES: "~ change rules",
}


def price_list_diff(changes: Iterable[Change]) -> list[str]:
    """A title for each step, and under it a line for each value."""
    lines = []
    for change in changes:
        lines.append(_title(change))
        lines += [f"    {_edit(edit)}" for edit in change.edits]
    return lines


def _title(change: Change) -> str:
    title = _TITLES[change.step].format(change.code)
    if change.step is Step.PUBLISH_VERSION and isinstance(change.target, ListedPlan):
        terms = change.target.plan.terms
        when = terms.rollout_on or terms.rollout.value.replace("_", " ")
        title += f" (for those who have it already: {when})"
    return title


def _edit(edit: Edit) -> str:
    if edit.before is NOTHING:
        return f"+ {edit.path}: {value_text(edit.after)}"
    if edit.after is NOTHING:
        return f"- {edit.path}: {value_text(edit.before)}"
    return f"~ {edit.path}: {value_text(edit.before)} → {value_text(edit.after)}"


def value_text(value: object) -> str:
    """A value in one line, as YAML would have it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {value_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(value_text(one) for one in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    return str(value)
