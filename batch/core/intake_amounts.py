"""Read the amount columns of the intake sheet into whole minor units of each row's currency."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import NoneType
from typing import Any

import numpy as np

from batch.core.cells import Cell, Shown, Typed
from batch.core.currency import exponent, to_minor
from batch.core.intake_cells import Flaw, Readings, instead_of_percentage, is_percentage, not_typed_like, read_column

# A document of 100,000 units at this price still fits the database's largest whole number.
AMOUNT_LIMIT_MINOR = 10**13


def read_amounts(
    cells: Sequence[Cell],
    places: Mapping[str | None, Sequence[int]],
    company_currency: str,
    blank: int | None = None,
    mark: str = ".",
) -> Readings:
    """Read a column of amounts, `places` telling which rows are in which currency, `mark` what decimals follow.

    Where a row's currency is not known its amounts are taken to have the decimals of the company's.
    """
    values: list[object] = [None] * len(cells)
    flaws: list[tuple[int, Flaw]] = []
    for currency, rows in places.items():
        name = currency if currency and exponent(currency) is not None else company_currency
        part = _read_in(name, [cells[at] for at in rows] if len(places) > 1 else cells, blank, mark)
        for at, value in zip(rows, part.outcomes, strict=True):
            values[at] = value
        flaws.extend((rows[at], flaw) for at, flaw in part.flaws)
    return Readings(values, flaws)


def _read_in(currency: str, cells: Sequence[Cell], blank: int | None, mark: str) -> Readings:
    read = functools.partial(read_amount, currency=currency, mark=mark)
    if not set(map(type, cells)) <= {float, int, NoneType}:
        return read_column(cells, read, blank)
    # Most stored numbers are the very floats that stand for whole minor units; only the others are looked at closely.
    scale = 10 ** (exponent(currency) or 0)
    small = [None if type(cell) is int and abs(cell) > AMOUNT_LIMIT_MINOR else cell for cell in cells]
    with np.errstate(over="ignore"):
        amounts = np.array(small, np.float64)
        minor = np.rint(amounts * scale)
    exact = (minor / scale == amounts) & (minor >= 0) & (minor <= AMOUNT_LIMIT_MINOR)
    outcomes: list[Any] = np.where(exact, minor, 0).astype(np.int64).tolist()
    rest = np.flatnonzero(~exact).tolist()
    readings = read_column([cells[at] for at in rest], read, blank)
    for at, value in zip(rest, readings.outcomes, strict=True):
        outcomes[at] = value
    return Readings(outcomes, [(rest[at], flaw) for at, flaw in readings.flaws])


def read_amount(cell: Cell, currency: str, mark: str = ".") -> object:
    """Read an amount, stored or typed plainly, into whole minor units of a currency; remedies have `mark`."""
    decimals = exponent(currency)
    assert decimals is not None, f"{currency} is no currency"
    if is_percentage(cell):
        remedy = instead_of_percentage(cell, f"the amount that it comes to, such as {_example(decimals, mark)}")
        return Flaw("AMOUNT_INVALID", "{} is a percentage, not an amount", remedy)
    if isinstance(cell, Typed):
        if cell.plain is None:
            return not_typed_like(cell, "AMOUNT_INVALID")
        return read_amount(cell.plain, currency, mark)
    plainly = f"Type it plainly, such as {_example(decimals, mark)}"
    if isinstance(cell, str) and not _PLAIN.fullmatch(cell):
        plain = _plainly(cell, decimals)
        remedy = f"Type {plain}: a point before the decimals, nothing between thousands" if plain else plainly
        return Flaw("AMOUNT_INVALID", "{} is not a plain amount", remedy)
    amount = _exact(cell)
    if amount is None:
        return Flaw("AMOUNT_INVALID", "{} is not an amount", plainly)
    if amount < 0:
        positive = f"{-amount:f}".replace(".", mark)
        return Flaw("AMOUNT_INVALID", "{} is negative", f"Type {positive}; what is credited is a positive amount here")
    if amount.scaleb(decimals) > AMOUNT_LIMIT_MINOR:
        return Flaw("AMOUNT_INVALID", "{} is larger than any price", plainly)
    given = amount.as_tuple().exponent
    if isinstance(given, int) and -given > decimals:
        typed = "1 decimal" if given == -1 else f"{-given} decimals"
        return Flaw("AMOUNT_INVALID", f"{{}} has {typed}, but {currency} has {decimals or 'none'}", plainly)
    return to_minor(amount, decimals)


def _exact(cell: Cell) -> Decimal | None:
    if isinstance(cell, str):
        return Decimal(cell)
    if isinstance(cell, Shown):
        return Decimal(cell.number)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    # Excel itself keeps 15 digits, so a stored 0.30000000000000004 is 0.30.
    amount = Decimal(cell) if isinstance(cell, int) else Decimal(f"{cell:.15g}")
    return amount if amount.is_finite() else None


def _example(decimals: int, mark: str) -> str:
    return f"{Decimal(150):.{decimals}f}".replace(".", mark)


def _plainly(text: str, decimals: int) -> str | None:
    """Say what to type instead of an amount in another notation; None where there is no telling what is meant."""
    written = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST_WRITTEN else None
    for notation in (_POINT_DECIMALS, _COMMA_DECIMALS):
        if (meant := notation.fullmatch(written[1] if written else "")) and len(meant[2] or "") <= decimals:
            whole = re.sub("[^0-9]", "", meant[1])
            return f"{Decimal(f'{whole}.{meant[2] or 0}'):.{decimals}f}"
    return None


_PLAIN = re.compile(r"[+-]?(?:[0-9]{1,100}(?:\.[0-9]{0,100})?|\.[0-9]{1,100})")

# Digits with marks between them, and perhaps a currency before or behind; a minus sign is not explained away.
_WRITTEN = re.compile(r"(?:[^\W\d_]{1,3}|[^\w\s(\u2212-])?\s*([0-9][0-9.,'\s]*?)\s*(?:[^\W\d_]{1,3}|[^\w\s)\u2212-])?")
_LONGEST_WRITTEN = 40

_POINT_DECIMALS = re.compile(r"([0-9]{1,3}(?:[,'\s][0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
_COMMA_DECIMALS = re.compile(r"([0-9]{1,3}(?:[.'\s][0-9]{3})+|[0-9]+)(?:,([0-9]+))?")
