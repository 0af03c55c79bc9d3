"""Where the links in messages lead."""

from __future__ import annotations

from dotmac_identity.account_kinds import AccountKind


def page_link(base_url: str, kind: AccountKind, page: str, token: str) -> str:
    """The address of a page that takes `token`: `https://my.example/reset-password#token=…`.

    It begins with the tenant's own proved domain or the setting PUBLIC_URL, and nothing that a
    request says: a Host header would let anybody have links to their own site sent to others. The
    token stands after the `#`, which browsers keep to themselves: it is in no log and in no
    `Referer`.
    """
    portal = "/portal" if kind is AccountKind.PORTAL else ""
    return f"{base_url}{portal}/{page}#token={token}"
