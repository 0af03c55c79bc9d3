"""What the timeline says in English about the facts of customers and of messages.

Nothing personal is in a sentence: no names, no addresses, no subjects of messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from dotmac_customers.timeline.facts import Telling

_FIELDS = {
    "address": "postal address",
    "assignee_id": "the one who looks after it",
    "custom_fields": "own fields",
    "email": "e-mail address",
    "external_id": "external id",
    "family_name": "family name",
    "given_name": "given name",
    "parent_id": "place in the tree",
    "tax_id": "tax number",
    "time_zone": "time zone",
}
_MEANS = {"email": "e-mail", "sms": "text message", "phone": "telephone", "mail": "post"}
_CHANNELS = {"email": "An e-mail", "sms": "A text message", "in_app": "A message in the app"}


def _words(name: str) -> str:
    return _FIELDS.get(name.removeprefix("custom_fields."), name.replace("_", " "))


def _listed(words: list[str]) -> str:
    """`["a", "b", "c"]` is `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _changed(fields: Mapping[str, Any]) -> str:
    changed = [_words(name) for name in fields.get("changed", ())]
    return f"Changed: {_listed(changed)}." if changed else "The profile was changed."


def _because(sentence: str) -> Any:  # noqa: ANN401 - a sentence of some fields
    def told(fields: Mapping[str, Any]) -> str:
        return f"{sentence}: {_words(str(fields['reason']))}."

    return told


def _moved(fields: Mapping[str, Any]) -> str:
    if fields.get("parent_id") is None:
        return "Stands at the top of its own tree now."
    return f"Stands below another customer now, as a {_words(str(fields['level']))}."


def _message(fields: Mapping[str, Any], outcome: str) -> str:
    channel = _CHANNELS.get(str(fields.get("channel")), "A message")
    return f"{channel} about {_words(str(fields.get('topic')))} {outcome}."


def _consent(fields: Mapping[str, Any], what: str) -> str:
    channel = str(fields["channel"])
    topic = _words(str(fields["topic"]))
    return f"Consent to {topic} by {_MEANS.get(channel, _words(channel))} was {what}."


def _address(fields: Mapping[str, Any]) -> str:
    kind = "further" if fields["kind"] == "other" else _words(str(fields["kind"]))
    return f"A{'n' if kind[0] in 'aeiou' else ''} {kind} address"


TELLINGS: Mapping[str, Telling] = MappingProxyType(
    {
        "customers.customer_created": Telling("customer", "Customer {number} was created."),
        "customers.customer_changed": Telling("customer", _changed),
        "customers.customer_qualified": Telling("state", _because("Became a prospect")),
        "customers.customer_activated": Telling("state", _because("Became active")),
        "customers.customer_suspended": Telling("state", _because("Was suspended")),
        "customers.customer_churned": Telling("state", _because("Left")),
        "customers.branch_moved": Telling("customer", _moved),
        "customers.customers_merged": Telling(
            "customer",
            "Another customer was merged into this one.",
            about=("customer", "merged_id"),
            customer="kept_id",
        ),
        "customers.address_added": Telling(
            "address",
            lambda fields: f"{_address(fields)} was added.",
            about=("address", "address_id"),
        ),
        "customers.address_changed": Telling(
            "address",
            lambda fields: f"{_address(fields)} was changed.",
            about=("address", "address_id"),
        ),
        "customers.address_removed": Telling(
            "address",
            lambda fields: f"{_address(fields)} was removed.",
            about=("address", "address_id"),
        ),
        "customers.contact_added": Telling(
            "contact", "A contact was added.", about=("contact", "contact_id")
        ),
        "customers.contact_changed": Telling(
            "contact", "A contact was changed.", about=("contact", "contact_id")
        ),
        "customers.contact_removed": Telling(
            "contact", "A contact was removed.", about=("contact", "contact_id")
        ),
        "customers.consent_given": Telling(
            "consent",
            lambda fields: _consent(fields, "given"),
            about=("consent", "consent_id"),
        ),
        "customers.consent_withdrawn": Telling(
            "consent",
            lambda fields: _consent(fields, "withdrawn"),
            about=("consent", "consent_id"),
        ),
        "customers.email_verified": Telling("contact", "The e-mail address was verified."),
        "customers.phone_verified": Telling("contact", "The telephone number was verified."),
        **{
            f"customers.note_{fact}": Telling(
                "note", f"A note was {fact}.", about=("note", "note_id")
            )
            for fact in ("written", "changed")
        },
        **{
            f"customers.task_{fact}": Telling(
                "task", f"A task was {told}.", about=("task", "task_id")
            )
            for fact, told in {
                "added": "added",
                "done": "done",
                "cancelled": "cancelled",
                "reopened": "opened again",
            }.items()
        },
        **{
            f"customers.document_{fact}": Telling(
                "document",
                f"A document {told}: {{kind}}.",
                about=("document", "document_id"),
            )
            for fact, told in {
                "uploaded": "was uploaded",
                "verified": "was verified",
                "rejected": "was rejected",
                "expiring": "expires soon",
                "expired": "has expired",
                "deleted": "was deleted",
                "infected": "held a virus and was destroyed",
            }.items()
        },
    }
)
"""How each event is told."""

MESSAGES: Mapping[str, Telling] = MappingProxyType(
    {
        "events.message_sent": Telling(
            "message",
            lambda fields: _message(fields, "was sent"),
            about=("message", "message_id"),
            customer="about_id",
        ),
        "events.message_failed": Telling(
            "message",
            lambda fields: _message(fields, "could not be delivered"),
            about=("message", "message_id"),
            customer="about_id",
        ),
    }
)
"""How messages are told to whom they are about."""
