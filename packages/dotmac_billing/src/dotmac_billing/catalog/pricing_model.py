"""Which of the five names of a pricing model fit a plan's components."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dotmac_billing.catalog.plan import NewComponent
from dotmac_billing.catalog.terms import ComponentKind, PricingModel

_TIERED = frozenset({"graduated", "graduated_percentage"})
_VOLUME = frozenset({"volume", "stairstep"})


def _has(parts: Sequence[NewComponent], models: frozenset[str]) -> bool:
    return any(part.model.value in models for part in parts)


def _meters(parts: Sequence[NewComponent]) -> bool:
    return any(part.kind is ComponentKind.USAGE for part in parts)


def _recurs(parts: Sequence[NewComponent]) -> bool:
    return any(part.kind is ComponentKind.RECURRING for part in parts)


# In the order in which they are looked for: the first that fits describes the plan best.
_FITS: dict[PricingModel, Callable[[Sequence[NewComponent]], bool]] = {
    PricingModel.HYBRID: lambda parts: _meters(parts) and _recurs(parts),
    PricingModel.TIERED: lambda parts: _has(parts, _TIERED),
    PricingModel.VOLUME_BASED: lambda parts: _has(parts, _VOLUME),
    PricingModel.USAGE_BASED: _meters,
    PricingModel.FLAT_RATE: lambda parts: not _meters(parts),
}


def fits(model: PricingModel, components: Sequence[NewComponent]) -> bool:
    """Whether a plan of these components may be called so.

    `FLAT_RATE` measures nothing; `USAGE_BASED` has a component for usage; `TIERED` one whose units
    cost by the tier they lie in, `VOLUME_BASED` one whose units all cost by the tier of their sum;
    `HYBRID` has usage beside a recurring price. More than one name may fit.
    """
    return _FITS[model](components)


def pricing_model_of(components: Sequence[NewComponent]) -> PricingModel:
    """The name that says most about a plan of these components."""
    return next(model for model in _FITS if fits(model, components))
