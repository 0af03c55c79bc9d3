"""Who works out the tax on a tenant's invoices."""

from __future__ import annotations

from enum import Enum


class TaxCalculatorName(Enum):
    """The engine of our own, or the service of somebody else."""

    OWN = "own"
    """By the tenant's rates and rules."""
    AVALARA = "avalara"
    """By Avalara AvaTax, with the account that the installation is configured for."""
