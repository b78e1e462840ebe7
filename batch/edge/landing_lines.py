"""Set the rows of a part against what is on file: new lines, lines replaced, lines posted before (contract §3)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import operator
from collections import namedtuple
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from batch.core.codes import Refusal
from batch.core.currency import major_text
from batch.core.frames import pd
from batch.core.intake_words import Sheet, row_refusal, shown
from batch.edge.behind import send
from batch.edge.bulk import delete_rows, keyed, next_ids, send_rows, update_rows
from batch.edge.landing_headers import (
    DONE_STATUSES,
    HEADER,
    DocumentKey,
    OnFile,
    differences,
    documents_on_file,
    joined,
    named_in,
    other_reference,
    read_headers,
    replacement,
)
from batch.edge.landing_units import Named, named_units, surplus_units, unit_keys
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE, LINE_UNIT

# What makes a line another line than the one that was posted.
_CONTENT = (
    "item_code",
    "quantity",
    "generate_quantity",
    "unit_price_minor",
    "discount_minor",
    "tax_minor",
    "unit_cost_minor",
    "area_code",
    "reason",
)
_content_of = operator.attrgetter(*_CONTENT)
_LINE_COLUMNS = (*_CONTENT, "surplus_units", "status", "sheet_row", "intake_file_id", "amount_decimals")


@dataclasses.dataclass(frozen=True, slots=True)
class LandingFile:
    """The file being landed, its sheet as messages name it, the run's earlier files, and the default location."""

    intake_file_id: int
    where: Sheet
    source: str = "INTAKE"
    earlier: frozenset[int] = frozenset()
    default_location: str | None = None


@dataclasses.dataclass(slots=True)
class Landing:
    """What became of the rows of a part: refused with a reason, skipped, or (the rest) landed."""

    refusals: list[Refusal] = dataclasses.field(default_factory=list)
    # Posted before and unchanged.
    skipped_rows: set[int] = dataclasses.field(default_factory=set)
    # As a file handed in with this one has it.
    met_rows: set[int] = dataclasses.field(default_factory=set)


@dataclasses.dataclass(frozen=True, slots=True)
class LinesToLand:
    """The lines of a part as plain rows, the document and the units that each names, and the documents' headers."""

    rows: Sequence[Any]
    keys: Sequence[DocumentKey]
    units: Sequence[Sequence[Named]]
    headers: Mapping[DocumentKey, Mapping[str, Any]]


def lines_to_land(lines: pd.DataFrame, others: pd.DataFrame) -> LinesToLand:
    """Make the lines of a part ready to be landed, which asks nothing of the database; `others` are refused rows."""
    keys: list[DocumentKey] = list(zip(lines["document_type"], lines["document_no"], strict=True))
    rows = _plain_rows(lines)
    units = [named_units(row.serial_names, row.mfr_names) for row in rows]
    return LinesToLand(rows, keys, units, read_headers(lines, keys, others))


def land_lines(connection: sa.Connection, lines: LinesToLand, file: LandingFile, now: dt.datetime) -> Landing:
    """Write the lines of a part as pending ones, or say why they are not taken."""
    landing = Landing()
    rows, keys, units, headers = lines.rows, lines.keys, lines.units, lines.headers
    if not rows:
        return landing
    on_file = documents_on_file(connection, headers, file.earlier)
    taken = set(range(len(rows)))
    if on_file:
        _set_against_headers(rows, keys, headers, on_file, file, landing, taken)
    lines_on_file = _lines_on_file(connection, on_file)
    replaced: dict[int, int] = {}
    if lines_on_file:
        replaced = _set_against_lines(connection, lines, on_file, lines_on_file, file, landing, taken)
    wanted = {keys[at] for at in taken}
    new = [key for key in headers if key in wanted and key not in on_file]
    # All that is asked comes before anything is sent, so that from there on nothing waits but the sending itself.
    ids = dict(zip(new, next_ids(connection, DOCUMENT, len(new)), strict=True))
    line_ids = iter(next_ids(connection, DOCUMENT_LINE, len(taken) - len(replaced)))
    _send_documents(connection, ids, headers, file, now)
    changing = {key: on_file[key] for key in on_file if key in wanted}
    ids |= _replace_headers(connection, _as_taken(headers, changing, keys, rows, taken), changing, file)
    _write_lines(
        connection,
        [
            (next(line_ids) if at not in replaced else None, replaced.get(at), ids[keys[at]], rows[at], units[at])
            for at in sorted(taken)
        ],
        file,
    )
    return landing


