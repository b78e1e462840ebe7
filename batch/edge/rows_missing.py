"""Find the documents of which a row was refused as it stood, for where one refused line holds its document."""

from __future__ import annotations

import sqlalchemy as sa

from batch.core.chunk import OPEN_LINE_STATUSES
from batch.core.codes import REFUSE
from batch.core.frames import pd
from batch.edge.bulk import keyed
from batch.edge.schema import DOCUMENT_LINE, EXCEPTION


def rows_missing(connection: sa.Connection, documents: pd.DataFrame) -> frozenset[int]:
    """Find the documents of sheets of which a row was refused as it stood, and is neither corrected nor waived.

    Where its line is on file by now the line speaks for itself, as it does for a row that repeats it. And where all
    that waits of the document has come again since, in a later file, it came without that row, or with it right.
    """
    of_sheets = documents[documents["source"] != "POS"]
    if of_sheets.empty:
        return frozenset()
    keys = {name: (sa.Text(), of_sheets[name].tolist()) for name in ("document_type", "document_no")}
    wanted = keyed(
        connection, "chunk_rows", {**keys, "document_id": (sa.BigInteger(), of_sheets["document_id"].tolist())}
    )
    exception = EXCEPTION.c
    line = DOCUMENT_LINE.c
    of_document = line.document_id == wanted.c.document_id
    on_file = sa.exists().where(of_document, line.line_no == exception.line_no)
    from_then = sa.exists().where(
        of_document, line.status.in_(OPEN_LINE_STATUSES), line.intake_file_id <= exception.intake_file_id
    )
    rows = connection.execute(
        sa.select(wanted.c.document_id)
        .join(
            EXCEPTION,
            (exception.document_type == wanted.c.document_type) & (exception.document_no == wanted.c.document_no),
        )
        .where(exception.status == "OPEN", exception.severity == REFUSE, exception.line_id.is_(None))
        .where(~on_file, from_then)
    )
    return frozenset(rows.scalars())
