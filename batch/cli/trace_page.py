"""Draw the life of a unit on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batch.cli.output import Figure, figure, shown, table
from batch.cli.printing import amount, blocks_text, wrapped
from batch.core.document_names import document_words
from batch.edge.trace_records import EXACT, NEAR, Mention, Trace, Unit


def trace_page(found: Trace, currency: str) -> str:
    """Show what is known of a serial; costs are in the company's currency."""
    asked = shown(found.asked)
    blocks: list[list[str]] = []
    if found.match == NEAR:
        blocks.append([f"No unit bears {asked}. These look almost the same:"])
    elif found.match != EXACT:
        blocks.append([f"No unit bears {asked}, as serial or as manufacturer's serial."])
        blocks.append(list(_mentions(found.mentions)))
    for unit in found.units:
        blocks += _unit_blocks(unit, currency)
    if found.more:
        blocks.append(["... and there are more; ask by the internal serial."])
    return blocks_text(blocks)


def _unit_blocks(unit: Unit, currency: str) -> list[list[str]]:
    return [
        list(_heading(unit, currency)),
        _history(unit),
        _appearances(unit),
        _memos(unit),
        [
            f"Sheet row: {shown(_place(row.name, row.sheet_name, row.sheet_row))} (run {row.run_id})"
            for row in unit.files
        ],
        list(_mentions(unit.exceptions)),
    ]


def _heading(unit: Unit, currency: str) -> Iterator[str]:
    yield f"Serial {shown(unit.serial_no)}: {_with(unit.item_code, unit.item_description)}"
    yield f"  manufacturer's serial  {shown(unit.mfr_serial_no) or '(none)'}"
    kind = {"STOCK": "our stock", "OUT": "outside our stock"}.get(unit.area_type or "", "unknown area")
    at = f", location {shown(unit.location_code)}" if unit.location_code else ""
    yield f"  is in                  {_with(unit.area_code, unit.area_name)}: {kind}{at}"
    if unit.customer_code:
        yield f"  belongs to             {_with(unit.customer_code, unit.customer_name)}"
    if unit.held_by:
        held = unit.held_by
        words = shown(document_words(held.document_type, held.document_no))
        yield f"  held by                {words} ({held.status})"
    number = f", number {unit.sequence_number} of sequence {shown(unit.sequence_code)}" if unit.sequence_code else ""
    yield f"  origin                 {unit.origin}{number}, on file since {unit.created_at}"
    cost = "unknown" if unit.unit_cost_minor is None else amount(unit.unit_cost_minor, currency)
    yield f"  cost                   {cost} ({unit.cost_basis})"


def _history(unit: Unit) -> list[str]:
    rows = [
        (
            step.business_date,
            step.action,
            step.from_area_code,
            step.to_area_code,
            _line(step.document_type, step.document_no, step.line_no),
            figure(step.run_id),
            step.recorded_at[:16].replace("T", " "),
        )
        for step in unit.history
    ]
    if not rows:
        return ["No history: the unit was put on file by another system."]
    return table(("date", "what", "from", "to", "document", "run", "recorded (UTC)"), rows).splitlines()


def _appearances(unit: Unit) -> list[str]:
    rows = [
        (
            _line(each.document_type, each.document_no, each.line_no),
            each.document_date,
            each.customer_code,
            each.document_status,
            each.line_status,
            each.action,
        )
        for each in unit.appearances
    ]
    headings = ("on document", "date", "customer", "document is", "line is", "unit was")
    return table(headings, rows).splitlines() if rows else []


def _memos(unit: Unit) -> list[str]:
    rows = [
        (
            memo.credit_memo_no,
            memo.memo_date,
            _line(memo.document_type, memo.document_no, memo.line_no),
            memo.customer_code,
            figure(memo.quantity),
            Figure(amount(memo.net_minor + memo.tax_minor, memo.currency)),
        )
        for memo in unit.memos
    ]
    headings = ("credit memo", "date", "document", "customer", "units", "line total")
    return table(headings, rows).splitlines() if rows else []


def _mentions(mentions: Sequence[Mention]) -> Iterator[str]:
    for each in mentions:
        where = _line(each.document_type, each.document_no, each.line_no)
        note = f" [{each.note}]" if each.note else ""
        # Our own messages name the line themselves; other systems may have written theirs.
        named = not where or (each.document_no or "") in each.message
        text = f"{each.message}{note}" if named else f"{where}: {each.message}{note}"
        yield from wrapped(f"Exception {each.exception_id} {each.code} ({each.status.lower()}): ", text)


def _line(document_type: str | None, document_no: str | None, line_no: int | None) -> str:
    named = document_words(document_type or "", document_no or "").strip()
    return f"{named} line {line_no}" if named and line_no is not None else named


def _with(code: str, name: str | None) -> str:
    return f"{shown(code)} ({shown(name)})" if name else shown(code)


def _place(name: str, sheet_name: str | None, sheet_row: int | None) -> str:
    sheet = f", sheet {sheet_name}" if sheet_name and sheet_name != name else ""
    row = f", row {sheet_row}" if sheet_row is not None else ""
    return f"{name}{sheet}{row}"
