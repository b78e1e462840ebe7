"""Turn a function from lines to booleans into a rule: its name is its exception code."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from batch.core.codes import CATALOGUE, Code
from batch.core.frames import pd

Mask = pd.Series
Positions = npt.NDArray[np.intp]


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """A named mask, with the sheet column it speaks of and the sentence it says about a line."""

    code: Code
    column: str
    value: str
    says: str
    test: Callable[[pd.DataFrame], Mask]
    only_when_starting: bool = False
    # What to do about it, where that is not what its code says.
    remedy: str | None = None

    def broken_by(self, lines: pd.DataFrame) -> Positions:
        """Give the positions of the lines that break this rule, in order."""
        mask = self.test(lines)
        assert mask.dtype == bool, f"{self.code.code}: mask is {mask.dtype}; decide what a blank means"
        assert len(mask) == len(lines), f"{self.code.code}: the mask lost or made lines"
        return np.flatnonzero(mask.to_numpy())

    def sentence(self, line: Mapping[str, object]) -> str:
        """Say what is wrong with this line, with its own values."""
        return self.says.format_map({name: _shown(value) for name, value in line.items()})

    def evidence(self, line: Mapping[str, object]) -> dict[str, object]:
        """Give what the sentence rests on: every column it mentions."""
        return {name: line[name] for name in _mentioned(self.says) if name in line}


def rule(
    column: str, value: str, says: str, *, only_when_starting: bool = False, remedy: str | None = None
) -> Callable[[Callable[[pd.DataFrame], Mask]], Rule]:
    """Declare a mask as a rule; `code__detail` names several rules of one code."""

    def declare(test: Callable[[pd.DataFrame], Mask]) -> Rule:
        code = CATALOGUE[test.__name__.split("__")[0].upper()]
        return Rule(code, column, value, says, test, only_when_starting, remedy)

    return declare


def _mentioned(says: str) -> Iterator[str]:
    for part in says.split("{")[1:]:
        yield part.split("}")[0]


def _shown(value: object) -> object:
    """Show a float that is whole as the integer people typed."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def as_number(lines: pd.DataFrame, name: str) -> pd.Series:
    """Give a column as floats, blank ones as NaN; whole numbers of more than 53 bits are rounded."""
    return pd.to_numeric(lines[name]).astype("float64")
