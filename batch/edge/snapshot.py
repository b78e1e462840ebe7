"""Read the part of the database that a chunk mentions: a fixed number of statements, however many lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from batch.core.areas import AREA_ROLES, Area, Location, Places
from batch.core.areas import Sequence as NumberSequence
from batch.core.chunk import (
    AMOUNT_BLANKS,
    DOCUMENT_COLUMNS,
    LINE_COLUMNS,
    Chunk,
    Customer,
    Item,
    NamedUnit,
    OpenDocument,
    Unit,
)
from batch.core.document_names import document_words
from batch.core.frames import pd
from batch.core.hold import Hold
from batch.core.keys import near_key, serial_key
from batch.core.landed_sheet import LandedSheet
from batch.edge.bulk import keyed
from batch.edge.fetch import fetch_columns
from batch.edge.rows_missing import rows_missing
from batch.edge.schema import (
    CREDIT_MEMO,
    CREDIT_MEMO_LINE,
    CUSTOMER,
    DOCUMENT,
    DOCUMENT_IS_OPEN,
    DOCUMENT_LINE,
    INTAKE_FILE,
    ITEM,
    LINE_UNIT,
    LOCATION,
    NUMBER_BLOCK,
    NUMBER_SEQUENCE,
    SERIAL,
    SERIAL_HISTORY,
    STOCK_AREA,
)
from batch.edge.schema_columns import day_or_none
from batch.edge.stored import json_as_stored, number_text, numbers, serial_text, surplus_units, whole_numbers


def read_chunk(connection: sa.Connection, document_ids: Sequence[int], hold: Hold) -> Chunk:
    """Read whole documents and all of the world that they mention, as far as what is to `hold` them asks for it."""
    asked = keyed(connection, "chunk_document", {"document_id": (sa.BigInteger(), document_ids)})
    documents = _documents(connection, asked)
    # What is no longer there, or no longer open, is left alone.
    gone = len(documents) < len(document_ids)
    still = {"document_id": (sa.BigInteger(), documents["document_id"].tolist())}
    chosen = keyed(connection, "chunk_still_open", still) if gone else asked
    # Only other systems change a line in place; what our own sheets bring need not pay for a lock on every row.
    shared = bool((documents["source"] == "POS").any())
    lines = _lines(connection, chosen, shared=shared)
    units = _units(connection, chosen, shared=shared)
    register = _register(connection, units, lines["surplus_units"])
    customers = _customers(connection, documents["customer_code"])
    items = _items(connection, lines["item_code"])
    return Chunk(
        documents=documents,
        lines=lines,
        units=units,
        items=items,
        customers=customers,
        places=read_places(connection),
        register=register,
        open_documents=_open_documents(connection, register),
        sheets=_sheets(connection, lines["intake_file_id"]),
        credited=_credited(connection, documents, lines),
        rows_missing=rows_missing(connection, documents) if hold is Hold.DOCUMENT else frozenset(),
        hints={
            **_hints(connection, ITEM.c.item_code, "item", set(lines["item_code"]) - set(items)),
            **_hints(
                connection, CUSTOMER.c.customer_code, "customer", set(documents["customer_code"]) - set(customers)
            ),
        },
    )


def _documents(connection: sa.Connection, chosen: sa.FromClause) -> pd.DataFrame:
    """Read the documents and keep other writers off them until our transaction ends.

    On PostgreSQL whoever has changed one is waited for, and whoever wants to add a line to one waits; SQLite has one
    writer anyway.
    """
    names = [*(name for name in DOCUMENT_COLUMNS if name != "date_text"), "last_run_id"]
    columns = [_as_stored(DOCUMENT.c[name]) if name == "document_date" else DOCUMENT.c[name] for name in names]
    query = (
        sa.select(*columns)
        .join(chosen, chosen.c.document_id == DOCUMENT.c.document_id)
        .where(DOCUMENT_IS_OPEN)
        .order_by(DOCUMENT.c.document_id)
        .with_for_update(of=DOCUMENT)
    )
    found = fetch_columns(connection, query, ["document_id"])
    dates = found["document_date"]
    days = [day_or_none(value) for value in dates]
    found |= {
        "document_date": days,
        "date_text": [None if day else number_text(value) for day, value in zip(days, dates, strict=True)],
    }
    return pd.DataFrame({name: _objects(values) for name, values in found.items()})


def _lines(connection: sa.Connection, chosen: sa.FromClause, *, shared: bool) -> pd.DataFrame:
    line = DOCUMENT_LINE.c
    names = [name for name in LINE_COLUMNS if name != "generate_given" and not name.endswith("_text")]
    stored = {"quantity": _as_stored, "generate_quantity": _as_stored, "surplus_units": json_as_stored}
    query = (
        sa.select(*(stored[name](line[name]) if name in stored else line[name] for name in names))
        .join(chosen, chosen.c.document_id == line.document_id)
        .order_by(line.document_id, line.line_no)
    )
    query = query.with_for_update(of=DOCUMENT_LINE) if shared else query
    found = fetch_columns(connection, query, ["document_id", "line_no"])
    for amount, blank in AMOUNT_BLANKS.items():
        found[f"{amount}_minor"], found[f"{amount}_text"] = whole_numbers(found[f"{amount}_minor"], blank)
    found["surplus_units"], found["surplus_text"] = surplus_units(found["surplus_units"])
    quantities, wanted = found["quantity"], found["generate_quantity"]
    return pd.DataFrame(
        {name: _objects(values) for name, values in found.items()}
        | {
            "generate_given": pd.Series([value is not None for value in wanted], dtype=object),
            "quantity_text": _objects(quantities),
            "generate_text": _objects([None if value is None else number_text(value) for value in wanted]),
            "quantity": pd.Series(numbers(quantities), dtype="float64"),
            "generate_quantity": pd.Series(numbers(wanted), dtype="float64"),
        }
    )


def _units(connection: sa.Connection, chosen: sa.FromClause, *, shared: bool) -> dict[int, list[NamedUnit]]:
    unit = LINE_UNIT.c
    query = (
        sa.select(unit.line_id, unit.unit_no, unit.serial_no, unit.mfr_serial_no, unit.serial_id, unit.action)
        .select_from(chosen)
        .join(DOCUMENT_LINE, DOCUMENT_LINE.c.document_id == chosen.c.document_id)
        .join(LINE_UNIT, unit.line_id == DOCUMENT_LINE.c.line_id)
        .order_by(unit.line_id, unit.unit_no)
    )
    query = query.with_for_update(of=LINE_UNIT) if shared else query
    found = fetch_columns(connection, query, ["line_id", "unit_no"])
    units: dict[int, list[NamedUnit]] = {}
    for line_id, unit_no, serial_no, mfr_serial_no, *rest in zip(*found.values(), strict=True):
        named = NamedUnit(unit_no, serial_text(serial_no), serial_text(mfr_serial_no), *rest)
        units.setdefault(line_id, []).append(named)
    return units


def _credited(connection: sa.Connection, documents: pd.DataFrame, lines: pd.DataFrame) -> dict[int, str]:
    """Find which lines stand on a credit memo; what is new and open is not asked about, for it cannot."""
    judged_before = documents.loc[documents["last_run_id"].notna(), "document_id"]
    may = lines["status"].isin({"POSTED", "CLOSED"}) | lines["document_id"].isin(judged_before)
    asked = lines.loc[may, "line_id"].tolist()
    if not asked:
        return {}
    memo, credited = CREDIT_MEMO.c, CREDIT_MEMO_LINE.c
    wanted = keyed(connection, "chunk_done", {"line_id": (sa.BigInteger(), asked)})
    rows = connection.execute(
        sa.select(credited.line_id, memo.credit_memo_no)
        .select_from(wanted)
        .join(CREDIT_MEMO_LINE, credited.line_id == wanted.c.line_id)
        .join(CREDIT_MEMO, memo.credit_memo_id == credited.credit_memo_id)
    )
    return {row.line_id: row.credit_memo_no for row in rows}


_UNIT_COLUMNS = (
    SERIAL.c.serial_id,
    SERIAL.c.serial_no,
    SERIAL.c.serial_key,
    SERIAL.c.item_code,
    SERIAL.c.mfr_serial_no,
    SERIAL.c.mfr_serial_key,
    SERIAL.c.area_code,
    SERIAL.c.customer_code,
    SERIAL.c.open_document_id,
)


def _register(
    connection: sa.Connection, units: dict[int, list[NamedUnit]], surplus: Iterable[list[dict[str, str]] | None]
) -> list[Unit]:
    """Find every unit that the lines name, and those that only look like them."""
    named = [unit for those in units.values() for unit in those]
    keys = {serial_key(unit.serial_no) for unit in named if unit.serial_no}
    mfr_serials = [unit.mfr_serial_no for unit in named]
    # What is named beyond the quantity counts as named on its document, and may be so by its other name.
    mfr_serials += [extra.get("mfr_serial_no") for extras in surplus if extras for extra in extras]
    mfr_keys = {serial_key(mfr_serial_no) for mfr_serial_no in mfr_serials if mfr_serial_no}
    ids = {unit.serial_id for unit in named if unit.serial_id is not None}
    found: dict[int, Unit] = {}
    _find(connection, found, "chunk_serial_id", SERIAL.c.serial_id, ids)
    _find(connection, found, "chunk_serial_key", SERIAL.c.serial_key, keys)
    missing = keys - {unit.serial_key for unit in found.values()}
    _find(connection, found, "chunk_serial_near", SERIAL.c.serial_near, {near_key(key) for key in missing})
    # Equal keys have equal near keys: one look-up finds the exact and the nearly equal.
    _find(connection, found, "chunk_mfr_near", SERIAL.c.mfr_serial_near, {near_key(key) for key in mfr_keys})
    meant = [
        serial_id
        for serial_id, unit in found.items()
        if serial_id in ids or unit.serial_key in keys or unit.mfr_serial_key in mfr_keys
    ]
    _keep_others_off(connection, found, meant)
    _say_who_brought(connection, found)
    return [found[serial_id] for serial_id in sorted(found)]


def _find(
    connection: sa.Connection,
    found: dict[int, Unit],
    name: str,
    column: sa.Column[Any],
    keys: Collection[object],
) -> None:
    if not keys:
        return
    wanted = keyed(connection, name, {"key": (column.type, list(keys))})
    rows = connection.execute(sa.select(*_UNIT_COLUMNS).join(wanted, wanted.c.key == column))
    found.update((row.serial_id, _unit(row)) for row in rows)


def _keep_others_off(connection: sa.Connection, found: dict[int, Unit], serial_ids: Collection[int]) -> None:
    """Lock the units that the chunk may change, and take them as whoever was at them last has left them.

    In one order, so that nobody waits in a circle. SQLite has one writer, and that is this transaction.
    """
    if not serial_ids or connection.dialect.name == "sqlite":
        return
    wanted = keyed(connection, "chunk_serial_kept", {"key": (sa.BigInteger(), sorted(serial_ids))})
    rows = connection.execute(
        sa.select(*_UNIT_COLUMNS)
        .join(wanted, wanted.c.key == SERIAL.c.serial_id)
        .order_by(SERIAL.c.serial_id)
        .with_for_update(key_share=True, of=SERIAL)
    ).all()
    for serial_id in serial_ids:
        del found[serial_id]
    found.update((row.serial_id, _unit(row)) for row in rows)


def _unit(row: Any) -> Unit:
    """Make a unit; where another system has just written it, its keys are not on file yet."""
    serial_id, serial_no, key, item_code, mfr_serial_no, mfr_key, *rest = row
    mfr_key = mfr_key or (serial_key(mfr_serial_no) if mfr_serial_no else None)
    return Unit(serial_id, serial_no, key or serial_key(serial_no), item_code, mfr_serial_no, mfr_key, *rest)


def _say_who_brought(connection: sa.Connection, found: dict[int, Unit]) -> None:
    """Note on each unit in stock the document that brought it, for the message of one that comes again."""
    if not found:
        return
    history = SERIAL_HISTORY.c
    wanted = keyed(connection, "chunk_brought", {"serial_id": (sa.BigInteger(), list(found))})
    rows = connection.execute(
        sa.select(history.serial_id, DOCUMENT.c.document_type, DOCUMENT.c.document_no)
        .select_from(wanted)
        .join(SERIAL_HISTORY, history.serial_id == wanted.c.serial_id)
        .join(DOCUMENT, DOCUMENT.c.document_id == history.document_id)
        .where(history.action == "RECEIVED")
        .order_by(history.history_id)
    )
    for serial_id, document_type, document_no in rows:
        found[serial_id].brought_by = document_words(document_type, document_no)


def _items(connection: sa.Connection, codes: Iterable[str]) -> dict[str, Item]:
    item = ITEM.c
    columns = (
        item.item_code,
        item.inventory_type,
        item.list_price_minor,
        item.average_cost_minor,
        item.serial_sequence_code,
        item.mfr_serial_check,
        item.active,
    )
    wanted = keyed(connection, "chunk_item", {"item_code": (sa.Text(), sorted(set(codes)))})
    found = fetch_columns(connection, sa.select(*columns).join(wanted, wanted.c.item_code == item.item_code))
    for amount in ("list_price_minor", "average_cost_minor"):
        # What is no whole number of minor units is no price: better none than a hundredth of one.
        found[amount], _ = whole_numbers(found[amount], None)
    return {code: Item(code, *rest) for code, *rest in zip(*found.values(), strict=True)}


def _customers(connection: sa.Connection, codes: Iterable[str]) -> dict[str, Customer]:
    customer = CUSTOMER.c
    wanted = keyed(connection, "chunk_customer", {"customer_code": (sa.Text(), sorted(set(codes)))})
    rows = connection.execute(
        sa.select(customer.customer_code, customer.currency, customer.active).join(
            wanted, wanted.c.customer_code == customer.customer_code
        )
    )
    return {row.customer_code: Customer(*row) for row in rows}


def read_places(connection: sa.Connection, worker: int | None = None) -> Places:
    """Read locations, areas and sequences: small tables, whole.

    `worker` is the owner of the number blocks to draw from; None where numbers come straight from the sequences.
    """
    locations = connection.execute(sa.select(LOCATION)).mappings()
    areas = connection.execute(sa.select(STOCK_AREA.c.area_code, STOCK_AREA.c.area_type, STOCK_AREA.c.active))
    blocks: dict[str, list[tuple[int, int | None]]] = {}
    if worker is not None:
        for block in connection.execute(
            sa.select(NUMBER_BLOCK).where(NUMBER_BLOCK.c.worker == worker).order_by(NUMBER_BLOCK.c.first_number)
        ):
            blocks.setdefault(block.sequence_code, []).append((block.next_number, block.last_number))
    sequences = [
        NumberSequence(
            row.sequence_code,
            row.kind,
            row.location_code,
            row.mask,
            tuple(blocks.get(row.sequence_code, ()))
            if row.allocation == "BLOCK" and worker is not None
            else ((row.next_number, None),),
            row.allocation,
        )
        for row in connection.execute(sa.select(NUMBER_SEQUENCE))
    ]
    return Places(
        [
            Location(
                row["location_code"],
                row["parent_location_code"],
                row["is_default"],
                {role: row[role] for role in AREA_ROLES},
                row["closed_through"],
            )
            for row in locations
        ],
        [Area(*row) for row in areas],
        sequences,
    )


def _open_documents(connection: sa.Connection, register: Iterable[Unit]) -> dict[int, OpenDocument]:
    ids = sorted({unit.open_document_id for unit in register if unit.open_document_id is not None})
    if not ids:
        return {}
    wanted = keyed(connection, "chunk_holder", {"document_id": (sa.BigInteger(), ids)})
    rows = connection.execute(
        sa.select(
            DOCUMENT.c.document_id, DOCUMENT.c.document_type, DOCUMENT.c.document_no, DOCUMENT.c.customer_code
        ).join(wanted, wanted.c.document_id == DOCUMENT.c.document_id)
    )
    return {document_id: OpenDocument(*rest) for document_id, *rest in rows}


def _sheets(connection: sa.Connection, file_ids: Iterable[int | None]) -> dict[int, LandedSheet]:
    ids = sorted({file_id for file_id in file_ids if file_id is not None})
    if not ids:
        return {}
    wanted = keyed(connection, "chunk_file", {"intake_file_id": (sa.BigInteger(), ids)})
    file = INTAKE_FILE.c
    rows = connection.execute(
        sa.select(file.intake_file_id, file.name, file.sheet_name, file.headings, file.mapping).join(
            wanted, wanted.c.intake_file_id == file.intake_file_id
        )
    )
    return {file_id: LandedSheet(*rest) for file_id, *rest in rows}


def _hints(connection: sa.Connection, column: sa.Column[str], kind: str, unknown: Collection[str]) -> dict[str, str]:
    """Find for unknown codes the one on file that differs only in letter case, or in blanks around it."""
    if not unknown:
        return {}
    lowered = {code: code.strip().lower() for code in unknown if code}
    wanted = keyed(connection, f"hint_{kind}", {"lowered": (sa.Text(), sorted({*lowered.values()}))})
    rows = connection.execute(
        sa.select(wanted.c.lowered, column).join(wanted, wanted.c.lowered == sa.func.lower(column))
    )
    by_lowered: dict[str, str] = dict(rows.all())
    return {f"{kind}:{code}": by_lowered[each] for code, each in lowered.items() if each in by_lowered}


def _objects(values: Sequence[Any]) -> pd.Series:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return pd.Series(array, dtype=object, copy=False)


def _as_stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Read a column as it is stored, whatever another system has put there: SQLite keeps even a word."""
    return sa.type_coerce(column, sa.types.NullType()).label(column.name)
