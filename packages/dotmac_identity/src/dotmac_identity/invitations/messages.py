"""What somebody is told who shall join."""

from __future__ import annotations

from dotmac_core_events import Look, Rendered, rendered


def staff_invitation(look: Look, *, name: str, inviter: str, link: str) -> Rendered:
    """To a colleague."""
    return rendered(
        look,
        subject=f"{inviter} invites you to {look.tenant_name}",
        paragraphs=(
            f"Hello {name},",
            (
                f"{inviter} invites you to work with {look.tenant_name} on DotMac. The link is "
                "good for seven days."
            ),
        ),
        button=("Accept the invitation", link),
        small_print="If you do not know what this is about, ignore it.",
    )


def portal_invitation(look: Look, *, name: str, link: str) -> Rendered:
    """To a customer."""
    return rendered(
        look,
        subject=f"Your access to {look.tenant_name}",
        paragraphs=(
            f"Hello {name},",
            (
                f"{look.tenant_name} opens its customer portal to you: your invoices, your "
                "services, your data. The link is good for seven days."
            ),
        ),
        button=("Open my access", link),
        small_print="If you do not know what this is about, ignore it.",
    )
