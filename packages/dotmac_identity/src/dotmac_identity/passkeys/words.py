"""The words of the messages about passkeys, by language."""

from __future__ import annotations

from types import MappingProxyType

from dotmac_core_events import Words

WORDS: Words = MappingProxyType(
    {
        "en": {
            "hello": "Hello {name},",
            "not_you": "If that was not you, change your password at once and tell us.",
            "added_subject": "A passkey for {tenant} was added",
            "added": (
                "the passkey “{passkey}” was added. From now on a second factor is asked for when "
                "you sign in."
            ),
            "removed_subject": "A passkey for {tenant} was removed",
            "removed": "you removed the passkey “{passkey}”.",
            "copied_subject": "A passkey for {tenant} seems to have been copied",
            "copied": (
                "the passkey “{passkey}” was used by a device that is not the one you used "
                "before. It is refused from now on. Sign in with something else, remove it, and "
                "add another."
            ),
            "copied_how": "If you do not know how that could have happened, tell us.",
        },
        "de": {
            "hello": "Guten Tag {name},",
            "not_you": (
                "Wenn Sie das nicht waren, ändern Sie bitte sofort Ihr Passwort und sagen Sie uns "
                "Bescheid."
            ),
            "added_subject": "Ein Passkey für {tenant} wurde hinzugefügt",
            "added": (
                "der Passkey „{passkey}“ wurde hinzugefügt. Ab jetzt werden Sie beim Anmelden nach "
                "einem zweiten Faktor gefragt."
            ),
            "removed_subject": "Ein Passkey für {tenant} wurde entfernt",
            "removed": "Sie haben den Passkey „{passkey}“ entfernt.",
            "copied_subject": "Ein Passkey für {tenant} wurde anscheinend kopiert",
            "copied": (
                "der Passkey „{passkey}“ wurde mit einem Gerät benutzt, das nicht das bisherige "
                "ist. Ab jetzt wird er abgelehnt. Melden Sie sich auf andere Weise an, entfernen "
                "Sie ihn und fügen Sie einen neuen hinzu."
            ),
            "copied_how": (
                "Wenn Sie nicht wissen, wie das geschehen sein kann, sagen Sie uns Bescheid."
            ),
        },
    }
)
