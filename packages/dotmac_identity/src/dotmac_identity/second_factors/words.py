"""The words of the messages about second factors, by language."""

from __future__ import annotations

from types import MappingProxyType

from dotmac_core_events import Words

WORDS: Words = MappingProxyType(
    {
        "en": {
            "hello": "Hello {name},",
            "not_you": "If that was not you, change your password at once and tell us.",
            "enrolled_subject": "An authenticator app for {tenant} was set up",
            "enrolled": (
                "from now on you are asked for a code of your authenticator app when you sign in."
            ),
            "removed_subject": "Your authenticator app for {tenant} was removed",
            "removed": "you removed your authenticator app.",
            "reset_subject": "Your second factors for {tenant} were removed",
            "reset": (
                "an administrator removed your authenticator app, your passkeys and your recovery "
                "codes. You are signed out everywhere; your password is enough to sign in again."
            ),
            "unexpected": "If you did not ask for it, tell us.",
            "code_subject": "A recovery code for {tenant} was used",
            "code": "one of your recovery codes was used; {left} are left.",
        },
        "de": {
            "hello": "Guten Tag {name},",
            "not_you": (
                "Wenn Sie das nicht waren, ändern Sie bitte sofort Ihr Passwort und sagen Sie uns "
                "Bescheid."
            ),
            "enrolled_subject": "Eine Authenticator-App für {tenant} wurde eingerichtet",
            "enrolled": (
                "beim Anmelden werden Sie ab jetzt nach einem Code Ihrer Authenticator-App gefragt."
            ),
            "removed_subject": "Ihre Authenticator-App für {tenant} wurde entfernt",
            "removed": "Sie haben Ihre Authenticator-App entfernt.",
            "reset_subject": "Ihre zweiten Faktoren für {tenant} wurden entfernt",
            "reset": (
                "jemand aus der Verwaltung hat Ihre Authenticator-App, Ihre Passkeys und Ihre "
                "Ersatzcodes entfernt. Sie sind überall abgemeldet; um sich wieder anzumelden, "
                "genügt Ihr Passwort."
            ),
            "unexpected": "Wenn Sie nicht darum gebeten haben, sagen Sie uns Bescheid.",
            "code_subject": "Ein Ersatzcode für {tenant} wurde benutzt",
            "code": "einer Ihrer Ersatzcodes wurde benutzt; {left} sind noch übrig.",
        },
    }
)
