"""Describe every table, constraint and index of the contract as SQLAlchemy Core metadata.

The metadata is the model; `batch/edge/migrations` brings a database to it, and a test shows that the two agree.
"""

from __future__ import annotations

import sqlalchemy as sa

from batch.edge.schema_columns import (
    INSTANT_FORMAT,
    METADATA,
    Id,
    Instant,
    Json,
    any_of,
    day,
    instant_text,
    minor,
    now,
    one_of,
    partial_index,
    ref,
    row_id,
    text,
)
from batch.edge.schema_reference import CUSTOMER, ITEM, LOCATION, NUMBER_SEQUENCE, STOCK_AREA
from batch.report import FIGURES

__all__ = [
    "CREDIT_MEMO",
    "CREDIT_MEMO_LINE",
    "CUSTOMER",
    "DOCUMENT",
    "DOCUMENT_IS_OPEN",
    "DOCUMENT_LINE",
    "EXCEPTION",
    "EXCEPTION_REPORT_SQL",
    "INSTANT_FORMAT",
    "INTAKE_FILE",
    "INTAKE_ROW",
    "ITEM",
    "LINE_UNIT",
    "LOCATION",
    "METADATA",
    "MISSING_NUMBER",
    "NUMBER_BLOCK",
    "NUMBER_SEQUENCE",
    "OPEN_STATUSES",
    "RUN",
    "SERIAL",
    "SERIAL_HISTORY",
    "STOCK_AREA",
    "Id",
    "Instant",
    "Json",
    "instant_text",
]

# --- The ledger of runs and files ---------------------------------------------------------------

