"""HTTP shapes of signing in with a passkey alone."""

from __future__ import annotations

from dotmac_core_ops.http import RequestModel
from dotmac_identity.passkeys.schemas import AssertionIn


class PasskeySignInIn(RequestModel):
    """What the browser gave after the person has chosen one of their passkeys."""

    credential: AssertionIn
