"""Tell the units of what a run refused: of a line as it stands, or of a row as it was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from batch.core.cells import Cell, text_of
from batch.core.columns import column_of
from batch.core.intake_cells import whole_number
from batch.core.unit_classes import OVER_QUANTITY, class_of_unit
from batch.edge.reconciliation_records import LineOfRun, Reason, UnitOfRun
from batch.edge.schema import INTAKE_FILE, INTAKE_ROW
from batch.edge.sheet_spool import row_cells
from batch.edge.stored import surplus_units, units_of

MFR_COLUMN = "Mfr Serial #"


def refused_line(line: Any, named: Sequence[Any], reasons: Sequence[Reason]) -> LineOfRun:
    """Class the units of a refused line; those nothing tells apart make one row."""
    quantity = units_of(line.quantity)
    units = [
        _unit(1, reasons, unit_no=row.unit_no, serial_no=row.named_serial_no, mfr_serial_no=row.named_mfr_serial_no)
        for row in filter(_was_named, named)
    ]
    # A quantity that is no whole number counts for the units that are named, if any.
    listed = max(quantity, len(units))
    if quantity > len(units) or not units:
        units.append(_unit(quantity - len(units), reasons))
    (surplus,), _ = surplus_units([line.surplus_units])
    units += [_surplus(each, reasons) for each in surplus or ()]
    return LineOfRun(
        posted=False,
        quantity=listed,
        item_code=line.item_code,
        document_type=line.document_type,
        document_no=line.document_no,
        line_no=line.line_no,
        credit_memo_no=None,
        file_name=line.file_name,
        sheet_row=line.sheet_row,
        units=units,
    )


def refused_rows(connection: sa.Connection, groups: Sequence[Sequence[Reason]]) -> Iterator[LineOfRun]:
    """Tell rows by their cells as typed; each group holds the reasons against one row."""
    places = [(group[0].intake_file_id, group[0].sheet_row) for group in groups]
    files = {row.intake_file_id: row for row in connection.execute(_FILES, {"ids": sorted({*_known(places)})})}
    wanted = [place for place in places if None not in place]
    cells = {(row.intake_file_id, row.sheet_row): row.cells for row in connection.execute(_ROWS, {"places": wanted})}
    for place, reasons in zip(places, groups, strict=True):
        file = files.get(place[0])
        typed = _typed(file.headings, cells[place]) if file is not None and place in cells else {}
        yield _refused_row(reasons, typed, file.name if file is not None else None)


def _refused_row(reasons: Sequence[Reason], typed: Mapping[str, Cell], file_name: str | None) -> LineOfRun:
    first = reasons[0]
    quantity = max(whole_number(typed.get("quantity")) or 0, 0)
    by_unit = {reason.unit_no: reason for reason in reversed(reasons) if reason.unit_no is not None}
    units = [_named_in(reason, reasons) for _, reason in sorted(by_unit.items())]
    if not units:
        serial_no, mfr_serial_no = (_text(typed.get(field)) for field in ("serial_no", "mfr_serial_no"))
        units = [_unit(quantity, reasons, serial_no=serial_no, mfr_serial_no=mfr_serial_no)]
    elif quantity > len(units):
        units.append(_unit(quantity - len(units), reasons))
    return LineOfRun(
        posted=False,
        quantity=max(quantity, sum(unit.units for unit in units)),
        item_code=_text(typed.get("item_code")),
        document_type=first.document_type,
        document_no=first.document_no,
        line_no=first.line_no,
        credit_memo_no=None,
        file_name=file_name,
        sheet_row=first.sheet_row,
        units=units,
    )


def _named_in(reason: Reason, reasons: Sequence[Reason]) -> UnitOfRun:
    by_mfr = reason.column == MFR_COLUMN
    return _unit(
        1,
        reasons,
        unit_no=reason.unit_no,
        serial_no=None if by_mfr else reason.value,
        mfr_serial_no=reason.value if by_mfr else None,
    )


def _unit(
    units: int,
    reasons: Sequence[Reason],
    *,
    unit_no: int | None = None,
    serial_no: str | None = None,
    mfr_serial_no: str | None = None,
) -> UnitOfRun:
    """Class units by the reasons against one of them, else by those against their line."""
    own = [reason for reason in reasons if unit_no is not None and reason.unit_no == unit_no]
    told = own or [reason for reason in reasons if reason.unit_no is None] or reasons
    return UnitOfRun(
        class_of_unit([reason.code for reason in own], [reason.code for reason in reasons]),
        units,
        serial_no,
        mfr_serial_no,
        None,
        unit_no,
        ", ".join(dict.fromkeys(reason.code for reason in told)),
        told[0].message,
    )


def _surplus(each: Mapping[str, Any], reasons: Sequence[Reason]) -> UnitOfRun:
    named = _unit(
        each.get("count", 1), reasons, serial_no=each.get("serial_no"), mfr_serial_no=each.get("mfr_serial_no")
    )
    return named._replace(unit_class=OVER_QUANTITY)


def _was_named(row: Any) -> bool:
    """Say whether the unit had a name, or a serial a clerk attached, before any run took it."""
    named = row.named_serial_no is not None or row.named_mfr_serial_no is not None
    return named or (row.serial_id is not None and row.action is None)


def _typed(headings: Iterable[str], cells: str) -> dict[str, Cell]:
    """Give the cells of a row by the field that their heading stands for."""
    typed: dict[str, Cell] = {}
    for heading, cell in zip(headings, row_cells(cells), strict=False):
        column = column_of(heading or "")
        if column is not None:
            typed.setdefault(column.field, cell)
    return typed


def _text(cell: Cell) -> str | None:
    return text_of(cell) or None


def _known(places: Iterable[tuple[int | None, int | None]]) -> Iterator[int]:
    return (file_id for file_id, _ in places if file_id is not None)


_FILES = sa.select(INTAKE_FILE.c.intake_file_id, INTAKE_FILE.c.name, INTAKE_FILE.c.headings).where(
    INTAKE_FILE.c.intake_file_id.in_(sa.bindparam("ids", expanding=True))
)

_ROWS = sa.select(INTAKE_ROW).where(
    sa.tuple_(INTAKE_ROW.c.intake_file_id, INTAKE_ROW.c.sheet_row).in_(sa.bindparam("places", expanding=True))
)
