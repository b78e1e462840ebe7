"""Settle one chunk: lines and the world they mention in, an outcome out. Nothing is read or written here.

Data flow: enrich → rules on whole frames → document by document, in order: a plain one becomes rows at once; else
match, quantity, place and number, credit → the document stands, in whole or in part, or is held → effects.
"""

from __future__ import annotations

import copy
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from batch.core.check import broken_rules, check
from batch.core.chunk import Chunk, Terms
from batch.core.frames import pd
from batch.core.hold import Hold
from batch.core.judge import Judge, Judged, Line
from batch.core.lines import SETTLED_COLUMNS, enrich
from batch.core.numbers import Numbers
from batch.core.outcome import Outcome
from batch.core.plain import PlainWay, plain_looking
from batch.core.register import Register
from batch.core.rules import BEFORE_MATCHING, CREDIT_RULES, PLACE_RULES
from batch.core.say import Speaker
from batch.core.take import Taker, final_status


def settle(chunk: Chunk, terms: Terms, taken: Collection[str] = frozenset()) -> Outcome:
    """Decide on every open line of the chunk; `taken` are serial keys that a sequence must pass over."""
    return _settle(chunk, terms, taken, plainly=True)


def settle_one_by_one(chunk: Chunk, terms: Terms, taken: Collection[str] = frozenset()) -> Outcome:
    """Decide on every line the long way, also where it is plain: the outcome is the same, and takes longer."""
    return _settle(chunk, terms, taken, plainly=False)


def _settle(chunk: Chunk, terms: Terms, taken: Collection[str], *, plainly: bool) -> Outcome:
    lines = enrich(chunk, terms)
    judged = lines if lines["judged"].all() else lines[lines["judged"]]
    refused = check(judged, BEFORE_MATCHING)
    standing = judged.loc[~judged.index.isin(list(refused))] if refused else judged
    later = broken_rules(standing, PLACE_RULES + CREDIT_RULES)
    register = Register(copy.copy(unit) for unit in chunk.register)
    numbers = Numbers(taken, register.by_key)
    judge = Judge(chunk, Speaker(chunk), register, numbers, refused, later)
    outcome = Outcome()
    taker = Taker(terms, register, judge, numbers, outcome)
    flagged = {*refused, *later}
    bounds = _bounds(lines["document_id"])
    held = _held_for_rows(lines["document_id"], chunk) if terms.hold is Hold.DOCUMENT else set()
    plain = plain_looking(lines, flagged | held, bounds[:-1]) if plainly else [False] * (len(bounds) - 1)
    way = PlainWay(chunk, lines, register, numbers, judge, outcome)
    records = _Records(lines, flagged)
    for first, after, looks_plain in zip(bounds[:-1].tolist(), bounds[1:].tolist(), plain, strict=True):
        if not (looks_plain and way.settle(first, after)):
            document = records.of(first, after)
            _settle_document(document, terms, judge, taker, outcome, rows_missing=first in held)
    outcome.passed_over = numbers.passed_over
    outcome.positions = numbers.positions()
    outcome.contexts = numbers.contexts
    _assert_nothing_vanished(outcome, len(judged) + int(lines["sale"].sum()))
    return outcome


def _held_for_rows(document_ids: pd.Series, chunk: Chunk) -> set[int]:
    """Give the positions of lines whose document has rows that could not be lines."""
    if not chunk.rows_missing:
        return set()
    return set(np.flatnonzero(document_ids.isin(list(chunk.rows_missing))).tolist())


def _bounds(document_ids: pd.Series) -> npt.NDArray[np.intp]:
    """Give where the lines of each document start, and where the last of them ends."""
    ids = document_ids.to_numpy(dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(ids[1:] != ids[:-1]) + 1, [len(ids)])) if len(ids) else np.zeros(1, int)


class _Records:
    """Lines as mappings: the columns the settlement reads, and all of them where a rule is to be worded."""

    def __init__(self, lines: pd.DataFrame, flagged: Collection[int]) -> None:
        self._columns = [lines[name].tolist() for name in SETTLED_COLUMNS]
        labels = sorted(flagged)
        worded = lines.loc[labels]
        rows = zip(*(worded[name].tolist() for name in lines.columns), strict=True)
        self._whole = {
            label: dict(zip(lines.columns, row, strict=True)) for label, row in zip(labels, rows, strict=True)
        }

    def of(self, first: int, after: int) -> list[tuple[int, Line]]:
        """Give the lines of a document with their positions."""
        rows = zip(*(column[first:after] for column in self._columns), strict=True)
        return [
            (label, self._whole.get(label) or dict(zip(SETTLED_COLUMNS, row, strict=True)))
            for label, row in enumerate(rows, first)
        ]


def _settle_document(
    document_lines: list[tuple[int, Line]],
    terms: Terms,
    judge: Judge,
    taker: Taker,
    outcome: Outcome,
    *,
    rows_missing: bool,
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
    statuses += taker.take(judged, terms.hold, rows_missing=rows_missing)
    first = document_lines[0][1]
    outcome.document_statuses[first["document_id"]] = final_status(statuses, first["document_status"])
    if first["service"] and "CLOSED" in statuses:
        # A line without units that has come since needs no more than the others.
        outcome.service_documents.add(first["document_id"])


def _assert_nothing_vanished(outcome: Outcome, looked_at: int) -> None:
    counted = outcome.lines_posted + outcome.lines_refused + outcome.lines_skipped
    assert counted == looked_at, f"{looked_at} lines came in and {counted} came out"
