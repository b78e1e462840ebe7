"""Part the documents of a run among workers: those that share a unit stay together and in order.

So the outcome of every line is the same as with one worker, serial numbers apart. A lane is a list of chunks that are
settled one after another; lanes do not touch one another's units.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from batch.core.frames import pd
from batch.core.keys import near_key, serial_key
from batch.edge.bulk import keyed
from batch.edge.plan import Plan, Planned
from batch.edge.schema import DOCUMENT_LINE, LINE_UNIT, SERIAL

Chunk = tuple[list[int], int]
Ids = npt.NDArray[np.int64]
Mentioning = Any  # a row of (document_id, serial_no, mfr_serial_no, serial_id)
# By key, id or maker's near key: (key, maker's near key, documents that hold such units).
Found = dict[str | int, tuple[str, str | None, set[int]]]

_ROWS_AT_ONCE = 50_000


def lanes_of(connection: sa.Connection, plan: Plan, lines: int, workers: int) -> list[list[Chunk]]:
    """Part a plan into lanes of chunks of about `lines` lines."""
    groups = _groups(connection, plan.document_ids)
    sharing = np.isin(plan.rows[:, 0], list(groups))
    lanes: list[list[Chunk]] = [[chunk] for chunk in Plan(plan.rows[~sharing]).chunks(lines)]
    together: dict[int, list[Planned]] = {}
    for row in Plan(plan.rows[sharing]).documents:
        together.setdefault(groups[row[0]], []).append(row)
    # The longest first, each to the lane with least to do, so that lanes end at about the same time.
    shares: list[list[Planned]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for group in sorted(together.values(), key=lambda rows: -sum(row[1] for row in rows)):
        lightest = loads.index(min(loads))
        shares[lightest].extend(group)
        loads[lightest] += sum(row[1] for row in group)
    lanes.extend(list(Plan.of(sorted(share)).chunks(lines)) for share in shares if share)
    # Long lanes first: what must be done in order should not be left for the end.
    return sorted(lanes, key=lambda lane: -len(lane))


def _groups(connection: sa.Connection, document_ids: Sequence[int]) -> dict[int, int]:
    """Give each document that shares a unit with another one the group they are in."""
    if not document_ids:
        return {}
    documents, tokens = _mentions(connection, document_ids)
    frame = pd.DataFrame({"document": documents, "token": tokens}).drop_duplicates()
    shared = frame[frame.duplicated("token", keep=False)].sort_values(["token", "document"])
    leader: dict[int, int] = {}

    def find(document: int) -> int:
        root = document
        while leader.setdefault(root, root) != root:
            root = leader[root]
        while leader[document] != root:
            leader[document], document = root, leader[document]
        return root

    for _, those in shared.groupby("token", sort=False)["document"]:
        first, *others = those.tolist()
        for other in others:
            leader[find(other)] = find(first)
    return {document: find(document) for document in list(leader)}


def _mentions(connection: sa.Connection, document_ids: Sequence[int]) -> tuple[Ids, npt.NDArray[np.uint64]]:
    """Give (document, hash of what it mentions) for every name by which a unit may be found."""
    documents: list[Ids] = []
    tokens: list[npt.NDArray[np.uint64]] = []
    for rows in _units(connection, document_ids):
        pairs = list(_tokens(rows, _register(connection, rows)))
        if pairs:
            documents.append(np.array([document for document, _ in pairs], dtype=np.int64))
            tokens.append(pd.util.hash_array(np.array([token for _, token in pairs], dtype=object)))
    if not documents:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    return np.concatenate(documents), np.concatenate(tokens)


def _units(connection: sa.Connection, document_ids: Sequence[int]) -> Iterator[Sequence[Mentioning]]:
    unit = LINE_UNIT.c
    wanted = keyed(connection, "planned_document", {"document_id": (sa.BigInteger(), document_ids)})
    # By a cursor of the server: those of a million lines at once would take the memory of many chunks.
    rows = connection.execute(
        sa.select(DOCUMENT_LINE.c.document_id, unit.serial_no, unit.mfr_serial_no, unit.serial_id)
        .select_from(wanted)
        .join(DOCUMENT_LINE, DOCUMENT_LINE.c.document_id == wanted.c.document_id)
        .join(LINE_UNIT, unit.line_id == DOCUMENT_LINE.c.line_id)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    yield from rows.partitions()


def _register(connection: sa.Connection, rows: Iterable[Mentioning]) -> Found:
    """Find the other names of the units that are named, for a unit may be asked for by either; and who holds them."""
    keys = sorted({serial_key(row.serial_no) for row in rows if row.serial_no})
    ids = sorted({row.serial_id for row in rows if row.serial_id is not None})
    mfr_nears = sorted({near_key(serial_key(row.mfr_serial_no)) for row in rows if row.mfr_serial_no})
    found: Found = {}
    serial = SERIAL.c
    by_key = keyed(connection, "lane_key", {"serial_key": (sa.Text(), keys)})
    by_id = keyed(connection, "lane_id", {"serial_id": (sa.BigInteger(), ids)})
    for wanted, column in ((by_key, serial.serial_key), (by_id, serial.serial_id)):
        asked = connection.execute(
            sa.select(column, serial.serial_no, serial.mfr_serial_near, serial.open_document_id).join(
                wanted, wanted.c[column.name] == column
            )
        )
        for name, serial_no, mfr_near, holder in asked:
            found[name] = serial_key(serial_no), mfr_near, set() if holder is None else {holder}
    by_mfr = keyed(connection, "lane_mfr", {"mfr_serial_near": (sa.Text(), mfr_nears)})
    held = connection.execute(
        sa.select(serial.mfr_serial_near, serial.open_document_id)
        .join(by_mfr, by_mfr.c.mfr_serial_near == serial.mfr_serial_near)
        .where(serial.open_document_id.is_not(None))
    )
    for near, holder in held:
        found.setdefault(f"m{near}", ("", None, set()))[2].add(holder)
    return found


def _tokens(rows: Iterable[Mentioning], register: Found) -> Iterator[tuple[int, str]]:
    """Name each unit by everything it may be found by, coarsely: what is only nearly equal raises a warning.

    A unit on a service slip brings in the slip: it is closed by whoever takes its last unit.
    """
    for row in rows:
        names: list[tuple[str, str | None, set[int]]] = []
        if row.serial_no:
            key = serial_key(row.serial_no)
            names.append(register.get(key, (key, None, set())))
        if row.serial_id is not None:
            names.append(register[row.serial_id])
        if row.mfr_serial_no:
            near = near_key(serial_key(row.mfr_serial_no))
            names.append(("", near, register.get(f"m{near}", ("", None, set()))[2]))
        for key, mfr_near, holders in names:
            if key:
                yield row.document_id, f"s{near_key(key)}"
            if mfr_near:
                yield row.document_id, f"m{mfr_near}"
            for holder in holders:
                yield row.document_id, f"d{holder}"