def _plain_rows(lines: pd.DataFrame) -> list[Any]:
    """Give each line as a named tuple of plain values: None where blank, whole numbers as int."""
    names = [name for name in lines.columns if name != "cells"]
    row = namedtuple("row", names)  # type: ignore[misc]  # noqa: PYI024 - its fields are the frame's columns
    return list(map(row._make, zip(*(_plain(lines[name]) for name in names), strict=True)))


def _plain(column: pd.Series) -> list[Any]:
    values = column.tolist()
    return [None if value is pd.NA else value for value in values] if column.dtype == "Int64" else values


def _set_against_headers(  # noqa: PLR0917 - the state of a part
    rows: Sequence[Any],
    keys: Sequence[DocumentKey],
    headers: Mapping[DocumentKey, Mapping[str, Any]],
    on_file: Mapping[DocumentKey, OnFile],
    file: LandingFile,
    landing: Landing,
    taken: set[int],
) -> None:
    """Refuse rows that would change the header of a document which has lines that are done."""
    for at, key in enumerate(keys):
        known = on_file.get(key)
        if known is None or not (known.done or known.met):
            continue
        differing = differences(headers[key], known)
        if differing:
            taken.discard(at)
            before = ", ".join(differing)
            said = (
                f"{key[1]} has posted lines with {before}, and a posted document is final"
                if known.done
                else f"{key[1]} has lines with {before} in a file handed in with this one"
            )
            landing.refusals.append(
                row_refusal(file.where, rows[at], "DOCUMENT_INCONSISTENT", "document_no", key[1], said)
            )


def _lines_on_file(
    connection: sa.Connection, on_file: Mapping[DocumentKey, OnFile]
) -> dict[tuple[int, int], Mapping[str, Any]]:
    if not on_file:
        return {}
    ids = [document.document_id for document in on_file.values()]
    wanted = keyed(connection, "landing_line", {"document_id": (sa.BigInteger(), ids)})
    line = DOCUMENT_LINE.c
    rows = connection.execute(
        sa.select(
            line.line_id,
            line.document_id,
            line.line_no,
            line.status,
            line.intake_file_id,
            *(line[name] for name in _CONTENT),
        ).join(wanted, wanted.c.document_id == line.document_id)
    ).mappings()
    return {(row["document_id"], row["line_no"]): dict(row) for row in rows}


