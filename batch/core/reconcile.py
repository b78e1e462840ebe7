"""Set the exceptions of a run against those that are open: what is new, what stays, what is resolved."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from batch.core.codes import CATALOGUE, SHAPE, WARN
from batch.core.judged import JudgedLine, LineKey
from batch.core.outcome import LineException


@dataclasses.dataclass(frozen=True, slots=True)
class OpenException:
    """An exception on file that nobody has resolved or waived."""

    exception_id: int
    code: str
    severity: str
    document_type: str | None
    document_no: str | None
    line_no: int | None
    unit_no: int | None
    column: str | None
    intake_file_id: int | None
    sheet_row: int | None

    @property
    def line_key(self) -> LineKey:
        """The line it is about, by what the outside calls it."""
        return self.document_type, self.document_no, self.line_no


@dataclasses.dataclass(frozen=True, slots=True)
class Reconciled:
    """What to write: new exceptions, those that stay (by id, with the latest wording), those resolved.

    `decided` are waived ones found again as they were: a person has decided on them, and they are not raised anew.
    """

    new: list[LineException]
    staying: list[tuple[int, LineException]]
    resolved: list[int]
    decided: list[int] = dataclasses.field(default_factory=list)


def reconcile(
    raised: Iterable[LineException],
    judged: Iterable[JudgedLine],
    on_file: Iterable[OpenException],
    waived: Iterable[OpenException] = (),
) -> Reconciled:
    """Match what was raised to what is open, by line, code, unit and column; what no longer holds is resolved.

    A waiver stands for the very row it was given on; a row handed in again is judged afresh.

    An exception about another row, or a later file, than the one the line now stands on is not this line's to resolve.
    """
    lines: Mapping[LineKey, JudgedLine] = {line.key: line for line in judged}
    still_open: dict[tuple[object, ...], list[int]] = {}
    for exception in on_file:
        line = lines.get(exception.line_key)
        if line is not None and _speaks_of(exception, line):
            identity = (exception.line_key, exception.code, exception.unit_no, exception.column)
            still_open.setdefault(identity, []).append(exception.exception_id)
    settled = {
        (each.line_key, each.code, each.unit_no, each.column, each.intake_file_id, each.sheet_row): each.exception_id
        for each in waived
    }
    new: list[LineException] = []
    staying: list[tuple[int, LineException]] = []
    decided: list[int] = []
    for each in raised:
        refusal = each.refusal
        key = (refusal.document_type, refusal.document_no, refusal.line_no)
        identity = (key, refusal.code, refusal.unit_no, refusal.column)
        before = still_open.get(identity)
        waiver = settled.get((*identity, each.intake_file_id, refusal.sheet_row))
        if before and each.line_refused:
            staying.append((before.pop(0), each))
        elif waiver is not None and each.line_refused:
            decided.append(waiver)
        else:
            new.append(each)
    resolved = [exception_id for ids in still_open.values() for exception_id in ids]
    return Reconciled(new, staying, resolved, decided)


def follow_links(found: Reconciled, linked: Mapping[int, Iterable[OpenException]]) -> Reconciled:
    """Let rows take over what is open on the rows they correct, whatever line they are now; `linked` by sheet row.

    Raised again of the row it stays; else it is resolved.
    """
    seen = {exception_id for exception_id, _ in found.staying} | set(found.resolved)
    taken_over: dict[tuple[object, ...], list[int]] = {}
    for sheet_row, exceptions in linked.items():
        for exception in exceptions:
            if exception.exception_id not in seen:
                seen.add(exception.exception_id)
                identity = (sheet_row, exception.code, exception.unit_no, exception.column)
                taken_over.setdefault(identity, []).append(exception.exception_id)
    new: list[LineException] = []
    staying = list(found.staying)
    for each in found.new:
        refusal = each.refusal
        before = taken_over.get((refusal.sheet_row, refusal.code, refusal.unit_no, refusal.column))
        if before:
            staying.append((before.pop(0), each))
        else:
            new.append(each)
    resolved = [exception_id for ids in taken_over.values() for exception_id in ids]
    return Reconciled(new, staying, found.resolved + resolved, found.decided)


def _speaks_of(exception: OpenException, line: JudgedLine) -> bool:
    if exception.intake_file_id is None or line.intake_file_id is None:
        return True
    if exception.intake_file_id == line.intake_file_id:
        # A row that was refused when it landed has no line: what stands against this one was found when settling.
        seen_when_landed = exception.severity == WARN and CATALOGUE[exception.code].stage == SHAPE
        return exception.sheet_row == line.sheet_row and (line.posted or not seen_when_landed)
    return exception.intake_file_id < line.intake_file_id
