"""The access point that this installation is configured for."""

from __future__ import annotations

from dotmac_billing.peppol.adapters.storecove import Storecove
from dotmac_billing.peppol.errors import AccessPointNotConfiguredError
from dotmac_core_ops.settings import load_settings


def configured() -> Storecove:
    """Storecove, to be closed after use.

    Raises:
        AccessPointNotConfiguredError: its key is not in the settings.
    """
    settings = load_settings()
    if settings.storecove_api_key is None:
        raise AccessPointNotConfiguredError
    return Storecove(settings.storecove_api_key.get_secret_value(), base_url=settings.storecove_url)
