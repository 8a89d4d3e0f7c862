"""Dated presets for willingness to pay and discounting: conventions that bodies publish and change.

No preset is silently "the" threshold: the author names one, and its name, dates and scope are
printed with the result. Sources: NICE health technology evaluations manual (PMG36); NICE ECD19
(thresholds for technology appraisals from April 2026); HM Treasury Green Book; Claxton et al.
2015, Health Technology Assessment 19(14).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WtpPreset:
    """Thresholds that a body uses, with the dates between which it uses them."""

    wtp: tuple[float, ...]
    says: str


@dataclass(frozen=True)
class DiscountPreset:
    """Yearly discount rates for costs and health effects."""

    cost: float
    qaly: float
    says: str


WTP_PRESETS: dict[str, WtpPreset] = {
    "nice-20-30": WtpPreset(
        (20_000.0, 30_000.0),
        "NICE standard range through March 2026; after that still the range for programmes that "
        "are not technology appraisals of medicines, as far as is published (November 2026)",
    ),
    "nice-ta-25-35": WtpPreset(
        (25_000.0, 35_000.0),
        "NICE technology appraisals from April 2026 (ECD19); not confirmed for public health",
    ),
    "opportunity-cost-15": WtpPreset(
        (15_000.0,),
        "health that £15,000 buys elsewhere in the NHS (DHSC impact assessments; the figure in "
        "Claxton et al. 2015 is just under £13,000 in 2008 prices)",
    ),
}

DISCOUNT_PRESETS: dict[str, DiscountPreset] = {
    "nice": DiscountPreset(0.035, 0.035, "NICE reference case: costs 3.5%, health effects 3.5%"),
    "nice-sensitivity": DiscountPreset(
        0.015, 0.015, "NICE non-reference case: costs 1.5%, health effects 1.5%"
    ),
    "green-book": DiscountPreset(
        0.035, 0.015, "HM Treasury Green Book, first 30 years: costs 3.5%, health 1.5%"
    ),
    "none": DiscountPreset(0.0, 0.0, "nothing is discounted"),
}
