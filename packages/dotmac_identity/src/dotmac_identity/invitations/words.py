"""The words of invitations, by language."""

from __future__ import annotations

from types import MappingProxyType

from dotmac_core_events import Words

WORDS: Words = MappingProxyType(
    {
        "en": {
            "hello": "Hello {name},",
            "unexpected": "If you do not know what this is about, ignore it.",
            "staff_subject": "{inviter} invites you to {tenant}",
            "staff": (
                "{inviter} invites you to work with {tenant} on DotMac. The link is good for seven "
                "days."
            ),
            "staff_button": "Accept the invitation",
            "portal_subject": "Your access to {tenant}",
            "portal": (
                "{tenant} opens its customer portal to you: your invoices, your services, your "
                "data. The link is good for seven days."
            ),
            "portal_button": "Open my access",
        },
        "de": {
            "hello": "Guten Tag {name},",
            "unexpected": "Wenn Sie nicht wissen, worum es geht, ignorieren Sie diese Nachricht.",
            "staff_subject": "{inviter} lädt Sie zu {tenant} ein",
            "staff": (
                "{inviter} lädt Sie ein, mit {tenant} auf DotMac zu arbeiten. Der Link gilt sieben "
                "Tage lang."
            ),
            "staff_button": "Einladung annehmen",
            "portal_subject": "Ihr Zugang zu {tenant}",
            "portal": (
                "{tenant} öffnet Ihnen das Kundenportal: Ihre Rechnungen, Ihre Dienste, Ihre "
                "Daten. Der Link gilt sieben Tage lang."
            ),
            "portal_button": "Zugang öffnen",
        },
    }
)
