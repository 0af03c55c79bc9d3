"""Codes that EN 16931 allows, where a document could name another."""

from __future__ import annotations

import re
from typing import NamedTuple

from dotmac_core_ops.money import InvalidCurrencyError, currency_exponent

_COUNTRY_CODES = (
    "1A AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN "
    "BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE "
    "DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN "
    "GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE "
    "KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA "
    "PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK "
    "SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
    "UM US UY UZ VA VC VE VG VI VN VU WF WS XI YE YT ZA ZM ZW"
)

COUNTRIES = frozenset(_COUNTRY_CODES.split())
"""ISO 3166-1 alpha-2, with Northern Ireland (XI) and Kosovo (1A), as the standard's list."""

_UNIT = re.compile(r"[A-Z0-9]{2,3}")
_SCHEME = re.compile(r"\d{4}|A[NQSU]|EM")
_VATEX = re.compile(r"VATEX-[A-Z]{2}-[0-9A-Z-]+")


class Category(NamedTuple):
    """A category of VAT: `family` is the part of its rules' names, as in BR-IC-08.

    `taxed` ones have a rate above nothing; of the others a reason says why there is no tax, unless
    they are `zero`, where goods are taxed at no rate.
    """

    family: str
    words: str
    taxed: bool = False
    zero: bool = False
    rated: bool = True


CATEGORIES = {
    "S": Category("S", "Standard rated", taxed=True),
    "Z": Category("Z", "Zero rated", zero=True),
    "E": Category("E", "Exempt from VAT"),
    "AE": Category("AE", "Reverse charge"),
    "K": Category("IC", "Intra-community supply"),
    "G": Category("G", "Export outside the EU"),
    "O": Category("O", "Not subject to VAT", rated=False),
    "L": Category("AF", "IGIC", taxed=True),
    "M": Category("AG", "IPSI", taxed=True),
}
"""The categories of UNTDID 5305 that EN 16931 knows."""

EXEMPTIONS = {
    "AE": ("Reverse charge", "VATEX-EU-AE"),
    "K": ("Intra-community supply", "VATEX-EU-IC"),
    "G": ("Export outside the EU", "VATEX-EU-G"),
    "O": ("Not subject to VAT", "VATEX-EU-O"),
}
"""Reason and code of categories that say themselves why there is no tax."""

_UNITS = {
    "": "C62",
    "unit": "C62",
    "piece": "H87",
    "user": "C62",
    "seat": "C62",
    "call": "C62",
    "byte": "AD",
    "kb": "2P",
    "mb": "4L",
    "gb": "E34",
    "tb": "E35",
    "bit": "A99",
    "second": "SEC",
    "minute": "MIN",
    "hour": "HUR",
    "day": "DAY",
    "week": "WEE",
    "month": "MON",
    "year": "ANN",
    "kwh": "KWH",
    "kw": "KWT",
    "mbps": "E20",
    "g": "GRM",
    "kg": "KGM",
    "t": "TNE",
    "m": "MTR",
    "km": "KMT",
    "l": "LTR",
    "m2": "MTK",
    "m3": "MTQ",
    "set": "SET",
    "pair": "PR",
    "percent": "P1",
}


def unit_code(unit: str | None) -> str:
    """The code of UN/ECE Recommendation 20 for a unit's name; C62 (one) for what has no code.

    `unit_code("GB")` is `"E34"`.
    """
    return _UNITS.get((unit or "").strip().lower(), "C62")


def is_country(code: str) -> bool:
    """Whether it is a country of the standard's list."""
    return code in COUNTRIES


def is_currency(code: str) -> bool:
    """Whether it is an ISO 4217 currency with a minor unit."""
    try:
        currency_exponent(code)
    except InvalidCurrencyError:
        return False
    return True


def is_unit(code: str) -> bool:
    """Whether it has the form of a code of UN/ECE Recommendation 20 or 21."""
    return _UNIT.fullmatch(code) is not None


def is_address_scheme(code: str) -> bool:
    """Whether it has the form of a code of an electronic address scheme (EAS)."""
    return _SCHEME.fullmatch(code) is not None


def is_exemption_code(code: str) -> bool:
    """Whether it has the form of a VATEX code."""
    return _VATEX.fullmatch(code) is not None
