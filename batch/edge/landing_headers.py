"""Read what rows say of their documents, and set it against what is on file."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from batch.core.currency import exponent
from batch.core.frames import pd
from batch.edge.bulk import keyed
from batch.edge.schema import DOCUMENT, DOCUMENT_LINE

DONE_STATUSES = ("POSTED", "COMMITTED", "CLOSED")
HEADER = ("location_code", "customer_code", "currency", "document_date", "reference")

DocumentKey = tuple[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class OnFile:
    """A document on file: its header, whether any line is done, and a file of this run that has brought one (`met`)."""

    document_id: int
    header: Mapping[str, object]
    status: str
    intake_file_id: int | None
    done: bool
    met: int | None = None


def read_headers(
    lines: pd.DataFrame, keys: Sequence[DocumentKey], others: pd.DataFrame
) -> dict[DocumentKey, dict[str, Any]]:
    """Give each document of the part the first that is said of each field of its header; None where nothing is.

    Of references, it is given each. Rows that are refused, the `others`, speak for their document all the same.
    """
    headers: dict[DocumentKey, dict[str, Any]] = {}
    further: dict[DocumentKey, list[str]] = {}
    dates, currencies = (
        [value if given else None for value, given in zip(lines[name], lines[flag], strict=True)]
        for name, flag in (("document_date", "date_given"), ("currency", "currency_given"))
    )
    columns = zip(lines["location_code"], lines["customer_code"], currencies, dates, lines["reference"], strict=True)
    defaults = zip(lines["document_date"], lines["currency"], strict=True)
    for key, (default_date, customers), values in zip(keys, defaults, columns, strict=True):
        header = headers.get(key)
        if header is None:
            said = dict(zip(HEADER, values, strict=True))
            headers[key] = {**said, "default_date": default_date, "customers_currency": customers}
            continue
        for name, value in zip(HEADER, values, strict=True):
            if header[name] is None:
                header[name] = value
        if values[-1] is not None and values[-1] != header["reference"]:
            further.setdefault(key, []).append(values[-1])
    for key, references in further.items():
        headers[key]["reference"] = joined([headers[key]["reference"], *references])
    _fill_in(headers, others.itertuples(index=False))
    return headers


def _fill_in(headers: Mapping[DocumentKey, dict[str, Any]], rows: Iterable[Any]) -> None:
    """Take from further rows of the documents what is not said yet."""
    for row in rows:
        header = headers.get((row.document_type, row.document_no))
        if header is None:
            continue
        for name in ("location_code", "currency", "document_date"):
            if header[name] is None:
                header[name] = getattr(row, name)


def named_in(reference: object) -> list[str]:
    """Part the reference of a document into those that its rows gave."""
    return str(reference).split(_APART) if reference else []


def joined(references: Iterable[object]) -> str | None:
    """Keep all references of a document, each once: units of one slip may have been sold on several invoices."""
    return _APART.join(dict.fromkeys(each for text in references for each in named_in(text))) or None


def documents_on_file(
    connection: sa.Connection, headers: Iterable[DocumentKey], earlier: Collection[int] = ()
) -> dict[DocumentKey, OnFile]:
    """Find those of the documents that are on file, whoever brought them; `earlier` files are of this very run."""
    document = DOCUMENT.c
    wanted_keys = list(headers)
    wanted = keyed(
        connection,
        "landing_document",
        {
            "document_type": (sa.Text(), [kind for kind, _ in wanted_keys]),
            "document_no": (sa.Text(), [number for _, number in wanted_keys]),
        },
    )
    done = (
        sa.select(DOCUMENT_LINE.c.line_id)
        .where(DOCUMENT_LINE.c.document_id == document.document_id, DOCUMENT_LINE.c.status.in_(DONE_STATUSES))
        .correlate(DOCUMENT)
    )
    line = DOCUMENT_LINE.c
    met = (
        sa.select(sa.func.min(line.intake_file_id))
        .where(line.document_id == document.document_id, line.status == "PENDING", line.intake_file_id.in_(earlier))
        .correlate(DOCUMENT)
    )
    rows = connection.execute(
        sa.select(
            document.document_id,
            document.document_type,
            document.document_no,
            document.status,
            document.intake_file_id,
            *(document[name] for name in HEADER),
            sa.exists(done).label("done"),
            (met.scalar_subquery() if earlier else sa.null()).label("met"),
        )
        .select_from(wanted)
        .join(
            DOCUMENT,
            (document.document_type == wanted.c.document_type) & (document.document_no == wanted.c.document_no),
        )
    )
    return {
        (row.document_type, row.document_no): OnFile(
            row.document_id,
            {name: getattr(row, name) for name in HEADER},
            row.status,
            row.intake_file_id,
            bool(row.done),
            row.met,
        )
        for row in rows
    }


def lines_on_file(
    connection: sa.Connection, named: Iterable[tuple[str, str, int]]
) -> dict[tuple[str, str, int], tuple[int, int]]:
    """Find the lines on file by (type, document number, line number): (document_id, line_id)."""
    wanted_lines = sorted(set(named))
    if not wanted_lines:
        return {}
    kinds, numbers, line_nos = zip(*wanted_lines, strict=True)
    wanted = keyed(
        connection,
        "landing_named",
        {
            "document_type": (sa.Text(), kinds),
            "document_no": (sa.Text(), numbers),
            "line_no": (sa.BigInteger(), line_nos),
        },
    )
    document, line = DOCUMENT.c, DOCUMENT_LINE.c
    rows = connection.execute(
        sa.select(document.document_type, document.document_no, line.line_no, line.document_id, line.line_id)
        .select_from(wanted)
        .join(
            DOCUMENT,
            (document.document_type == wanted.c.document_type) & (document.document_no == wanted.c.document_no),
        )
        .join(DOCUMENT_LINE, (line.document_id == document.document_id) & (line.line_no == wanted.c.line_no))
    )
    return {(kind, number, line_no): (document_id, line_id) for kind, number, line_no, document_id, line_id in rows}


def differences(header: Mapping[str, Any], known: OnFile) -> list[str]:
    """Say in what a header would change that of a document on file: the words for what stands there."""
    differing = [
        name
        for name in HEADER
        if name != "reference" and header[name] is not None and header[name] != known.header[name]
    ]
    if header["currency"] is None and not _as_many_decimals(header, known.header):
        differing.append("currency")
    return [f"{_WORDS[name]} {known.header[name] or 'blank'}" for name in differing]


def other_reference(reference: object, before: object, of_rows: Collection[str]) -> bool:
    """Say whether a row gives a reference that its document lacks; not where all that it has is given by some row."""
    said, stood = named_in(reference), named_in(before)
    return not set(said) <= set(stood) and not (stood and set(stood) <= set(of_rows))


def replacement(header: Mapping[str, Any], known: OnFile, name: str, intake_file_id: int) -> object:
    """Give what a field of a header becomes: what is said, else what stands; a currency follows the customer."""
    if name == "reference" and (known.done or known.met or known.intake_file_id == intake_file_id):
        return joined((known.header[name], header[name]))
    if known.done and known.header[name] is not None:
        return known.header[name]
    # What an earlier part of the same file has said of the document stands as well.
    if header[name] is None and name == "currency" and known.intake_file_id != intake_file_id:
        return header["customers_currency"] or known.header[name]
    return known.header[name] if header[name] is None else header[name]


def _as_many_decimals(header: Mapping[str, Any], on_file: Mapping[str, object]) -> bool:
    """Say whether amounts read in the customer's currency are amounts of the document's too."""
    theirs, ours = header["customers_currency"], on_file["currency"]
    return theirs is None or ours is None or exponent(str(theirs)) == exponent(str(ours))


_APART = "; "

_WORDS = {
    "location_code": "location",
    "customer_code": "customer",
    "currency": "currency",
    "document_date": "date",
}
