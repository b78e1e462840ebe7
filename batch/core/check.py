"""Judge lines by the mask rules, stage by stage; a line refused at one stage is not judged at the next."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from batch.core.frames import pd
from batch.core.rule import Rule

Found = dict[int, list[Rule]]


def check(lines: pd.DataFrame, stages: Iterable[tuple[Rule, ...]]) -> Found:
    """Give for each refused line (by its index label) the rules it breaks in the first stage it breaks any."""
    found: Found = {}
    standing = lines
    for stage in stages:
        broken = broken_rules(standing, stage)
        found |= broken
        if broken:
            standing = standing.loc[~standing.index.isin(list(broken))]
    return found


def broken_rules(lines: pd.DataFrame, rules: tuple[Rule, ...]) -> Found:
    """Give for each line (by its index label) all of these rules that it breaks, in their order."""
    found: Found = {}
    labels = lines.index.to_numpy(dtype=np.int64)
    for each in rules:
        for position in each.broken_by(lines):
            found.setdefault(int(labels[position]), []).append(each)
    return found
