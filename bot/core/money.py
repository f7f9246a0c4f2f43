"""Money as whole micro-dollars (1 USD = 1,000,000 µ$); never a float.

Figures are rounded to the nearest cent; below one cent, or where two shown figures would look equal but are not,
four decimals are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal, InvalidOperation
from typing import NewType

Microusd = NewType("Microusd", int)
MICROUSD_PER_USD = 1_000_000
MICROUSD_PER_CENT = 10_000
MOST = 10**15
"""A thousand million dollars: no cost is above it, and thousands of such fit a column of 64 bits together."""


def usd(amount: str | int | Decimal) -> Microusd:
    """Whole micro-dollars of a decimal dollar amount; a finer fraction rounds half to even.

    Raises ValueError for what is no finite number.
    """
    try:
        exact = Decimal(amount) * MICROUSD_PER_USD
        return Microusd(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)))
    except InvalidOperation as error:
        raise ValueError(f"not an amount of money: {amount!r}") from error


def ceil_microusd(amount: Decimal) -> Microusd:
    """The smallest whole micro-dollar amount not below `amount` micro-dollars: no price rounds down to free.

    Never above `MOST`: what a provider reports may be any number, and the books must be able to hold it.
    """
    return Microusd(int(min(amount, Decimal(MOST)).to_integral_value(rounding=ROUND_UP)))


def _shown(microusd: int, decimals: int) -> str:
    sign = "-" if microusd < 0 else ""
    step = Decimal(1).scaleb(-decimals)
    value = (Decimal(abs(microusd)) / MICROUSD_PER_USD).quantize(step, rounding=ROUND_HALF_EVEN)
    return f"{sign}${value:,}"


def show(microusd: int) -> str:
    """`$0.76`; four decimals below one cent, `$0.00` for nothing.

    >>> show(756_000), show(4_200), show(0), show(-1_500_000)
    ('$0.76', '$0.0042', '$0.00', '-$1.50')
    """
    return _shown(microusd, 4 if 0 < abs(microusd) < MICROUSD_PER_CENT else 2)


def show_together(amounts: Sequence[int]) -> list[str]:
    """Figures that stand side by side: four decimals for all where two cents would look equal but are not.

    >>> show_together([640_000, 644_000])
    ['$0.6400', '$0.6440']
    """
    plain = [show(amount) for amount in amounts]
    if len(set(plain)) == len(set(amounts)):
        return plain
    return [_shown(amount, 4) for amount in amounts]