def _set_against_lines(  # noqa: PLR0917 - the state of a part
    connection: sa.Connection,
    lines: LinesToLand,
    on_file: Mapping[DocumentKey, OnFile],
    lines_on_file: Mapping[tuple[int, int], Mapping[str, Any]],
    file: LandingFile,
    landing: Landing,
    taken: set[int],
) -> dict[int, int]:
    """Skip what was posted as it is, refuse what was posted otherwise; give the lines to replace by row.

    What a file handed in with this one has brought stands as well, as the first of two rows of one file does.
    """
    rows, keys = lines.rows, lines.keys
    replaced: dict[int, int] = {}
    done: dict[int, Mapping[str, Any]] = {}
    for at in sorted(taken):
        known = on_file.get(keys[at])
        line = lines_on_file.get((known.document_id, rows[at].line_no)) if known else None
        if line is None:
            continue
        if line["status"] in DONE_STATUSES or _is_of_an_earlier(file, line):
            done[at] = line
        else:
            replaced[at] = line["line_id"]
    named = _names_on_file(connection, [line["line_id"] for line in done.values()])
    references: dict[DocumentKey, set[str]] = {}
    for at in done:
        references.setdefault(keys[at], set()).update(named_in(rows[at].reference))
    for at, line in done.items():
        taken.discard(at)
        currency = str(on_file[keys[at]].header["currency"] or "")
        changed = _changed(rows[at], lines.units[at], line, named.get(line["line_id"], []), currency)
        before = on_file[keys[at]].header["reference"]
        if other_reference(rows[at].reference, before, references[keys[at]]):
            changed.append(f"reference {shown(str(before)) if before else 'blank'}")
        repeated = _is_of_an_earlier(file, line)
        if not changed:
            (landing.met_rows if repeated else landing.skipped_rows).add(rows[at].sheet_row)
            continue
        code, stands = "LINE_ALREADY_POSTED", "was posted"
        if repeated:
            code, stands = "LINE_REPEATED", "is in a file handed in with this one,"
        said = f"line {rows[at].line_no} of {rows[at].document_no} {stands} with {', '.join(changed)}"
        landing.refusals.append(row_refusal(file.where, rows[at], code, "line_no", str(rows[at].line_no), said))
    return replaced


def _is_of_an_earlier(file: LandingFile, line: Mapping[str, Any]) -> bool:
    return line["status"] == "PENDING" and line["intake_file_id"] in file.earlier


def _names_on_file(connection: sa.Connection, line_ids: Sequence[int]) -> dict[int, list[Named]]:
    if not line_ids:
        return {}
    unit = LINE_UNIT.c
    wanted = keyed(connection, "landing_unit", {"line_id": (sa.BigInteger(), line_ids)})
    rows = connection.execute(
        sa.select(unit.line_id, unit.serial_no, unit.mfr_serial_no)
        .join(wanted, wanted.c.line_id == unit.line_id)
        .where(sa.or_(unit.serial_no.is_not(None), unit.mfr_serial_no.is_not(None)))
        .order_by(unit.line_id, unit.unit_no)
    )
    named: dict[int, list[Named]] = {}
    for line_id, serial_no, mfr_serial_no in rows:
        named.setdefault(line_id, []).append((serial_no, mfr_serial_no))
    return named


def _changed(
    row: Any, units: Sequence[Named], line: Mapping[str, Any], named: Sequence[Named], currency: str
) -> list[str]:
    """Say what a posted line was posted with where the row brings something else."""
    changed = [
        f"{name.removesuffix('_minor').removesuffix('_code').replace('_', ' ')} {_shown(name, line[name], currency)}"
        for name in _CONTENT
        if getattr(row, name) != _as_read(line[name])
    ]
    if unit_keys(units) != unit_keys(named):
        changed.append(f"serials {', '.join(serial or mfr or '' for serial, mfr in named) or 'blank'}")
    return changed


def _as_read(value: Any) -> object:
    """Give a value of the database as a sheet would: a whole number as int, whatever exact type it is kept in."""
    return value if value is None or isinstance(value, str) else int(value)


def _shown(name: str, value: Any, currency: str) -> str:
    """Show what a posted line holds as people type it: amounts in major units, quantities without a point."""
    read = _as_read(value)
    if isinstance(read, int) and name.endswith("_minor"):
        return major_text(read, currency)
    return "blank" if read is None or read == "" else str(read)


