"""The words of the notice about the operator's acting as somebody, by language."""

from __future__ import annotations

from types import MappingProxyType

from dotmac_core_events import Words

WORDS: Words = MappingProxyType(
    {
        "en": {
            "subject": "{operator} of the operator acts as {user}",
            "acts": (
                "{operator}, who runs this installation, acts as {user} from now on, until {until} "
                "UTC at the latest."
            ),
            "reason": "The reason given: {reason}",
            "where": (
                "Everything done meanwhile is marked in the audit log. You see and end it under "
                "Settings, Access by the operator (GET /api/v1/impersonations)."
            ),
        },
        "de": {
            "subject": "{operator} vom Betreiber handelt als {user}",
            "acts": (
                "{operator} vom Betreiber dieser Installation handelt ab jetzt als {user}, "
                "längstens bis {until} UTC."
            ),
            "reason": "Der genannte Grund: {reason}",
            "where": (
                "Alles, was dabei geschieht, ist im Audit-Log gekennzeichnet. Sie sehen und "
                "beenden es unter Einstellungen, Zugriff des Betreibers "
                "(GET /api/v1/impersonations)."
            ),
        },
    }
)
