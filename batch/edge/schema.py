"""Describe every table, constraint and index of the contract as SQLAlchemy Core metadata.

The metadata is the model; `batch/edge/migrations` brings a database to it, and a test shows that the two agree.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives only INTEGER PRIMARY KEY the row's own address; PostgreSQL wants the eight bytes said.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

INSTANT_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


class Instant(sa.types.TypeDecorator[dt.datetime]):
    """An aware UTC instant: TIMESTAMPTZ on PostgreSQL, sortable UTC text on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """Choose text on SQLite, whose DateTime drops the time zone."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive instant: nobody could say later which hour was meant."""
        if value is None:
            return None
        assert value.tzinfo is not None, "an instant without a time zone"
        return instant_text(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Give back an aware UTC instant."""
        if value is None:
            return None
        if isinstance(value, str):
            return dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC)
        return value.astimezone(dt.UTC)  # type: ignore[no-any-return]


def instant_text(value: dt.datetime) -> str:
    """Write an aware instant as SQLite keeps it: `YYYY-MM-DD HH:MM:SS.ffffff`, UTC."""
    return value.astimezone(dt.UTC).strftime(INSTANT_FORMAT)


def _one_of(column: str, *values: str, name: str | None = None) -> sa.CheckConstraint:
    return sa.CheckConstraint(_any_of(column, *values), name=name or column)


def _any_of(column: str, *values: str) -> str:
    # Not as IN: SQLite builds a table of the list anew for every row that is written, at thrice the cost of the row.
    return " OR ".join(f"{column} = '{value}'" for value in values)


def _text(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null, server_default=default)


def _minor(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, server_default=default)


def _now(name: str) -> sa.Column[dt.datetime]:
    return sa.Column(name, Instant(), nullable=False, server_default=sa.func.current_timestamp())


def _ref(name: str, target: str, *, null: bool = False, kind: sa.types.TypeEngine[Any] = Id) -> sa.Column[Any]:
    return sa.Column(name, kind, sa.ForeignKey(target), nullable=null)


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, Id, sa.Identity(always=False), primary_key=True)


# --- Reference: written by the ERP or by `serialback load` -------------------------------------

LOCATION = sa.Table(
    "location",
    METADATA,
    sa.Column("location_code", sa.Text(), primary_key=True),
    _text("name", default=""),
    _ref("parent_location_code", "location.location_code", null=True, kind=sa.Text()),
    sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false()),
    *(
        # The two tables point at each other; the areas' side is added after both stand.
        sa.Column(
            name,
            sa.Text(),
            sa.ForeignKey("stock_area.area_code", use_alter=True, name=f"fk_location_{name}"),
        )
        for name in ("out_area_code", "credit_order_area_code", "service_area_code", "credit_memo_area_code")
    ),
    sa.Column("closed_through", sa.Date()),
    sa.Index(
        "uq_location_is_default",
        "is_default",
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    ),
)

STOCK_AREA = sa.Table(
    "stock_area",
    METADATA,
    sa.Column("area_code", sa.Text(), primary_key=True),
    _text("name", default=""),
    _ref("location_code", "location.location_code", null=True, kind=sa.Text()),
    _text("area_type"),
    sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
    _one_of("area_type", "STOCK", "OUT"),
)

NUMBER_SEQUENCE = sa.Table(
    "number_sequence",
    METADATA,
    sa.Column("sequence_code", sa.Text(), primary_key=True),
    _text("kind"),
    _ref("location_code", "location.location_code", null=True, kind=sa.Text()),
    _text("mask", default="{seq}"),
    sa.Column("next_number", sa.BigInteger(), nullable=False, server_default="1"),
    _text("allocation", default="GAPLESS"),
    # Where the first run found it: numbers below are older than Serialback and owe nobody an account.
    sa.Column("first_number", sa.BigInteger()),
    _one_of("kind", "SERIAL", "CREDIT_MEMO"),
    _one_of("allocation", "GAPLESS", "BLOCK"),
    sa.CheckConstraint("kind = 'SERIAL' OR allocation = 'GAPLESS'", name="memo_numbers_gapless"),
    sa.CheckConstraint("next_number >= 0", name="next_number"),
)

ITEM = sa.Table(
    "item",
    METADATA,
    sa.Column("item_code", sa.Text(), primary_key=True),
    _text("description", default=""),
    _text("inventory_type"),
    _minor("list_price_minor", null=True),
    _minor("average_cost_minor", null=True),
    _ref("serial_sequence_code", "number_sequence.sequence_code", null=True, kind=sa.Text()),
    _text("mfr_serial_check", null=True),
    _text("gtin", null=True),
    sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
    _one_of("inventory_type", "SERIALIZED", "AUTO_SERIALIZED", "INVENTORIED", "NON_INVENTORIED"),
)

CUSTOMER = sa.Table(
    "customer",
    METADATA,
    sa.Column("customer_code", sa.Text(), primary_key=True),
    _text("name", default=""),
    _text("currency"),
    sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
)

# --- The ledger of runs and files ---------------------------------------------------------------

RUN_FIGURES = (
    "lines_read",
    "lines_posted",
    "lines_refused",
    "lines_skipped",
    "serials_generated",
    "serials_attached",
    "serials_adopted",
    "credit_memos",
    "exceptions",
    "warnings",
)

RUN = sa.Table(
    "run",
    METADATA,
    _id("run_id"),
    _text("job"),
    _text("status", default="RUNNING"),
    sa.Column("business_date", sa.Date(), nullable=False),
    _now("started_at"),
    sa.Column("finished_at", Instant()),
    sa.Column("parameters", Json, nullable=False, server_default="{}"),
    *(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0") for name in RUN_FIGURES),
    _text("error", null=True),
    _text("version", default=""),
    _text("host", default=""),
    sa.Column("pid", sa.BigInteger()),
    _one_of("status", "RUNNING", "DONE", "NOOP", "FAILED", "INTERRUPTED"),
    sa.CheckConstraint("lines_read = lines_posted + lines_refused + lines_skipped", name="lines_add_up"),
)

INTAKE_FILE = sa.Table(
    "intake_file",
    METADATA,
    _id("intake_file_id"),
    sa.Column("sha256", sa.Text(), nullable=False, unique=True),
    _text("name"),
    sa.Column("size_bytes", sa.BigInteger(), nullable=False, server_default="0"),
    sa.Column("rows_read", sa.BigInteger(), nullable=False, server_default="0"),
    _text("status"),
    _ref("run_id", "run.run_id"),
    _now("landed_at"),
    _text("sheet_name", null=True),
    # The heading of each column as typed, in the file's own order: what `intake_row.cells` is read by.
    sa.Column("headings", Json, nullable=False, server_default="[]"),
    _text("refusal", null=True),
    _one_of("status", "LANDED", "REFUSED"),
)

INTAKE_ROW = sa.Table(
    "intake_row",
    METADATA,
    _ref("intake_file_id", "intake_file.intake_file_id"),
    sa.Column("sheet_row", sa.BigInteger(), nullable=False),
    # A JSON array, text whatever the database: it is given back as it came, never searched.
    _text("cells"),
    sa.PrimaryKeyConstraint("intake_file_id", "sheet_row"),
    sqlite_with_rowid=False,
)

# --- Documents ----------------------------------------------------------------------------------

OPEN_STATUSES = ("PENDING", "HELD", "PARTIAL", "RECEIVED")

DOCUMENT = sa.Table(
    "document",
    METADATA,
    _id("document_id"),
    _text("document_type"),
    _text("document_no"),
    # Codes of reference data are not enforced here: a bad one becomes an exception, not a failed insert.
    _text("location_code", null=True),
    _text("customer_code"),
    _text("currency", null=True),
    sa.Column("document_date", sa.Date(), nullable=False),
    _text("reference", null=True),
    _text("status", default="PENDING"),
    _text("source", default="POS"),
    _ref("intake_file_id", "intake_file.intake_file_id", null=True),
    _now("created_at"),
    sa.UniqueConstraint("document_type", "document_no"),
    _one_of("document_type", "POS_INVOICE", "POS_CREDIT", "CREDIT_ORDER", "RETURN", "SERVICE", "LEGACY_RETURN"),
    _one_of("status", "PENDING", "POSTED", "PARTIAL", "HELD", "COMMITTED", "RECEIVED", "CLOSED"),
    _one_of("source", "POS", "INTAKE", "BACKFILL"),
    sa.Index(
        "ix_document_open",
        "document_id",
        sqlite_where=sa.text(_any_of("status", *OPEN_STATUSES)),
        postgresql_where=sa.text(_any_of("status", *OPEN_STATUSES)),
    ),
    sa.Index("ix_document_intake_file_id", "intake_file_id"),
)

# Written out as the index ix_document_open has it, values and all: SQLite finds the index by no other words.
DOCUMENT_IS_OPEN = sa.or_(*(DOCUMENT.c.status == sa.literal_column(f"'{status}'") for status in OPEN_STATUSES))

DOCUMENT_LINE = sa.Table(
    "document_line",
    METADATA,
    _id("line_id"),
    _ref("document_id", "document.document_id"),
    sa.Column("line_no", sa.BigInteger(), nullable=False),
    _text("item_code"),
    # Numeric, so that a half unit written by another system arrives here and is refused in words.
    sa.Column("quantity", sa.Numeric(), nullable=False),
    sa.Column("generate_quantity", sa.Numeric()),
    _minor("unit_price_minor", null=True),
    _minor("discount_minor", default="0"),
    _minor("tax_minor", default="0"),
    _minor("unit_cost_minor", null=True),
    _text("area_code", null=True),
    _text("reason", null=True),
    sa.Column("surplus_units", Json),
    _text("status", default="PENDING"),
    sa.Column("sheet_row", sa.BigInteger()),
    # The file that brought the line as it now stands; a corrected file brings only some lines of a document.
    _ref("intake_file_id", "intake_file.intake_file_id", null=True),
    sa.UniqueConstraint("document_id", "line_no"),
    _one_of("status", "PENDING", "POSTED", "REFUSED", "HELD", "COMMITTED", "CLOSED", "IGNORED"),
)

# --- Register -----------------------------------------------------------------------------------

SERIAL = sa.Table(
    "serial",
    METADATA,
    _id("serial_id"),
    sa.Column("serial_no", sa.Text(), nullable=False, unique=True),
    # The normalised key decides uniqueness. A trigger fills it for outside writers (plain ASCII), a run the rest.
    sa.Column("serial_key", sa.Text(), unique=True),
    _text("serial_near", null=True),
    _text("item_code"),
    _text("mfr_serial_no", null=True),
    _text("mfr_serial_key", null=True),
    _text("mfr_serial_near", null=True),
    _text("area_code"),
    _text("origin", default="EXTERNAL"),
    _minor("unit_cost_minor", null=True),
    _text("cost_basis", default="EXTERNAL"),
    _text("customer_code", null=True),
    _ref("open_document_id", "document.document_id", null=True),
    sa.Column("line_id", Id),
    sa.Column("run_id", Id),
    _now("created_at"),
    # Which number of which sequence it bears, so that every number can be accounted for.
    _text("sequence_code", null=True),
    sa.Column("sequence_number", sa.BigInteger()),
    _one_of("origin", "GENERATED", "ADOPTED", "EXTERNAL"),
    _one_of("cost_basis", "LINE", "AVERAGE", "UNKNOWN", "EXTERNAL"),
    sa.Index(
        "ix_serial_mfr_serial_key",
        "mfr_serial_key",
        "item_code",
        sqlite_where=sa.text("mfr_serial_key IS NOT NULL"),
        postgresql_where=sa.text("mfr_serial_key IS NOT NULL"),
    ),
    sa.Index(
        "ix_serial_mfr_serial_near",
        "mfr_serial_near",
        sqlite_where=sa.text("mfr_serial_near IS NOT NULL"),
        postgresql_where=sa.text("mfr_serial_near IS NOT NULL"),
    ),
    sa.Index("ix_serial_serial_near", "serial_near"),
    # What an outside writer brought and no run has normalised yet: almost always empty.
    sa.Index(
        "ix_serial_unkeyed",
        "serial_id",
        sqlite_where=sa.text("serial_near IS NULL"),
        postgresql_where=sa.text("serial_near IS NULL"),
    ),
    sa.Index(
        "ix_serial_open_document_id",
        "open_document_id",
        sqlite_where=sa.text("open_document_id IS NOT NULL"),
        postgresql_where=sa.text("open_document_id IS NOT NULL"),
    ),
)

LINE_UNIT = sa.Table(
    "line_unit",
    METADATA,
    _ref("line_id", "document_line.line_id"),
    sa.Column("unit_no", sa.BigInteger(), nullable=False),
    _text("serial_no", null=True),
    _text("mfr_serial_no", null=True),
    _ref("serial_id", "serial.serial_id", null=True),
    _text("action", null=True),
    sa.PrimaryKeyConstraint("line_id", "unit_no"),
    sa.CheckConstraint("unit_no >= 1", name="unit_no"),
    sa.Index(
        "ix_line_unit_serial_id",
        "serial_id",
        sqlite_where=sa.text("serial_id IS NOT NULL"),
        postgresql_where=sa.text("serial_id IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

SERIAL_HISTORY = sa.Table(
    "serial_history",
    METADATA,
    _id("history_id"),
    _ref("serial_id", "serial.serial_id"),
    _text("action"),
    _text("from_area_code", null=True),
    _text("to_area_code", null=True),
    sa.Column("document_id", Id),
    sa.Column("line_id", Id),
    sa.Column("run_id", Id),
    sa.Column("business_date", sa.Date(), nullable=False),
    _now("recorded_at"),
    _one_of("action", "GENERATED", "ADOPTED", "ATTACHED", "MFR_ASSIGNED", "RECEIVED", "RELEASED"),
    sa.Index("ix_serial_history_serial_id", "serial_id"),
)

# --- Results ------------------------------------------------------------------------------------

CREDIT_MEMO = sa.Table(
    "credit_memo",
    METADATA,
    _id("credit_memo_id"),
    sa.Column("credit_memo_no", sa.Text(), nullable=False, unique=True),
    _ref("document_id", "document.document_id"),
    _text("customer_code"),
    _text("location_code"),
    _text("currency"),
    sa.Column("memo_date", sa.Date(), nullable=False),
    _minor("net_minor"),
    _minor("tax_minor"),
    _minor("total_minor"),
    _text("status", default="OPEN"),
    _ref("run_id", "run.run_id"),
    _now("created_at"),
    _text("sequence_code", null=True),
    sa.Column("sequence_number", sa.BigInteger()),
    _one_of("status", "OPEN"),
    sa.CheckConstraint("total_minor = net_minor + tax_minor", name="total"),
    sa.UniqueConstraint("sequence_code", "sequence_number"),
    sa.Index("ix_credit_memo_document_id", "document_id"),
    sa.Index("ix_credit_memo_run_id", "run_id"),
)

CREDIT_MEMO_LINE = sa.Table(
    "credit_memo_line",
    METADATA,
    _ref("credit_memo_id", "credit_memo.credit_memo_id"),
    sa.Column("line_id", Id, sa.ForeignKey("document_line.line_id"), primary_key=True, autoincrement=False),
    _text("item_code"),
    sa.Column("quantity", sa.BigInteger(), nullable=False),
    _minor("unit_price_minor"),
    _minor("discount_minor"),
    _minor("net_minor"),
    _minor("tax_minor"),
    _text("area_code", null=True),
    sa.CheckConstraint("quantity > 0", name="quantity"),
    sa.CheckConstraint("net_minor = quantity * unit_price_minor - discount_minor", name="net"),
    sa.Index("ix_credit_memo_line_credit_memo_id", "credit_memo_id"),
)

EXCEPTION = sa.Table(
    "exception",
    METADATA,
    _id("exception_id"),
    _ref("run_id", "run.run_id"),
    _text("code"),
    _text("severity"),
    _text("document_type", null=True),
    _text("document_no", null=True),
    sa.Column("line_no", sa.BigInteger()),
    sa.Column("unit_no", sa.BigInteger()),
    sa.Column("document_id", Id),
    sa.Column("line_id", Id),
    sa.Column("intake_file_id", Id),
    sa.Column("sheet_row", sa.BigInteger()),
    _text("message"),
    sa.Column("evidence", Json, nullable=False, server_default="{}"),
    _text("status", default="OPEN"),
    _ref("last_run_id", "run.run_id"),
    sa.Column("resolved_run_id", Id),
    sa.Column("resolved_at", Instant()),
    _text("note", null=True),
    _now("created_at"),
    _one_of("severity", "REFUSE", "WARN"),
    _one_of("status", "OPEN", "RESOLVED", "WAIVED"),
    sa.Index(
        "ix_exception_open",
        "document_type",
        "document_no",
        sqlite_where=sa.text("status = 'OPEN'"),
        postgresql_where=sa.text("status = 'OPEN'"),
    ),
    sa.Index("ix_exception_run_id", "run_id"),
)

MISSING_NUMBER = sa.Table(
    "missing_number",
    METADATA,
    _id("missing_number_id"),
    _text("sequence_code"),
    sa.Column("first_number", sa.BigInteger(), nullable=False),
    sa.Column("last_number", sa.BigInteger(), nullable=False),
    _text("reason"),
    sa.Column("run_id", Id),
    _now("recorded_at"),
    _one_of("reason", "TAKEN", "BURNT"),
    sa.CheckConstraint("first_number <= last_number", name="ascending"),
    sa.UniqueConstraint("sequence_code", "first_number"),
)

NUMBER_BLOCK = sa.Table(
    "number_block",
    METADATA,
    _id("number_block_id"),
    _ref("sequence_code", "number_sequence.sequence_code", kind=sa.Text()),
    sa.Column("first_number", sa.BigInteger(), nullable=False),
    sa.Column("last_number", sa.BigInteger(), nullable=False),
    # The first number of the block that is still free; past last_number the block is used up and the row is dropped.
    sa.Column("next_number", sa.BigInteger(), nullable=False),
    _ref("run_id", "run.run_id"),
    sa.Column("worker", sa.BigInteger(), nullable=False, server_default="0"),
    sa.UniqueConstraint("sequence_code", "first_number"),
    sa.CheckConstraint("first_number <= next_number AND next_number <= last_number + 1", name="within"),
)

EXCEPTION_REPORT_SQL = """
SELECT run_id, code, severity,
       COUNT(DISTINCT COALESCE(document_type, '') || ':' || COALESCE(document_no, '') || ':'
             || COALESCE(CAST(line_no AS TEXT), '') || ':'
             || CASE WHEN line_no IS NULL THEN COALESCE(CAST(sheet_row AS TEXT), '') ELSE '' END) AS lines,
       COUNT(DISTINCT CASE WHEN status = 'OPEN' THEN COALESCE(document_type, '') || ':' || COALESCE(document_no, '')
             || ':' || COALESCE(CAST(line_no AS TEXT), '') || ':'
             || CASE WHEN line_no IS NULL THEN COALESCE(CAST(sheet_row AS TEXT), '') ELSE '' END END) AS open_lines
FROM exception
GROUP BY run_id, code, severity
"""
