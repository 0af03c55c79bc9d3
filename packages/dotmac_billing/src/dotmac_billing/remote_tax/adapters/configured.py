"""Tax services with the accounts that this installation is configured for."""

from __future__ import annotations

from dotmac_billing.protocols import TaxService
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.tax.adapters.avalara import AvalaraTaxCalculator
from dotmac_billing.tax.errors import TaxServiceNotConfiguredError
from dotmac_core_ops.settings import load_settings


def configured(name: TaxCalculatorName) -> TaxService:
    """The service of that name, to be closed after use.

    Raises:
        TaxServiceNotConfiguredError: the account is not in the settings.
    """
    settings = load_settings()
    account, key = settings.avalara_account_id, settings.avalara_license_key
    if name is not TaxCalculatorName.AVALARA or account is None or key is None:
        raise TaxServiceNotConfiguredError(name.value)
    return AvalaraTaxCalculator(
        account,
        key.get_secret_value(),
        settings.avalara_company_code,
        base_url=settings.avalara_url,
    )
