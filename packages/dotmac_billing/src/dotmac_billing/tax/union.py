"""Which places belong to the VAT area of the European Union."""

from __future__ import annotations

from dotmac_billing.customers.tax_numbers import VIES_COUNTRIES

MEMBERS = VIES_COUNTRIES
"""ISO 3166-1 codes of the member states."""

# Directive 2006/112/EC, article 6: territories of member states where it does not apply, by the
# beginnings of their postal codes.
_OUTSIDE = {
    "DE": ("78266", "27498"),  # Büsingen, Heligoland
    "ES": ("35", "38", "51", "52"),  # Canary Islands, Ceuta, Melilla
    "FI": ("22",),  # Åland
    "FR": ("971", "972", "973", "974", "975", "976", "977", "978"),  # overseas
    "GR": ("63086",),  # Mount Athos
    "IT": ("23041", "22061"),  # Livigno, Campione d'Italia
}


def in_union(country: str | None, postal_code: str | None = None) -> bool:
    """Whether EU VAT is the law there: `("ES", "28013")` is Madrid, `("ES", "35001")` Las Palmas.

    Without a postal code the country's mainland is meant.

    Source: Directive 2006/112/EC, articles 5 and 6.
    """
    if country not in MEMBERS:
        return False
    outside = _OUTSIDE.get(country)
    return not (outside and postal_code and postal_code.replace(" ", "").startswith(outside))
