"""Judge reference rows against one another and against what is on file: what may not be, and what is worth telling."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from batch.core import reference_sequences
from batch.core.reference_cells import ReferenceRow
from batch.core.reference_columns import LOCATION, NUMBER_SEQUENCE, STOCK_AREA, TABLES, ReferenceTable

Values: TypeAlias = Mapping[str, object]

# What a table holds: the values of each key. Items and customers are there only as far as the load names them.
OnFile: TypeAlias = Mapping[str, Mapping[str, Values]]

AREA_TYPES = {
    "out_area_code": "OUT",
    "credit_order_area_code": "OUT",
    "service_area_code": "OUT",
    "credit_memo_area_code": "STOCK",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    """The outcome: with a problem nothing may be written; `after` is what would then be on file."""

    problems: list[str]
    warnings: list[str]
    after: dict[str, dict[str, Values]]


def check_rows(rows: Sequence[ReferenceRow], on_file: OnFile) -> Checked:
    """Check every row of a load; `on_file` has all locations, areas and sequences, and what else the load names."""
    problems = [*_repeated(rows)]
    warnings: list[str] = []
    after = {name: dict(on_file.get(name, {})) for name in TABLES}
    for row in rows:
        before = on_file.get(row.table.name, {}).get(row.key)
        after[row.table.name][row.key] = merged(row.table, before, row)
    for row in rows:
        problems.extend(_missing(row, on_file))
        problems.extend(_unknown(row, after))
    problems.extend(_areas_of_the_wrong_type(rows, after))
    problems.extend(_circles(rows, after))
    problems.extend(_several_defaults(rows, after))
    sequences = [row for row in rows if row.table is NUMBER_SEQUENCE]
    problems.extend(reference_sequences.problems(rows, on_file.get(NUMBER_SEQUENCE.name, {}), after))
    if sequences and not problems:
        warnings.extend(reference_sequences.warnings(sequences, on_file.get(NUMBER_SEQUENCE.name, {}), after))
    if not problems and any(row.table is LOCATION for row in rows):
        warnings.extend(_no_default(after))
    return Checked(problems, warnings, after)


def merged(table: ReferenceTable, before: Values | None, row: ReferenceRow) -> Values:
    """Return what is on file after a row: what it says, else what was there, else the default."""
    after = {**(table.defaults if before is None else before), **row.values}
    if before is not None and table is NUMBER_SEQUENCE:
        after["next_number"] = reference_sequences.kept_number(before, after)
    return after


def _repeated(rows: Sequence[ReferenceRow]) -> Iterator[str]:
    first: dict[tuple[str, str], ReferenceRow] = {}
    for row in rows:
        known = first.setdefault((row.table.name, row.key), row)
        if known is not row:
            yield row.problem(row.table.key, f'"{row.key}" stands in {known.place} already', "Keep one of the two rows")


def _missing(row: ReferenceRow, on_file: OnFile) -> Iterator[str]:
    if row.key in on_file.get(row.table.name, {}):
        return
    for column in row.table.columns[1:]:
        if column.required and column.name not in row.values and column.name not in row.flawed:
            choices = f"one of {', '.join(column.choices)}" if column.choices else "it"
            yield row.problem(column.name, f'"{row.key}" is new and needs a value here', f"Type {choices}")


def _unknown(row: ReferenceRow, after: OnFile) -> Iterator[str]:
    for column in row.table.columns:
        code = row.values.get(column.name) if column.refers else None
        if code is None or code in after[column.refers]:
            continue
        noun = column.refers.replace("_", " ")
        alike = next((known for known in after[column.refers] if known.casefold() == str(code).casefold()), None)
        remedy = f'Type "{alike}"' if alike else f"Correct it, or add that {noun} to the load"
        yield row.problem(column.name, f'there is no {noun} "{code}"', remedy)


def _areas_of_the_wrong_type(rows: Sequence[ReferenceRow], after: OnFile) -> Iterator[str]:
    locations = {row.key: row for row in rows if row.table is LOCATION}
    areas = {row.key: row for row in rows if row.table is STOCK_AREA}
    for code, location in after[LOCATION.name].items():
        for column, wanted in AREA_TYPES.items():
            area_code = location.get(column)
            area_type = after[STOCK_AREA.name].get(str(area_code), {}).get("area_type", wanted)
            if area_code is None or area_type == wanted:
                continue
            if code in locations:
                yield locations[code].problem(
                    column, f'stock area "{area_code}" is of type {area_type}', f"Name an area of type {wanted}"
                )
            elif area_code in areas:
                yield areas[str(area_code)].problem(
                    "area_type",
                    f'"{area_code}" is the {column} of location "{code}", which must be of type {wanted}',
                    f"Leave it {wanted}, or give the location another area in the same load",
                )


def _circles(rows: Sequence[ReferenceRow], after: OnFile) -> Iterator[str]:
    locations = after[LOCATION.name]
    for row in rows:
        if row.table is not LOCATION:
            continue
        line = [row.key]
        while (parent := locations.get(line[-1], {}).get("parent_location_code")) is not None and parent not in line:
            line.append(str(parent))
        if parent == row.key:
            circle = " → ".join([*line, row.key])
            yield row.problem("parent_location_code", f"the parents go in a circle: {circle}", "Break the circle")


def _several_defaults(rows: Sequence[ReferenceRow], after: OnFile) -> Iterator[str]:
    defaults = sorted(code for code, location in after[LOCATION.name].items() if location.get("is_default"))
    if len(defaults) < 2:
        return
    for row in rows:
        if row.table is LOCATION and row.key in defaults:
            others = ", ".join(f'"{code}"' for code in defaults if code != row.key)
            yield row.problem(
                "is_default", f"{others} would be the default location as well", "Say yes for one and no for the others"
            )


def _no_default(after: OnFile) -> Iterator[str]:
    if not any(location.get("is_default") for location in after[LOCATION.name].values()):
        yield (
            "location: none is the default, so documents without a location and locations without sequences or areas "
            "of their own have nothing to fall back on. Set is_default of one to yes."
        )
