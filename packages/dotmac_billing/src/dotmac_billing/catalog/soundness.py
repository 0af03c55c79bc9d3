"""Whether a plan's terms could be billed, before they are published and stand for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.component_prices import price_faults
from dotmac_billing.catalog.errors import (
    InvalidChangeRulesError,
    InvalidPlanError,
    PricingModelNotAvailableError,
)
from dotmac_billing.catalog.plan import (
    HIGHEST_LIMIT,
    HIGHEST_PRICE,
    MOST_COMPONENTS,
    UNLIMITED,
    NewComponent,
    NewTerms,
    PublishedPhase,
)
from dotmac_billing.catalog.pricing_model import fits
from dotmac_billing.catalog.selector import ANY, is_selector
from dotmac_billing.catalog.terms import BillingCycle, ComponentKind, PhaseKind, Rollout
from dotmac_billing.catalog.thresholds import problems as threshold_problems
from dotmac_core_ops.errors import InvalidError
from dotmac_core_ops.money import InvalidCurrencyError, currency_exponent

MOST_PHASES = 20
LONGEST_PHASE = 1200
LONGEST_TERM_MONTHS = 1200
MOST_FEATURES = 200
_LAST = {PhaseKind.EVERGREEN, PhaseKind.FIXED_TERM}


def require_sound(terms: NewTerms, currency: str) -> None:
    """Refuse terms that could not be billed; `currency` is the plan's.

    Raises:
        PricingModelNotAvailableError: no component is priced as the pricing model says.
        InvalidPlanError: no component, one code twice, phases that do not follow each other, a
            feature that is no limit; and what `price_faults` says about a component's price.
        InvalidCurrencyError: not an ISO 4217 currency.
    """
    for fault in faults(terms, currency):
        raise fault


def faults(terms: NewTerms, currency: str) -> Iterator[InvalidError]:
    """Everything that `require_sound` would refuse; details of the errors name the component."""
    said = (*terms.termination_fee, *terms.thresholds.amounts, *terms.thresholds.every)
    yield from _currency_faults((currency, *said))
    if not 0 < len(terms.components) <= MOST_COMPONENTS:
        yield InvalidPlanError(f"A plan has 1 to {MOST_COMPONENTS} components.")
    yield from _same_codes("components", [one.code for one in terms.components])
    yield from _same_codes("phases", [one.code for one in terms.phases])
    for component in terms.components:
        for problem in _component_problems(component, terms):
            yield InvalidPlanError(problem, component.code)
        yield from price_faults(component, currency)
    for problem in _terms_problems(terms):
        yield InvalidPlanError(problem)
    for fee in terms.termination_fee.values():
        if not fee.is_finite() or not 0 <= fee <= HIGHEST_PRICE:
            yield InvalidPlanError(f"A fee is between 0 and {HIGHEST_PRICE:,}.")
    if terms.pricing_model is not None and not fits(terms.pricing_model, terms.components):
        yield PricingModelNotAvailableError(terms.pricing_model.value)


def _currency_faults(currencies: Iterable[str]) -> Iterator[InvalidError]:
    for currency in currencies:
        try:
            currency_exponent(currency)
        except InvalidCurrencyError as error:
            yield error


def require_sound_rules(rules: Sequence[ChangeRule]) -> None:
    """Refuse a tenant's rules about changes of plan that could not be told apart.

    Raises:
        InvalidChangeRulesError: not a selector, or two rules about the same change.
    """
    for fault in rule_faults(rules):
        raise fault


def rule_faults(rules: Sequence[ChangeRule]) -> Iterator[InvalidError]:
    """Everything that `require_sound_rules` would refuse."""
    for rule in rules:
        for selector in (rule.from_what, rule.to_what):
            if not is_selector(selector):
                problem = f"{selector!r} is not *, product:CODE or plan:CODE."
                yield InvalidChangeRulesError(problem)
    about = Counter((rule.from_what, rule.to_what, rule.direction) for rule in rules)
    if any(count > 1 for count in about.values()):
        yield InvalidChangeRulesError("Two rules are about the same change.")


def _same_codes(what: str, codes: list[str]) -> Iterator[InvalidError]:
    for code, count in Counter(codes).items():
        if count > 1:
            yield InvalidPlanError(f"Two {what} have the same code.", code)


def _component_problems(component: NewComponent, terms: NewTerms) -> Iterator[str]:
    if component.kind is ComponentKind.USAGE:
        if component.meter is None:
            yield "A component for usage names its meter."
        if (component.cycle or terms.cycle) is BillingCycle.ONE_TIME:
            yield "A component for usage is billed period after period."
    elif component.meter is not None or component.filters or component.group_by:
        yield "Only a component for usage has a meter, filters and groups."
    known = {phase.code for phase in terms.phases}
    for code in component.phases:
        if code not in known:
            yield f"The plan has no phase {code!r}."
    for accepted in component.filters.values():
        if not accepted:
            yield "A filter names at least one accepted value."


def _terms_problems(terms: NewTerms) -> Iterator[str]:
    yield from _phases_problems(terms)
    if terms.term_months is not None and not 1 <= terms.term_months <= LONGEST_TERM_MONTHS:
        yield f"A term has 1 to {LONGEST_TERM_MONTHS} months."
    if (terms.rollout is Rollout.DATE) != (terms.rollout_on is not None):
        yield "A rollout on a date names it, and no other rollout does."
    if len(terms.features) > MOST_FEATURES:
        yield f"A plan has at most {MOST_FEATURES} features."
    for name, value in terms.features.items():
        if isinstance(value, int) and not UNLIMITED <= value <= HIGHEST_LIMIT:
            yield f"Feature {name!r}: a limit is 0 to {HIGHEST_LIMIT:,}, or -1 for unlimited."
    metered = {one.code for one in terms.components if one.meter is not None}
    yield from threshold_problems(terms.thresholds, metered)
    if any(rule.from_what != ANY for rule in terms.change_rules):
        yield "A rule of a plan is about leaving it; leave out from where."
    for selector in (*terms.add_on_to, *(rule.to_what for rule in terms.change_rules)):
        if not is_selector(selector):
            yield f"{selector!r} is not *, product:CODE or plan:CODE."


def _phases_problems(terms: NewTerms) -> Iterator[str]:
    if len(terms.phases) > MOST_PHASES:
        yield f"A plan has at most {MOST_PHASES} phases."
    if terms.phases and terms.cycle is BillingCycle.ONE_TIME:
        yield "A plan that is charged once has no phases."
    for phase in terms.phases:
        is_last = phase is terms.phases[-1]
        for problem in (*_length_problems(phase), *_kind_problems(phase, is_last=is_last)):
            yield f"Phase {phase.code!r}: {problem}"


def _length_problems(phase: PublishedPhase) -> Iterator[str]:
    if (phase.length is None) != (phase.unit is None):
        yield "a length has a number and a unit."
    if phase.length is not None and not 1 <= phase.length <= LONGEST_PHASE:
        yield f"a length is 1 to {LONGEST_PHASE}."
    if phase.kind is PhaseKind.EVERGREEN and phase.length is not None:
        yield "evergreen has no length."
    if phase.kind is not PhaseKind.EVERGREEN and phase.length is None:
        yield "only evergreen goes on without end; give it a length."


def _kind_problems(phase: PublishedPhase, *, is_last: bool) -> Iterator[str]:
    if is_last and phase.kind not in _LAST:
        yield "the last phase is evergreen or a fixed term."
    if not is_last and phase.kind is PhaseKind.EVERGREEN:
        yield "nothing comes after evergreen."
    if (phase.kind is PhaseKind.DISCOUNT) != (phase.percent_off is not None):
        yield "a discount says how much less, and nothing else does."
    if phase.percent_off is not None and not 0 < phase.percent_off <= Decimal(1):
        yield "a discount is a fraction above 0 and at most 1: 20 % is 0.2."
    if phase.requires_payment_method and phase.kind is not PhaseKind.TRIAL:
        yield "only a trial asks for a payment method."
