"""What is written to somebody whose address is to be verified."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from dotmac_core_events import Channel, Look, NewMessage, Words, one_line, rendered, spoken
from dotmac_customers.verification.terms import CODE_MINUTES, LINK_HOURS, VerificationKind

TOPIC = "verification"

WORDS: Words = MappingProxyType(
    {
        "en": {
            "text_subject": "Your code",
            "text": "{sender}: your code is {code}. It is valid for {minutes} minutes.",
            "subject": "Confirm your e-mail address for {tenant}",
            "please": "Please confirm that this address is yours.",
            "valid": "The link is valid for {hours} hours, the code for {minutes} minutes.",
            "button": "Confirm",
            "unexpected": "If you did not expect this message, ignore it: nothing happens then.",
        },
        "de": {
            "text_subject": "Ihr Code",
            "text": "{sender}: Ihr Code ist {code}. Er gilt {minutes} Minuten lang.",
            "subject": "Bestätigen Sie Ihre E-Mail-Adresse für {tenant}",
            "please": "Bitte bestätigen Sie, dass diese Adresse Ihre ist.",
            "valid": "Der Link gilt {hours} Stunden lang, der Code {minutes} Minuten.",
            "button": "Bestätigen",
            "unexpected": (
                "Wenn Sie diese Nachricht nicht erwartet haben, ignorieren Sie sie: Dann geschieht "
                "nichts."
            ),
        },
    }
)
"""By language."""


def verification_message(
    kind: VerificationKind,
    look: Look,
    address: str,
    *,
    customer_id: UUID,
    code: str,
    url: str,
    not_after: datetime,
) -> NewMessage:
    """The message with the code, and in an e-mail with the link, to `address`."""
    look, say = spoken(WORDS, look)
    about = ("customer", customer_id)
    if kind is VerificationKind.PHONE:
        sender = one_line(look.tenant_name)[:40]
        return NewMessage(
            channel=Channel.SMS,
            recipient=address,
            subject=say("text_subject"),
            text=say("text", sender=sender, code=code, minutes=CODE_MINUTES),
            topic=TOPIC,
            about=about,
            language=look.language,
            is_secret=True,
            not_after=not_after,
        )
    made = rendered(
        look,
        subject=say("subject", tenant=look.tenant_name),
        paragraphs=(
            say("please"),
            say("valid", hours=LINK_HOURS, minutes=CODE_MINUTES),
        ),
        code=code,
        button=(say("button"), url),
        small_print=say("unexpected"),
    )
    return NewMessage(
        channel=Channel.EMAIL,
        recipient=address,
        subject=made.subject,
        text=made.text,
        html=made.html,
        topic=TOPIC,
        about=about,
        language=made.language,
        is_secret=True,
        sender_name=made.sender_name,
        not_after=not_after,
    )


def verified_page(tenant_name: str, said: str) -> str:
    """What a browser shows after the link was opened; both texts are escaped already."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{tenant_name}</title></head>'
        f'<body><main><h1>{tenant_name}</h1><p role="status">{said}</p></main></body></html>\n'
    )
