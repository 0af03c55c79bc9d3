"""The words of the messages about accounts, by language."""

from __future__ import annotations

from types import MappingProxyType

from dotmac_core_events import Words

WORDS: Words = MappingProxyType(
    {
        "en": {
            "hello": "Hello {name},",
            "not_you": "If that was not you, change your password at once and tell us.",
            "unexpected": "If you did not ask for it, ignore this message.",
            "reset_subject": "Your password for {tenant}",
            "reset": (
                "somebody, hopefully you, asked for a new password. The link is good for one hour "
                "and for one use."
            ),
            "reset_button": "Choose a new password",
            "reset_unexpected": (
                "If you did not ask for it, ignore this message; nothing has changed."
            ),
            "changed_subject": "Your password for {tenant} was changed",
            "changed": "your password was changed.",
            "verify_subject": "Confirm your address for {tenant}",
            "verify": (
                "from now on you want to sign in with this address. The link is good for one day."
            ),
            "verify_button": "Confirm this address",
            "asked_subject": "Another address for {tenant} was asked for",
            "asked": (
                "somebody, hopefully you, wants to sign in to your account with another address. "
                "It holds once that address is confirmed."
            ),
            "moved_subject": "Your address for {tenant} was changed",
            "moved": "one now signs in to your account with another address.",
            "moved_undo": (
                "If that was not you, undo it within seven days: you get your address back, "
                "everybody is signed out, and you choose a new password."
            ),
            "moved_button": "Undo this change",
            "device_subject": "New sign-in to {tenant}",
            "device": "somebody signed in to your account with {device} from {address}, {at}.",
            "device_yours": "If that was you, there is nothing to do.",
            "unknown_place": "an unknown place",
        },
        "de": {
            "hello": "Guten Tag {name},",
            "not_you": (
                "Wenn Sie das nicht waren, ändern Sie bitte sofort Ihr Passwort und sagen Sie uns "
                "Bescheid."
            ),
            "unexpected": "Wenn Sie nicht darum gebeten haben, ignorieren Sie diese Nachricht.",
            "reset_subject": "Ihr Passwort für {tenant}",
            "reset": (
                "jemand, hoffentlich Sie, hat um ein neues Passwort gebeten. Der Link gilt eine "
                "Stunde lang und nur einmal."
            ),
            "reset_button": "Neues Passwort wählen",
            "reset_unexpected": (
                "Wenn Sie nicht darum gebeten haben, ignorieren Sie diese Nachricht; es hat sich "
                "nichts geändert."
            ),
            "changed_subject": "Ihr Passwort für {tenant} wurde geändert",
            "changed": "Ihr Passwort wurde geändert.",
            "verify_subject": "Bestätigen Sie Ihre Adresse für {tenant}",
            "verify": (
                "Sie möchten sich künftig mit dieser Adresse anmelden. Der Link gilt einen Tag "
                "lang."
            ),
            "verify_button": "Diese Adresse bestätigen",
            "asked_subject": "Eine andere Adresse für {tenant} wurde gewünscht",
            "asked": (
                "jemand, hoffentlich Sie, möchte sich bei Ihrem Konto mit einer anderen Adresse "
                "anmelden. Das gilt, sobald jene Adresse bestätigt ist."
            ),
            "moved_subject": "Ihre Adresse für {tenant} wurde geändert",
            "moved": "bei Ihrem Konto meldet man sich jetzt mit einer anderen Adresse an.",
            "moved_undo": (
                "Wenn Sie das nicht waren, machen Sie es innerhalb von sieben Tagen rückgängig: "
                "Sie erhalten Ihre Adresse zurück, alle werden abgemeldet, und Sie wählen ein "
                "neues Passwort."
            ),
            "moved_button": "Änderung rückgängig machen",
            "device_subject": "Neue Anmeldung bei {tenant}",
            "device": (
                "jemand hat sich mit {device} von {address} aus bei Ihrem Konto angemeldet, {at}."
            ),
            "device_yours": "Wenn Sie das waren, brauchen Sie nichts zu tun.",
            "unknown_place": "einem unbekannten Ort",
        },
    }
)
