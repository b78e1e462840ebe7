"""Settle one chunk: lines and the world they mention in, an outcome out. Nothing is read or written here.

Data flow: enrich → rules of the first stages on whole frames → document by document, in order: match, quantity,
place and number, credit → the document stands, in whole or in part, or is held → effects.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Collection, Sequence

import pandas as pd

from batch.core.check import broken_rules, check
from batch.core.chunk import Chunk, Terms
from batch.core.judge import Judge, Judged, Line
from batch.core.lines import SETTLED_COLUMNS, enrich
from batch.core.numbers import Numbers
from batch.core.outcome import Outcome
from batch.core.register import Register
from batch.core.rules import BEFORE_MATCHING, CREDIT_RULES, PLACE_RULES
from batch.core.say import Speaker
from batch.core.take import Taker, final_status


def settle(chunk: Chunk, terms: Terms, taken: Collection[str] = frozenset()) -> Outcome:
    """Decide on every open line of the chunk; `taken` are serial keys that a sequence must pass over."""
    lines = enrich(chunk, terms)
    judged = lines[lines["judged"]]
    refused = check(judged, BEFORE_MATCHING)
    standing = judged.loc[~judged.index.isin(list(refused))] if refused else judged
    later = broken_rules(standing, PLACE_RULES + CREDIT_RULES)
    register = Register(copy.copy(unit) for unit in chunk.register)
    numbers = Numbers(taken, register.by_key)
    judge = Judge(chunk, Speaker(chunk), register, numbers, refused, later)
    outcome = Outcome()
    taker = Taker(terms, register, judge, numbers, outcome)
    records = _records(lines, flagged={*refused, *later})
    for _, document_lines in itertools.groupby(enumerate(records), key=lambda each: each[1]["document_id"]):
        _settle_document(list(document_lines), terms, judge, taker, outcome)
    outcome.passed_over = numbers.passed_over
    outcome.positions = numbers.positions()
    outcome.contexts = numbers.contexts
    _assert_nothing_vanished(outcome, len(judged) + int(lines["sale"].sum()))
    return outcome


def _records(lines: pd.DataFrame, flagged: Collection[int]) -> list[Line]:
    """Give each line as a mapping: the columns the settlement reads, and all of them where a rule is to be worded."""
    records = _dicts(lines, SETTLED_COLUMNS)
    labels = sorted(flagged)
    for label, record in zip(labels, _dicts(lines.loc[labels], list(lines.columns)), strict=True):
        records[label] = record
    return records


def _dicts(lines: pd.DataFrame, names: Sequence[str]) -> list[Line]:
    return [dict(zip(names, row, strict=True)) for row in zip(*(lines[name].tolist() for name in names), strict=True)]


def _settle_document(
    document_lines: list[tuple[int, Line]], terms: Terms, judge: Judge, taker: Taker, outcome: Outcome
) -> None:
    judge.begin(line for _, line in document_lines)
    judged: list[Judged] = []
    statuses: list[str] = []
    for label, line in document_lines:
        if line["judged"]:
            judged.append(judge.judge(label, line))
        elif line["sale"]:
            outcome.line_statuses[line["line_id"]] = "IGNORED"
            outcome.lines_skipped += 1
            statuses.append("IGNORED")
        else:
            statuses.append(line["status"])
    statuses += taker.take(judged, terms.hold)
    first = document_lines[0][1]
    outcome.document_statuses[first["document_id"]] = final_status(statuses, first["document_status"])


def _assert_nothing_vanished(outcome: Outcome, looked_at: int) -> None:
    counted = outcome.lines_posted + outcome.lines_refused + outcome.lines_skipped
    assert counted == looked_at, f"{looked_at} lines came in and {counted} came out"