RUN = sa.Table(
    "run",
    METADATA,
    row_id("run_id"),
    text("job"),
    text("status", default="RUNNING"),
    sa.Column("business_date", sa.Date(), nullable=False),
    now("started_at"),
    sa.Column("finished_at", Instant()),
    sa.Column("parameters", Json, nullable=False, server_default="{}"),
    *(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0") for name in FIGURES),
    text("error", null=True),
    text("version", default=""),
    text("host", default=""),
    sa.Column("pid", sa.BigInteger()),
    one_of("status", "RUNNING", "DONE", "NOOP", "FAILED", "INTERRUPTED"),
    sa.CheckConstraint("lines_read = lines_posted + lines_refused + lines_skipped", name="lines_add_up"),
)

INTAKE_FILE = sa.Table(
    "intake_file",
    METADATA,
    row_id("intake_file_id"),
    sa.Column("sha256", sa.Text(), nullable=False, unique=True),
    text("name"),
    sa.Column("size_bytes", sa.BigInteger(), nullable=False, server_default="0"),
    sa.Column("rows_read", sa.BigInteger(), nullable=False, server_default="0"),
    text("status"),
    ref("run_id", "run.run_id"),
    now("landed_at"),
    text("sheet_name", null=True),
    # The heading of each column as typed, in the file's own order: what `intake_row.cells` is read by.
    sa.Column("headings", Json, nullable=False, server_default="[]"),
    text("refusal", null=True),
    # Landed in parts: the last row that is on file while later ones are not; else NULL.
    sa.Column("landed_through", sa.BigInteger()),
    # By which mapping its columns were read, and whether all of it is landed a second time by another one.
    sa.Column("mapping", Json),
    one_of("status", "LANDED", "REFUSED"),
)

INTAKE_ROW = sa.Table(
    "intake_row",
    METADATA,
    ref("intake_file_id", "intake_file.intake_file_id"),
    sa.Column("sheet_row", sa.BigInteger(), nullable=False),
    # A JSON array, text whatever the database: it is given back as it came, never searched.
    text("cells"),
    sa.PrimaryKeyConstraint("intake_file_id", "sheet_row"),
    sqlite_with_rowid=False,
)

# --- Documents ----------------------------------------------------------------------------------

OPEN_STATUSES = ("PENDING", "HELD", "PARTIAL", "RECEIVED")

DOCUMENT = sa.Table(
    "document",
    METADATA,
    row_id("document_id"),
    text("document_type"),
    text("document_no"),
    # Codes of reference data are not enforced here: a bad one becomes an exception, not a failed insert.
    text("location_code", null=True),
    text("customer_code"),
    text("currency", null=True),
    # SQLite takes any text for a date: what is none becomes an exception.
    day("document_date", or_none=True),
    text("reference", null=True),
    text("status", default="PENDING"),
    text("source", default="POS"),
    ref("intake_file_id", "intake_file.intake_file_id", null=True),
    now("created_at"),
    # The run that judged it last: a chunk of which nobody knows whether it was committed is tried again by this.
    sa.Column("last_run_id", Id),
    sa.UniqueConstraint("document_type", "document_no"),
    one_of("document_type", "POS_INVOICE", "POS_CREDIT", "CREDIT_ORDER", "RETURN", "SERVICE", "LEGACY_RETURN"),
    one_of("status", "PENDING", "POSTED", "PARTIAL", "HELD", "COMMITTED", "RECEIVED", "CLOSED"),
    one_of("source", "POS", "INTAKE", "BACKFILL"),
    partial_index("ix_document_open", "document_id", where=any_of("status", *OPEN_STATUSES)),
    sa.Index("ix_document_intake_file_id", "intake_file_id"),
)

# Written out as the index ix_document_open has it, values and all: SQLite finds the index by no other words.
DOCUMENT_IS_OPEN = sa.or_(*(DOCUMENT.c.status == sa.literal_column(f"'{status}'") for status in OPEN_STATUSES))

DOCUMENT_LINE = sa.Table(
    "document_line",
    METADATA,
    row_id("line_id"),
    ref("document_id", "document.document_id"),
    sa.Column("line_no", sa.BigInteger(), nullable=False),
    text("item_code"),
    # Numeric, so that a half unit written by another system arrives here and is refused in words.
    sa.Column("quantity", sa.Numeric(), nullable=False),
    sa.Column("generate_quantity", sa.Numeric()),
    minor("unit_price_minor", null=True),
    minor("discount_minor", default="0"),
    minor("tax_minor", default="0"),
    minor("unit_cost_minor", null=True),
    text("area_code", null=True),
    text("reason", null=True),
    sa.Column("surplus_units", Json),
    text("status", default="PENDING"),
    sa.Column("sheet_row", sa.BigInteger()),
    # The file that brought the line as it now stands; a corrected file brings only some lines of a document.
    ref("intake_file_id", "intake_file.intake_file_id", null=True),
    # With how many decimals a sheet's amounts were read: the document's currency may turn out to be another one.
    sa.Column("amount_decimals", sa.BigInteger()),
    sa.UniqueConstraint("document_id", "line_no"),
    one_of("status", "PENDING", "POSTED", "REFUSED", "HELD", "COMMITTED", "CLOSED", "IGNORED"),
)

# --- Register -----------------------------------------------------------------------------------

SERIAL = sa.Table(
    "serial",
    METADATA,
    row_id("serial_id"),
    sa.Column("serial_no", sa.Text(), nullable=False, unique=True),
    # The normalised key decides uniqueness. A trigger fills it for outside writers (plain ASCII), a run the rest.
    sa.Column("serial_key", sa.Text(), unique=True),
    text("serial_near", null=True),
    text("item_code"),
    text("mfr_serial_no", null=True),
    text("mfr_serial_key", null=True),
    text("mfr_serial_near", null=True),
    text("area_code"),
    text("origin", default="EXTERNAL"),
    minor("unit_cost_minor", null=True),
    text("cost_basis", default="EXTERNAL"),
    text("customer_code", null=True),
    ref("open_document_id", "document.document_id", null=True),
    sa.Column("line_id", Id),
    sa.Column("run_id", Id),
    now("created_at"),
    # Which number of which sequence it bears, so that every number can be accounted for.
    text("sequence_code", null=True),
    sa.Column("sequence_number", sa.BigInteger()),
    one_of("origin", "GENERATED", "ADOPTED", "EXTERNAL"),
    one_of("cost_basis", "LINE", "AVERAGE", "UNKNOWN", "EXTERNAL"),
    partial_index("ix_serial_mfr_serial_key", "mfr_serial_key", "item_code", where="mfr_serial_key IS NOT NULL"),
    partial_index("ix_serial_mfr_serial_near", "mfr_serial_near", where="mfr_serial_near IS NOT NULL"),
    sa.Index("ix_serial_serial_near", "serial_near"),
    # What an outside writer brought and no run has normalised yet: almost always empty.
    partial_index("ix_serial_unkeyed", "serial_id", where="serial_near IS NULL"),
    partial_index("ix_serial_open_document_id", "open_document_id", where="open_document_id IS NOT NULL"),
)

LINE_UNIT = sa.Table(
    "line_unit",
    METADATA,
    ref("line_id", "document_line.line_id"),
    sa.Column("unit_no", sa.BigInteger(), nullable=False),
    text("serial_no", null=True),
    text("mfr_serial_no", null=True),
    ref("serial_id", "serial.serial_id", null=True),
    text("action", null=True),
    sa.PrimaryKeyConstraint("line_id", "unit_no"),
    sa.CheckConstraint("unit_no >= 1", name="unit_no"),
    partial_index("ix_line_unit_serial_id", "serial_id", where="serial_id IS NOT NULL"),
    sqlite_with_rowid=False,
)

SERIAL_HISTORY = sa.Table(
    "serial_history",
    METADATA,
    row_id("history_id"),
    ref("serial_id", "serial.serial_id"),
    text("action"),
    text("from_area_code", null=True),
    text("to_area_code", null=True),
    sa.Column("document_id", Id),
    sa.Column("line_id", Id),
    sa.Column("run_id", Id),
    sa.Column("business_date", sa.Date(), nullable=False),
    now("recorded_at"),
    one_of("action", "GENERATED", "ADOPTED", "ATTACHED", "MFR_ASSIGNED", "RECEIVED", "RELEASED"),
    sa.Index("ix_serial_history_serial_id", "serial_id"),
)

# --- Results ------------------------------------------------------------------------------------

CREDIT_MEMO = sa.Table(
    "credit_memo",
    METADATA,
    row_id("credit_memo_id"),
    sa.Column("credit_memo_no", sa.Text(), nullable=False, unique=True),
    ref("document_id", "document.document_id"),
    text("customer_code"),
    text("location_code"),
    text("currency"),
    sa.Column("memo_date", sa.Date(), nullable=False),
    minor("net_minor"),
    minor("tax_minor"),
    minor("total_minor"),
    text("status", default="OPEN"),
    ref("run_id", "run.run_id"),
    now("created_at"),
    text("sequence_code", null=True),
    sa.Column("sequence_number", sa.BigInteger()),
    one_of("status", "OPEN"),
    sa.CheckConstraint("total_minor = net_minor + tax_minor", name="total"),
    sa.UniqueConstraint("sequence_code", "sequence_number"),
    sa.Index("ix_credit_memo_document_id", "document_id"),
    sa.Index("ix_credit_memo_run_id", "run_id"),
)

CREDIT_MEMO_LINE = sa.Table(
    "credit_memo_line",
    METADATA,
    ref("credit_memo_id", "credit_memo.credit_memo_id"),
    sa.Column("line_id", Id, sa.ForeignKey("document_line.line_id"), primary_key=True, autoincrement=False),
    text("item_code"),
    sa.Column("quantity", sa.BigInteger(), nullable=False),
    minor("unit_price_minor"),
    minor("discount_minor"),
    minor("net_minor"),
    minor("tax_minor"),
    text("area_code", null=True),
    sa.CheckConstraint("quantity > 0", name="quantity"),
    sa.CheckConstraint("net_minor = quantity * unit_price_minor - discount_minor", name="net"),
    sa.Index("ix_credit_memo_line_credit_memo_id", "credit_memo_id"),
)

EXCEPTION = sa.Table(
    "exception",
    METADATA,
    row_id("exception_id"),
    ref("run_id", "run.run_id"),
    text("code"),
    text("severity"),
    text("document_type", null=True),
    text("document_no", null=True),
    sa.Column("line_no", sa.BigInteger()),
    sa.Column("unit_no", sa.BigInteger()),
    sa.Column("document_id", Id),
    sa.Column("line_id", Id),
    sa.Column("intake_file_id", Id),
    sa.Column("sheet_row", sa.BigInteger()),
    text("message"),
    sa.Column("evidence", Json, nullable=False, server_default="{}"),
    text("status", default="OPEN"),
    ref("last_run_id", "run.run_id"),
    sa.Column("resolved_run_id", Id),
    sa.Column("resolved_at", Instant()),
    text("note", null=True),
    now("created_at"),
    one_of("severity", "REFUSE", "WARN"),
    one_of("status", "OPEN", "RESOLVED", "WAIVED"),
    partial_index("ix_exception_open", "document_type", "document_no", where="status = 'OPEN'"),
    partial_index("ix_exception_waived", "document_type", "document_no", where="status = 'WAIVED'"),
    sa.Index("ix_exception_run_id", "run_id"),
)

MISSING_NUMBER = sa.Table(
    "missing_number",
    METADATA,
    row_id("missing_number_id"),
    text("sequence_code"),
    sa.Column("first_number", sa.BigInteger(), nullable=False),
    sa.Column("last_number", sa.BigInteger(), nullable=False),
    text("reason"),
    sa.Column("run_id", Id),
    now("recorded_at"),
    one_of("reason", "TAKEN", "BURNT"),
    sa.CheckConstraint("first_number <= last_number", name="ascending"),
    sa.UniqueConstraint("sequence_code", "first_number"),
)

NUMBER_BLOCK = sa.Table(
    "number_block",
    METADATA,
    row_id("number_block_id"),
    ref("sequence_code", "number_sequence.sequence_code", kind=sa.Text()),
    sa.Column("first_number", sa.BigInteger(), nullable=False),
    sa.Column("last_number", sa.BigInteger(), nullable=False),
    # The first number of the block that is still free; past last_number the block is used up and the row is dropped.
    sa.Column("next_number", sa.BigInteger(), nullable=False),
    ref("run_id", "run.run_id"),
    sa.Column("worker", sa.BigInteger(), nullable=False, server_default="0"),
    sa.UniqueConstraint("sequence_code", "first_number"),
    sa.CheckConstraint("first_number <= next_number AND next_number <= last_number + 1", name="within"),
)

_REPORTED_LINE = """COALESCE(document_type, '') || ':' || COALESCE(document_no, '') || ':'
             || COALESCE(CAST(line_no AS TEXT), '') || ':'
             || CASE WHEN line_no IS NULL
                THEN COALESCE(CAST(intake_file_id AS TEXT) || ':' || CAST(sheet_row AS TEXT), '') ELSE '' END"""

EXCEPTION_REPORT_SQL = f"""
SELECT run_id, code, severity,
       COUNT(DISTINCT {_REPORTED_LINE}) AS lines,
       COUNT(DISTINCT CASE WHEN status = 'OPEN' THEN {_REPORTED_LINE} END) AS open_lines
FROM exception
GROUP BY run_id, code, severity
"""
