"""Let the lines of a judged document take effect: serials, history, memo; or hold it, and nothing is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from batch.core.chunk import OPEN_LINE_STATUSES, OpenDocument, Terms, Unit
from batch.core.codes import Refusal
from batch.core.credit import cost_of, memo_line
from batch.core.document_names import document_words
from batch.core.hold import Hold
from batch.core.judge import Judge, Judged, Line
from batch.core.judged import JudgedLine
from batch.core.keys import serial_key
from batch.core.match import UnitPlan
from batch.core.numbers import Issued, Numbers
from batch.core.outcome import (
    ADOPTED,
    ATTACHED,
    GENERATED,
    MFR_ASSIGNED,
    RECEIVED,
    HistoryRow,
    LineException,
    Memo,
    NewSerial,
    Outcome,
    UnitRow,
)
from batch.core.register import Register

_A_ROW = "a row of it that could not be a line"
_ROW_REMEDY = "Correct that row and hand the document in again, or waive the row's exception; this line needs nothing."


class Taker:
    """Turn what was judged into rows of the outcome, and the register into what the next document sees."""

    def __init__(self, terms: Terms, register: Register, judge: Judge, numbers: Numbers, outcome: Outcome) -> None:
        """Keep where effects go."""
        self._terms = terms
        self._register = register
        self._judge = judge
        self._numbers = numbers
        self._outcome = outcome

    def take(self, judged: Sequence[Judged], hold: Hold, *, rows_missing: bool) -> list[str]:
        """Give the new status of each judged line of one document; a row that could not be a line is refused too."""
        # What has come in is received as far as it can be: it was committed to as it stands.
        by_row = rows_missing and not any(each.line["received"] for each in judged)
        held = hold is Hold.DOCUMENT and (by_row or any(_holds(each) for each in judged))
        if held:
            self._numbers.undo()
        statuses = []
        standing = []
        for each in judged:
            if each.refused or held:
                statuses.append(self._refuse(each, by_row=by_row))
            else:
                standing.append(each)
                statuses.append("POSTED" if _finishes(each.line) else "COMMITTED")
                self._outcome.lines_posted += 1
            line = each.line
            # What another system wrote stays until somebody says what is true: settled unasked, it might be twice.
            self._outcome.line_statuses[line["line_id"]] = line["status"] if line["foreign"] else statuses[-1]
            self._outcome.judged_lines.append(
                JudgedLine(
                    (line["document_type"], line["document_no"], line["line_no"]),
                    line["intake_file_id"],
                    line["sheet_row"],
                    posted=not (each.refused or held),
                )
            )
        for each in standing:
            if each.reasons:
                self._report(each, refused=False)
            self._take_line(each)
        self._write_memo([each.line for each in standing if each.line["writes_memo"]])
        return statuses

    def _refuse(self, judged: Judged, *, by_row: bool) -> str:
        line = judged.line
        good = not judged.refused
        if good:
            words = document_words(line["document_type"], line["document_no"])
            held_for, remedy = (_A_ROW, _ROW_REMEDY) if by_row else ("another line of it", None)
            said = f"the line is good, but {words} is held for {held_for}"
            judged.reasons.append(self._judge.speaker.refusal(line, "DOCUMENT_HELD", said, remedy=remedy))
        self._report(judged, refused=True)
        self._outcome.lines_refused += 1
        if line["memo_no"]:
            return "POSTED"
        if line["committed"] and not line["foreign"]:
            return "COMMITTED"
        return "HELD" if good else "REFUSED"

    def _report(self, judged: Judged, *, refused: bool) -> None:
        line = judged.line
        self._outcome.exceptions.extend(
            LineException(reason, line["document_id"], line["line_id"], line["intake_file_id"], refused)
            for reason in _each_once(judged.reasons)
        )

    def _take_line(self, judged: Judged) -> None:
        line = judged.line
        if line["service"] or (line["order"] and not line["received"]):
            self._judge.matcher.hold_open(
                line["document_id"],
                OpenDocument(line["document_type"], line["document_no"], line["customer_code"]),
            )
        numbers = iter(judged.issued)
        for plan in judged.plans:
            if plan.unit is not None:
                self._attach(line, plan, plan.unit)
            elif plan.adopt is not None:
                self._bring_in(line, plan, plan.adopt, serial_key(plan.adopt), None)
            else:
                issued = next(numbers)
                self._bring_in(line, plan, issued.serial_no, issued.serial_key, issued)

    def _bring_in(self, line: Line, plan: UnitPlan, serial_no: str, key: str, issued: Issued | None) -> None:
        """Put a new unit into the register: it starts in an Out area, whatever becomes of it in the same breath."""
        start = line["start_area"]
        unit = Unit(None, serial_no, key, line["item_code"], plan.mfr_serial_no, plan.mfr_serial_key, start, None, None)
        cost, basis = cost_of(line["unit_cost_minor"], line["cost_minor"])
        action = GENERATED if issued else ADOPTED
        self._outcome.new_serials.append(
            NewSerial(
                unit,
                action,
                cost,
                basis,
                line["line_id"],
                issued.sequence_code if issued else None,
                issued.number if issued else None,
            )
        )
        self._step(line, unit, action, None, start)
        if plan.mfr_serial_key:
            self._step(line, unit, MFR_ASSIGNED, start, start)
        self._put(line, unit)
        self._outcome.units.append(UnitRow(line["line_id"], plan.unit_no, unit, action, plan.on_file))
        self._register.add(unit)

    def _attach(self, line: Line, plan: UnitPlan, unit: Unit) -> None:
        before = unit.area_code
        if unit.open_document_id not in (None, line["document_id"]):
            self._outcome.service_documents.add(unit.open_document_id)
        if not line["committed"]:
            stays = line["takes_into_stock"] and not line["order"]
            self._step(line, unit, ATTACHED, before, before if stays else line["start_area"])
            unit.area_code = before if stays else line["start_area"]
            self._outcome.units.append(UnitRow(line["line_id"], plan.unit_no, unit, ATTACHED, plan.on_file))
            self._outcome.serials_attached += 1
            if plan.mfr_serial_key and not unit.mfr_serial_key:
                unit.mfr_serial_no, unit.mfr_serial_key = plan.mfr_serial_no, plan.mfr_serial_key
                self._register.note_mfr(unit)
                self._step(line, unit, MFR_ASSIGNED, unit.area_code, unit.area_code)
        self._put(line, unit)
        if unit.serial_id is not None:
            self._outcome.changed_units[unit.serial_id] = unit

    def _put(self, line: Line, unit: Unit) -> None:
        """Receive the unit into stock, or leave it where its slip or order keeps it."""
        if line["takes_into_stock"]:
            self._step(line, unit, RECEIVED, unit.area_code, line["target_area"])
            unit.area_code = line["target_area"]
            unit.customer_code = None
            unit.open_document_id = None
            unit.brought_by = document_words(line["document_type"], line["document_no"])
            return
        unit.open_document_id = line["document_id"]
        if line["service"]:
            unit.customer_code = line["customer_code"]

    def _step(self, line: Line, unit: Unit, action: str, from_area: str | None, to_area: str) -> None:
        self._outcome.history.append(
            HistoryRow(unit, action, from_area, to_area, line["document_id"], line["line_id"], line["effective_date"])
        )

    def _write_memo(self, lines: Sequence[Line]) -> None:
        """R7: one document, at most one memo a run, over all its lines that stand."""
        if not lines:
            return
        first = lines[0]
        self._judge.count_memo(first["memo_sequence"])
        self._outcome.memos.append(
            Memo(
                first["document_id"],
                first["document_no"],
                first["customer_code"],
                first["location_code"],
                first["currency"],
                first["effective_date"],
                first["memo_sequence"],
                tuple(memo_line(line) for line in lines),
            )
        )


def final_status(statuses: Sequence[str], before: str) -> str:
    """Give a document's status from its lines': done, partly done, or nothing done."""
    lines = [status for status in statuses if status != "IGNORED"]
    if before == "RECEIVED" and (
        "COMMITTED" in lines or (lines and all(status in OPEN_LINE_STATUSES for status in lines))
    ):
        return "RECEIVED"
    open_lines = [status for status in lines if status in OPEN_LINE_STATUSES]
    if open_lines:
        return "HELD" if len(open_lines) == len(lines) else "PARTIAL"
    if "COMMITTED" in lines:
        return "COMMITTED"
    return "CLOSED" if lines and all(status == "CLOSED" for status in lines) else "POSTED"


def _finishes(line: Line) -> bool:
    """Whether the line is done with: only a credit order that has not come yet is not."""
    return not line["order"] or bool(line["received"])


def _holds(judged: Judged) -> bool:
    """Say whether a refused line holds its document: what was refused at commit does not hold what was committed.

    Nor does what is credited already: it is done.
    """
    line = judged.line
    return judged.refused and not line["memo_no"] and (line["committed"] or not line["received"])


def _each_once(reasons: Iterable[Refusal]) -> list[Refusal]:
    """Keep one of the reasons that say the same of the same unit and column."""
    kept: dict[tuple[str, int | None, str | None], Refusal] = {}
    for reason in reasons:
        kept.setdefault((reason.code, reason.unit_no, reason.column), reason)
    return list(kept.values())
