"""The rules of all places, and which of them hold for a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from dotmac_billing.tax.place_of_supply import Place
from dotmac_billing.tax.rules import Rule, RuleBuyer, Supply


class _Country(NamedTuple):
    """A country's rules by region and beginning of the postal code."""

    rules: dict[tuple[str | None, str | None], list[Rule]]
    lengths: set[int]
    cities: set[str]


def compact_postal_code(text: str | None) -> str | None:
    """`k1a 0b1` as it is compared: `K1A0B1`."""
    return None if text is None else text.replace(" ", "").upper() or None


class RuleBook:
    """Finds the rules of a place without looking at those of others."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._countries: dict[str, _Country] = {}
        for rule in rules:
            country = self._countries.setdefault(rule.country, _Country({}, set(), set()))
            prefix = compact_postal_code(rule.postal_prefix)
            country.rules.setdefault((rule.region, prefix), []).append(rule)
            if prefix is not None:
                country.lengths.add(len(prefix))
            if rule.city is not None:
                country.cities.add(rule.city.casefold())

    def narrowed(self, place: Place) -> Place:
        """The place with only what its country's rules ask for, so that many places are one."""
        country = self._countries.get(place.country)
        postal = city = None
        if country is not None:
            if country.lengths and place.postal_code is not None:
                postal = (compact_postal_code(place.postal_code) or "")[: max(country.lengths)]
            if place.city is not None and place.city.casefold() in country.cities:
                city = place.city.casefold()
        return place._replace(postal_code=postal, city=city)

    def holding(self, place: Place, product_category: str, on: date) -> list[Rule]:
        """The most exact rule of each slot, in the order in which they are charged."""
        best: dict[str, Rule] = {}
        for rule in self._of(place):
            if not _fits(rule, place, product_category, on):
                continue
            known = best.get(rule.slot)
            if known is None or rule.exactness > known.exactness:
                best[rule.slot] = rule
        return sorted(best.values(), key=lambda rule: (rule.position, rule.slot))

    def _of(self, place: Place) -> Iterator[Rule]:
        country = self._countries.get(place.country)
        if country is None:
            return
        postal = place.postal_code or ""
        prefixes = [None, *(postal[:length] for length in country.lengths if len(postal) >= length)]
        for region in {None, place.region}:
            for prefix in prefixes:
                yield from country.rules.get((region, prefix), ())


def _fits(rule: Rule, place: Place, product_category: str, on: date) -> bool:
    return (
        rule.holds(on)
        and rule.product_category in {None, product_category}
        and (rule.city is None or rule.city.casefold() == place.city)
        and (rule.supply is Supply.ANY or (rule.supply is Supply.WITHIN_REGION) is place.is_within)
        and (rule.buyer is RuleBuyer.ANY or (rule.buyer is RuleBuyer.BUSINESS) is place.is_business)
    )
