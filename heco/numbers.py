"""Numbers that sentences of analyses and pages of the report must print alike."""

from __future__ import annotations

import math


def span(low: float, high: float) -> str:
    """Return a range with as many digits as tell its ends apart, three of each at least.

    >>> span(0.38393546, 0.39695022), span(3297.5443, 3297.5548), span(2.0, 2.0)
    ('0.384 to 0.397', '3,297.544 to 3,297.555', '2')
    """
    size = max(abs(low), abs(high))
    if low == high or not size:
        return f"{low:,.4g}" if size < 1000 else f"{low:,.0f}"
    width = high - low
    decimals = max(2 - math.floor(math.log10(size)), 1 - math.floor(math.log10(width)), 0)
    decimals = min(decimals, 9)
    return f"{low:,.{decimals}f} to {high:,.{decimals}f}"
