"""Look up what was likely meant by serials and codes that are not on file: for many rows at once, never row by row."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from batch.core.cells import text_of
from batch.core.correction_words import parted, together
from batch.core.keys import near_key, serial_key
from batch.core.mend import mended
from batch.core.near import SHOWN, Codes, slips
from batch.edge.among import among
from batch.edge.exception_rows import Problem, RowToCorrect, SourceFile
from batch.edge.schema import CUSTOMER, DOCUMENT, DOCUMENT_LINE, EXCEPTION, ITEM, LOCATION, SERIAL, STOCK_AREA

# Look-alikes are found for every row; slips of the finger have many forms, and nobody corrects more by hand.
SLIPS_LIMIT = 5_000
# Among more codes than these, nothing is suggested: the message names one that differs in case only.
CODES_LIMIT = 20_000

_SERIAL = "SERIAL_UNKNOWN"
_SERIAL_ELSEWHERE = frozenset({"SERIAL_ALREADY_IN_STOCK", "SERIAL_ON_OTHER_DOCUMENT"})
_MFR = "MFR_SERIAL_INVALID"
_LINE = "LINE_REPEATED"

# The table of each unknown code: its key, and what it is called.
_TABLES: Mapping[str, tuple[str, sa.Column[str], sa.ColumnElement[str]]] = {
    "ITEM_UNKNOWN": ("Item", ITEM.c.item_code, ITEM.c.description),
    "CUSTOMER_UNKNOWN": ("Customer", CUSTOMER.c.customer_code, CUSTOMER.c.name),
    "LOCATION_UNKNOWN": ("Location", LOCATION.c.location_code, LOCATION.c.name),
    "AREA_UNKNOWN": ("Area", STOCK_AREA.c.area_code, STOCK_AREA.c.name),
    "CURRENCY_UNKNOWN": ("Currency", CUSTOMER.c.currency, sa.literal("")),
}


class Found(NamedTuple):
    """A unit of the register."""

    serial_no: str
    serial_key: str
    serial_near: str
    item_code: str
    area_code: str
    mfr_serial_no: str | None
    mfr_serial_key: str | None
    mfr_serial_near: str | None
    area_type: str | None


_UNIT = (*(SERIAL.c[name] for name in Found._fields[:-1]), STOCK_AREA.c.area_type)


class Suggester:
    """Suggest corrections for the rows of one workbook; nothing is ever applied."""

    def __init__(self, connection: sa.Connection, files: Mapping[int, SourceFile]) -> None:
        """Look nothing up yet."""
        self._connection = connection
        self._files = files
        self._slips_left = SLIPS_LIMIT
        self._last_lines: dict[tuple[str | None, str | None], int] = {}
        self._codes = functools.cache(self._read_codes)

    def suggestions(self, rows: Sequence[RowToCorrect]) -> list[str]:
        """Give the text to show beside each row; blank where nothing is likely."""
        problems = [problem for row in rows for problem in row.problems]
        units = self._alike(SERIAL.c.serial_near, SERIAL.c.serial_key, _values(problems, {_SERIAL, *_SERIAL_ELSEWHERE}))
        makers = self._alike(SERIAL.c.mfr_serial_near, SERIAL.c.mfr_serial_key, _values(problems, {_MFR}))
        self._read_last_lines([problem for problem in problems if problem.code == _LINE])
        return [
            together(text for problem in row.problems for text in self._for_one(row, problem, units, makers))
            for row in rows
        ]

    def _for_one(
        self,
        row: RowToCorrect,
        problem: Problem,
        units: Mapping[str, Sequence[Found]],
        makers: Mapping[str, Sequence[Found]],
    ) -> Iterable[str]:
        value = _value(problem)
        if problem.code in _TABLES:
            heading = _TABLES[problem.code][0]
            return [f"{heading} {each}" for each in self._codes(problem.code).close_to(value)]
        if problem.code == _LINE:
            return [self._next_line(problem)]
        if problem.code == _SERIAL:
            found = units.get(value, ())
            return [f"Serial # {each.serial_no}: {_where(each)}" for each in self._ranked(row, found)]
        if problem.code in _SERIAL_ELSEWHERE:
            item = self._item_of(row)
            outside = [each for each in units.get(value, ()) if each.item_code == item and each.area_type == "OUT"]
            return [f"Serial # {each.serial_no}: {_where(each)}" for each in self._ranked(row, outside)]
        if problem.code == _MFR:
            found = makers.get(value, ())
            return [
                f"Mfr Serial # {each.mfr_serial_no}: on serial {each.serial_no}, {_where(each)}"
                for each in self._ranked(row, found)
            ]
        _, to_do = parted(problem.code, problem.message, problem.sheet_row)
        return [mended(problem.code, problem.evidence, to_do)]

    def _ranked(self, row: RowToCorrect, found: Iterable[Found]) -> list[Found]:
        item = self._item_of(row)
        likely = sorted(found, key=lambda each: (each.item_code != item, each.area_type != "OUT", each.serial_no))
        return likely[:SHOWN]

    def _item_of(self, row: RowToCorrect) -> str:
        at = self._files[row.intake_file_id].header.fields["item_code"]
        return text_of(row.cells[at]).strip() if at < len(row.cells) else ""

    def _alike(self, near: sa.Column[Any], key: sa.Column[Any], values: Sequence[str]) -> dict[str, list[Found]]:
        """Find the units that look like each value, or that it is a slip for."""
        keys = {value: serial_key(value) for value in values}
        nears = {value: near_key(each) for value, each in keys.items() if each}
        slipped = {value: slips(keys[value]) for value in values[: self._slips_left]}
        self._slips_left -= len(slipped)
        by_near = self._units(near, set(nears.values()))
        by_key = self._units(key, set().union(*slipped.values()))
        found: dict[str, list[Found]] = {}
        for value, own in keys.items():
            alike = list(by_near.get(nears.get(value, ""), ()))
            alike += [unit for each in sorted(slipped.get(value, ())) for unit in by_key.get(each, ())]
            found[value] = [unit for unit in dict.fromkeys(alike) if getattr(unit, key.name) != own]
        return found

    def _units(self, column: sa.Column[Any], wanted: set[str]) -> dict[str, list[Found]]:
        if not wanted:
            return {}
        statement = (
            sa.select(*_UNIT)
            .outerjoin(STOCK_AREA, STOCK_AREA.c.area_code == SERIAL.c.area_code)
            .where(column.is_not(None), among(self._connection, column, sorted(wanted)))
            .limit(20 * SLIPS_LIMIT)
        )
        found: dict[str, list[Found]] = {}
        for row in self._connection.execute(statement):
            unit = Found(*row)
            found.setdefault(getattr(unit, column.name), []).append(unit)
        return found

    def _read_codes(self, code: str) -> Codes:
        _, key, name = _TABLES[code]
        rows = self._connection.execute(sa.select(key, name).distinct().order_by(key).limit(CODES_LIMIT + 1)).all()
        return Codes((row[0], row[1]) for row in rows if len(rows) <= CODES_LIMIT)

    def _read_last_lines(self, problems: Sequence[Problem]) -> None:
        """Find the last line of each document that has a line twice, on file or among what is refused."""
        named = sorted({problem.document_no for problem in problems if problem.document_no})
        if not named:
            return
        line, exception, document = DOCUMENT_LINE.c, EXCEPTION.c, DOCUMENT.c
        on_file = sa.select(document.document_type, document.document_no, line.line_no).where(
            line.document_id == document.document_id, among(self._connection, document.document_no, named)
        )
        refused = sa.select(exception.document_type, exception.document_no, exception.line_no).where(
            exception.line_no.is_not(None), among(self._connection, exception.document_no, named)
        )
        for kind, number, line_no in self._connection.execute(sa.union(on_file, refused)):
            self._last_lines[kind, number] = max(line_no, self._last_lines.get((kind, number), 0))

    def _next_line(self, problem: Problem) -> str:
        key = problem.document_type, problem.document_no
        self._last_lines[key] = self._last_lines.get(key, problem.line_no or 0) + 1
        return f"Line # {self._last_lines[key]}"


def _values(problems: Iterable[Problem], codes: set[str]) -> list[str]:
    return list(dict.fromkeys(value for each in problems if each.code in codes and (value := _value(each))))


def _value(problem: Problem) -> str:
    return str(problem.evidence.get("value") or "")


def _where(unit: Found) -> str:
    kind = {"OUT": ", outside", "STOCK": ", in stock"}.get(unit.area_type or "", "")
    return f"item {unit.item_code}, in area {unit.area_code}{kind}"
