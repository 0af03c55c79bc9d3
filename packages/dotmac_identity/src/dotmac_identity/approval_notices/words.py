"""The words of the messages about approvals, by language."""

from __future__ import annotations

from types import MappingProxyType

from dotmac_core_events import Words

WORDS: Words = MappingProxyType(
    {
        "en": {
            "hello": "Hello {name},",
            "deed": "{action} over {amount} {currency} ({target})",
            "asked_subject": "{requester} asks for your agreement",
            "asked": "{requester} wants to do this, which needs a second person: {deed}.",
            "reason": "The reason given: {reason}",
            "until": "You can agree or refuse until {until} UTC.",
            "decide": "Decide",
            "asked_small_print": (
                "If somebody else decides first, there is nothing left to do for you."
            ),
            "somebody": "Somebody",
            "agreed_subject": "{decider} agreed to what you asked for",
            "agreed": "{decider} agreed to this: {deed}.",
            "repeat": "Repeat what you wanted to do within a day of asking.",
            "refused_subject": "{decider} refused what you asked for",
            "refused": "{decider} refused this: {deed}.",
            "note": "They say: {note}",
            "expired_subject": "What you asked for is not possible any more",
            "expired_undecided": "this was not decided within a day of your asking: {deed}.",
            "expired_unused": (
                "this was agreed to, but not done within a day of your asking: {deed}."
            ),
            "ask_again": "Ask again if it is still needed.",
        },
        "de": {
            "hello": "Guten Tag {name},",
            "deed": "{action} über {amount} {currency} ({target})",
            "asked_subject": "{requester} bittet um Ihre Zustimmung",
            "asked": "{requester} möchte dies tun, wozu es eine zweite Person braucht: {deed}.",
            "reason": "Der genannte Grund: {reason}",
            "until": "Sie können bis {until} UTC zustimmen oder ablehnen.",
            "decide": "Entscheiden",
            "asked_small_print": (
                "Entscheidet vorher jemand anderes, brauchen Sie nichts mehr zu tun."
            ),
            "somebody": "Jemand",
            "agreed_subject": "{decider} hat Ihrer Anfrage zugestimmt",
            "agreed": "{decider} hat dem zugestimmt: {deed}.",
            "repeat": "Wiederholen Sie Ihr Vorhaben innerhalb eines Tages nach Ihrer Anfrage.",
            "refused_subject": "{decider} hat Ihre Anfrage abgelehnt",
            "refused": "{decider} hat dies abgelehnt: {deed}.",
            "note": "Dazu gesagt wurde: {note}",
            "expired_subject": "Was Sie angefragt haben, ist nicht mehr möglich",
            "expired_undecided": (
                "darüber wurde innerhalb eines Tages nach Ihrer Anfrage nicht entschieden: {deed}."
            ),
            "expired_unused": (
                "dem wurde zugestimmt, aber es geschah nicht innerhalb eines Tages nach Ihrer "
                "Anfrage: {deed}."
            ),
            "ask_again": "Fragen Sie erneut an, wenn es noch nötig ist.",
        },
    }
)