def _send_documents(
    connection: sa.Connection,
    ids: Mapping[DocumentKey, int],
    headers: Mapping[DocumentKey, Mapping[str, Any]],
    file: LandingFile,
    now: dt.datetime,
) -> None:
    """Write new documents."""
    send_rows(
        connection,
        DOCUMENT,
        ("document_id", "document_type", "document_no", *HEADER, "status", "source", "intake_file_id", "created_at"),
        [
            (
                document_id,
                *key,
                headers[key]["location_code"] or file.default_location,
                headers[key]["customer_code"],
                headers[key]["currency"] or headers[key]["customers_currency"],
                headers[key]["document_date"] or headers[key]["default_date"],
                headers[key]["reference"],
                "PENDING",
                file.source,
                file.intake_file_id,
                now,
            )
            for key, document_id in ids.items()
        ],
    )


def _replace_headers(
    connection: sa.Connection,
    headers: Mapping[DocumentKey, Mapping[str, Any]],
    on_file: Mapping[DocumentKey, OnFile],
    file: LandingFile,
) -> dict[DocumentKey, int]:
    """Replace the headers of documents that have nothing posted; give the ids of all that were on file."""
    columns = (*HEADER, "status", "intake_file_id")
    replaced = [
        (
            document.document_id,
            *(replacement(headers[key], document, name, file.intake_file_id) for name in HEADER),
            # What the outside has marked as received stays so; all else is to be settled anew.
            document.status if document.status == "RECEIVED" else "PENDING",
            file.intake_file_id,
        )
        for key, document in on_file.items()
    ]
    send(connection, lambda: update_rows(connection, DOCUMENT, ("document_id",), columns, replaced))
    return {key: document.document_id for key, document in on_file.items()}


def _as_taken(
    headers: Mapping[DocumentKey, Mapping[str, Any]],
    changing: Collection[DocumentKey],
    keys: Sequence[DocumentKey],
    rows: Sequence[Any],
    taken: Collection[int],
) -> dict[DocumentKey, Mapping[str, Any]]:
    """Give the headers of documents on file with the references of those rows alone that are taken."""
    references: dict[DocumentKey, list[str | None]] = {key: [] for key in changing}
    for at in sorted(taken) if changing else ():
        if keys[at] in references:
            references[keys[at]].append(rows[at].reference)
    return {key: {**headers[key], "reference": joined(those)} for key, those in references.items()}


def _write_lines(
    connection: sa.Connection,
    lines: Sequence[tuple[int | None, int | None, int, Any, Sequence[Named]]],
    file: LandingFile,
) -> None:
    """Write lines: each is (its new id, or None; the id of the line it replaces, or None; document, row, units)."""
    again = [(line_id, row, named) for _, line_id, _, row, named in lines if line_id is not None]
    # Asked before anything more is sent; it is for the lines of an earlier file, of which there mostly are none.
    delete_rows(connection, LINE_UNIT, ("line_id",), [(line_id,) for line_id, *_ in again])
    update_rows(
        connection,
        DOCUMENT_LINE,
        ("line_id",),
        _LINE_COLUMNS,
        [(line_id, *_line_values(row, named, file)) for line_id, row, named in again],
    )
    send_rows(
        connection,
        DOCUMENT_LINE,
        ("line_id", "document_id", "line_no", *_LINE_COLUMNS),
        [
            (line_id, document_id, row.line_no, *_line_values(row, named, file))
            for line_id, _, document_id, row, named in lines
            if line_id is not None
        ],
    )
    send_rows(
        connection,
        LINE_UNIT,
        ("line_id", "unit_no", "serial_no", "mfr_serial_no"),
        [
            (line_id or replaced, unit_no, serial_no, mfr_serial_no)
            for line_id, replaced, _, row, named in lines
            for unit_no, (serial_no, mfr_serial_no) in enumerate(named[: row.quantity], start=1)
        ],
    )


def _line_values(row: Any, named: Sequence[Named], file: LandingFile) -> tuple[object, ...]:
    unwritten = row.serials_named - len(row.serial_names)
    return (
        *_content_of(row),
        surplus_units(named, row.quantity, unwritten) if named else None,
        "PENDING",
        row.sheet_row,
        file.intake_file_id,
        row.amount_decimals,
    )
