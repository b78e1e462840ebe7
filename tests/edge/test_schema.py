"""Show that metadata and migrations agree on both databases, and what the database itself refuses or fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from batch.edge.database import open_database, transaction
from batch.edge.schema import DOCUMENT, DOCUMENT_IS_OPEN, EXCEPTION_REPORT_SQL, METADATA
from batch.edge.triggers import FINAL_TABLES, create_triggers
from tests.databases import Database, PostgresqlServer

Described = dict[tuple[str, ...], str]

# A small shop: one posted return of two units, one of them with a serial.
SHOP = """
INSERT INTO run (run_id, job, business_date) VALUES (1, 'intake', '2026-11-23');
INSERT INTO document (document_id, document_type, document_no, customer_code, document_date)
    VALUES (1, 'RETURN', 'R1', 'C1', '2026-11-23');
INSERT INTO document_line (line_id, document_id, line_no, item_code, quantity)
    VALUES (1, 1, 1, 'CPU', 2), (2, 1, 2, 'CPU', -3);
INSERT INTO serial (serial_id, serial_no, serial_key, serial_near, item_code, area_code)
    VALUES (1, 'A1', 'A1', 'A1', 'CPU', 'CRMA');
INSERT INTO line_unit (line_id, unit_no, serial_id) VALUES (1, 1, 1), (2, 3, NULL);
INSERT INTO serial_history (history_id, serial_id, action, business_date) VALUES (1, 1, 'GENERATED', '2026-11-23');
INSERT INTO credit_memo (credit_memo_id, credit_memo_no, document_id, customer_code, location_code, currency,
                         memo_date, net_minor, tax_minor, total_minor, run_id)
    VALUES (1, 'CM-1', 1, 'C1', 'HQ', 'EUR', '2026-11-23', 200, 10, 210, 1);
INSERT INTO credit_memo_line (credit_memo_id, line_id, item_code, quantity, unit_price_minor, discount_minor,
                              net_minor, tax_minor)
    VALUES (1, 1, 'CPU', 2, 100, 0, 200, 10);
"""


def described_sqlite(engine: sa.Engine) -> Described:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master").all()
    return {
        (str(kind), str(name)): re.sub(r"\s*([(),])\s*", r"\1", " ".join((sql or "").split()))
        for kind, name, sql in rows
        if "alembic_version" not in name
    }


POSTGRESQL_FACTS = {
    "column": """
        SELECT table_name, column_name, concat_ws(' ', ordinal_position, data_type, is_nullable, column_default,
               identity_generation)
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "constraint": """
        SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    """,
    "index": "SELECT tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": """
        SELECT tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    """,
    "function": """
        SELECT '', proname::text, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "view": "SELECT '', viewname::text, definition FROM pg_views WHERE schemaname = 'public'",
}


def described_postgresql(engine: sa.Engine) -> Described:
    described: Described = {}
    with engine.connect() as connection:
        for kind, query in POSTGRESQL_FACTS.items():
            for table, name, text in connection.exec_driver_sql(query):
                if table != "alembic_version":
                    described[kind, str(table), str(name)] = str(text)
    return described


def create_from_metadata(engine: sa.Engine) -> None:
    with transaction(engine) as connection:
        METADATA.create_all(connection)
        connection.exec_driver_sql(f"CREATE VIEW exception_report AS {EXCEPTION_REPORT_SQL}")
        create_triggers(connection)


def test_metadata_and_migrations_agree_on_sqlite(sqlite_database: Database, tmp_path: Path) -> None:
    fresh = open_database(f"sqlite:///{tmp_path}/fresh.db")
    create_from_metadata(fresh)
    expected = described_sqlite(fresh)
    fresh.dispose()
    assert len(expected) > len(METADATA.tables)
    assert described_sqlite(sqlite_database.engine) == expected


def test_metadata_and_migrations_agree_on_postgresql(
    postgresql_database: Database, postgresql: PostgresqlServer
) -> None:
    with postgresql.empty() as url:
        fresh = open_database(url)
        create_from_metadata(fresh)
        expected = described_postgresql(fresh)
        fresh.dispose()
    assert {kind for kind, *_ in expected} == set(POSTGRESQL_FACTS)
    assert described_postgresql(postgresql_database.engine) == expected


@pytest.fixture
def shop(database: Database) -> Iterator[sa.Connection]:
    """Give a transaction in which a small shop has one credited return."""
    with database.engine.connect() as connection:
        for statement in SHOP.strip().split(";\n"):
            connection.exec_driver_sql(statement)
        if database.dialect == "postgresql":
            # Ids that were given leave the counters where they were; an id taken twice must not pass for a refusal.
            for table in ("document", "serial", "credit_memo", "serial_history", "exception"):
                (key,) = METADATA.tables[table].primary_key.columns
                connection.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table, key.name), 100)))
        yield connection


SERIAL = "INSERT INTO serial (serial_no, item_code, area_code"
MEMO_LINE = (
    "INSERT INTO credit_memo_line (credit_memo_id, line_id, item_code, quantity, unit_price_minor, discount_minor,"
    " net_minor, tax_minor) VALUES (1, "
)
MEMO = (
    "INSERT INTO credit_memo (credit_memo_no, document_id, customer_code, location_code, currency, memo_date,"
    " net_minor, tax_minor, total_minor, run_id) VALUES "
)


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        pytest.param(f"{SERIAL}) VALUES ('A1', 'CPU', 'X')", "serial_no", id="a serial twice"),
        pytest.param(f"{SERIAL}, serial_key) VALUES ('a 1', 'CPU', 'X', 'A1')", "serial_key", id="a key twice, given"),
        pytest.param(f"{SERIAL}) VALUES (' a1', 'CPU', 'X')", "serial_key", id="a key twice, filled in"),
        pytest.param("UPDATE serial SET serial_no = NULL", "serial_no", id="a serial without a number"),
        pytest.param("UPDATE serial SET origin = 'FOUND'", "ck_serial_origin", id="an origin unheard of"),
        pytest.param(
            "INSERT INTO line_unit (line_id, unit_no) VALUES (1, 3)",
            "above the quantity",
            id="a unit above the quantity",
        ),
        pytest.param(
            "INSERT INTO line_unit (line_id, unit_no) VALUES (2, 4)",
            "above the quantity",
            id="a unit above a negative quantity",
        ),
        pytest.param(
            "INSERT INTO line_unit (line_id, unit_no) VALUES (1, 2), (1, 3)",
            "above the quantity",
            id="one unit of two above",
        ),
        pytest.param(
            "INSERT INTO line_unit (line_id, unit_no) VALUES (1, 0)",
            "ck_line_unit_unit_no",
            id="a unit numbered nought",
        ),
        pytest.param(
            "INSERT INTO line_unit (line_id, unit_no) VALUES (9, 1)", "(?i)foreign key", id="a unit of no line"
        ),
        pytest.param(
            "UPDATE line_unit SET unit_no = 3 WHERE line_id = 1", "above the quantity", id="a unit moved above"
        ),
        pytest.param(
            "UPDATE line_unit SET line_id = 1 WHERE line_id = 2",
            "above the quantity",
            id="a unit moved to a smaller line",
        ),
        pytest.param(
            "UPDATE document_line SET quantity = 2 WHERE line_id = 2",
            "above the quantity",
            id="a quantity lowered below",
        ),
        pytest.param("UPDATE document_line SET quantity = 0", "above the quantity", id="a quantity set to nought"),
        pytest.param(f"{MEMO_LINE} 1, 'CPU', 2, 100, 0, 200, 10)", "credit_memo_line", id="a line credited twice"),
        pytest.param(
            f"{MEMO_LINE} 2, 'CPU', 3, 100, 0, 200, 10)", "ck_credit_memo_line_net", id="a line whose net is wrong"
        ),
        pytest.param(
            f"{MEMO_LINE} 2, 'CPU', 0, 100, 0, 0, 0)", "ck_credit_memo_line_quantity", id="a line that credits nothing"
        ),
        pytest.param(
            f"{MEMO} ('CM-1', 1, 'C1', 'HQ', 'EUR', '2026-11-23', 0, 0, 0, 1)",
            "credit_memo_no",
            id="a memo number twice",
        ),
        pytest.param(
            f"{MEMO} ('CM-2', 1, 'C1', 'HQ', 'EUR', '2026-11-23', 1, 1, 3, 1)",
            "ck_credit_memo_total",
            id="a total that is wrong",
        ),
        *(pytest.param(f"DELETE FROM {table}", f"{table} is final", id=f"{table} deleted") for table in FINAL_TABLES),
        pytest.param("UPDATE credit_memo SET customer_code = 'C2'", "credit_memo is final", id="credit_memo edited"),
        pytest.param("UPDATE credit_memo SET status = 'OPEN'", "credit_memo is final", id="a memo's status touched"),
        pytest.param(
            "UPDATE credit_memo_line SET tax_minor = 0", "credit_memo_line is final", id="credit_memo_line edited"
        ),
        pytest.param(
            "UPDATE serial_history SET to_area_code = 'X'", "serial_history is final", id="serial_history edited"
        ),
        pytest.param("UPDATE run SET lines_read = 1", "ck_run_lines_add_up", id="figures that do not add up"),
        pytest.param("DELETE FROM document_line WHERE line_id = 1", "(?i)foreign key", id="a credited line deleted"),
        pytest.param(
            "INSERT INTO location (location_code, is_default) VALUES ('A', '1'), ('B', '1')",
            "is_default",
            id="two defaults",
        ),
        pytest.param(
            "INSERT INTO number_sequence (sequence_code, kind, allocation) VALUES ('CM', 'CREDIT_MEMO', 'BLOCK')",
            "ck_number_sequence_memo_numbers_gapless",
            id="memo numbers in blocks",
        ),
        pytest.param(
            "INSERT INTO document (document_type, document_no, customer_code, document_date)"
            " VALUES ('RETURN', 'R1', 'C9', '2026-11-24')",
            "document_no",
            id="a document number twice",
        ),
    ],
)
def test_the_database_itself_refuses(shop: sa.Connection, statement: str, because: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=because):
        shop.exec_driver_sql(statement)


def test_final_tables_cannot_be_truncated(postgresql_database: Database) -> None:
    with postgresql_database.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="final"):
        connection.exec_driver_sql("TRUNCATE credit_memo CASCADE")


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("INSERT INTO line_unit (line_id, unit_no) VALUES (1, 2)", id="the last unit"),
        pytest.param("UPDATE document_line SET quantity = -4 WHERE line_id = 2", id="a quantity raised"),
        pytest.param("UPDATE document_line SET quantity = 1, status = 'POSTED' WHERE line_id = 1", id="just enough"),
        pytest.param("UPDATE line_unit SET action = 'GENERATED' WHERE line_id = 2", id="a unit's action"),
        pytest.param("DELETE FROM line_unit WHERE line_id = 2", id="a unit taken off"),
        pytest.param(
            "INSERT INTO document (document_type, document_no, customer_code, document_date)"
            " VALUES ('POS_INVOICE', 'R1', 'no such customer', '2026-11-24')",
            id="a document of an unknown customer",
        ),
    ],
)
def test_the_database_lets_pass(shop: sa.Connection, statement: str) -> None:
    assert shop.exec_driver_sql(statement).rowcount == 1


@pytest.mark.parametrize(
    ("serial_no", "mfr_serial_no", "serial_key", "mfr_serial_key"),
    [
        pytest.param("b-2", None, "B-2", None, id="upper case"),
        pytest.param(" b\t2\r\n", " m 7 ", "B2", "M7", id="blanks removed"),
        pytest.param("istanbul-i", "", "ISTANBUL-I", None, id="blank manufacturer's serial"),
        pytest.param("b~2!", "m_7%", "B~2!", "M_7%", id="punctuation kept"),
        pytest.param("é2", "m7", None, "M7", id="left to a run"),
        pytest.param("B2", "m\u200b7", "B2", None, id="manufacturer's left to a run"),
        pytest.param("b\x1b2", "\x7f7", None, None, id="control characters left to a run"),
        pytest.param("00123", "1E5", "00123", "1E5", id="text that looks like a number"),
    ],
)
def test_keys_are_filled_in_for_other_writers(
    shop: sa.Connection, serial_no: str, mfr_serial_no: str | None, serial_key: str | None, mfr_serial_key: str | None
) -> None:
    expected = (serial_key, mfr_serial_key, None, None)
    keys = "SELECT serial_key, mfr_serial_key, serial_near, mfr_serial_near FROM serial WHERE serial_no = :no"
    given = {"no": serial_no, "mfr": mfr_serial_no}
    shop.execute(sa.text(f"{SERIAL}, mfr_serial_no) VALUES (:no, 'CPU', 'CRMA', :mfr)"), given)
    assert tuple(shop.execute(sa.text(keys), given).one()) == expected
    shop.execute(sa.text("DELETE FROM serial WHERE serial_no = :no"), given)
    shop.execute(sa.text("UPDATE serial SET serial_no = :no, mfr_serial_no = :mfr WHERE serial_id = 1"), given)
    assert tuple(shop.execute(sa.text(keys), given).one()) == expected


def test_keys_that_are_given_stand(shop: sa.Connection) -> None:
    shop.exec_driver_sql(
        f"{SERIAL}, serial_key, mfr_serial_no, mfr_serial_key) VALUES ('b', 'CPU', 'X', 'K', 'm', 'MK')"
    )
    changed = "SET mfr_serial_no = 'n', mfr_serial_key = 'N', mfr_serial_near = 'N', serial_near = 'S'"
    shop.exec_driver_sql(f"UPDATE serial {changed} WHERE serial_key = 'K'")
    found = shop.exec_driver_sql(
        "SELECT serial_key, serial_near, mfr_serial_key, mfr_serial_near FROM serial WHERE serial_no = 'b'"
    )
    assert tuple(found.one()) == ("K", "S", "N", "N")


def test_a_changed_manufacturers_serial_is_found_by_the_next_run(shop: sa.Connection) -> None:
    shop.exec_driver_sql("UPDATE serial SET mfr_serial_no = 'M-1' WHERE serial_id = 1")
    found = shop.exec_driver_sql("SELECT serial_key, mfr_serial_key FROM serial WHERE serial_near IS NULL")
    assert tuple(found.one()) == ("A1", "M-1")


def test_open_documents_are_found_by_their_index_on_sqlite(sqlite_database: Database) -> None:
    query = sa.select(DOCUMENT).where(DOCUMENT_IS_OPEN).order_by(DOCUMENT.c.document_id)
    with sqlite_database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query.compile(dialect=connection.dialect)}").all()
    assert [row[3] for row in plan] == ["SCAN document USING INDEX ix_document_open"]


def test_the_report_counts_lines_once(shop: sa.Connection) -> None:
    rows = [("OPEN", 1, 1), ("OPEN", 1, 2), ("RESOLVED", 2, 1), ("OPEN", None, None)]
    for status, line_no, unit_no in rows:
        shop.execute(
            sa.text(
                "INSERT INTO exception (run_id, last_run_id, code, severity, document_type, document_no, line_no,"
                " unit_no, sheet_row, message, status) VALUES (1, 1, 'SERIAL_UNKNOWN', 'REFUSE', 'RETURN', 'R1',"
                " :line_no, :unit_no, 5, 'unknown', :status)"
            ),
            {"status": status, "line_no": line_no, "unit_no": unit_no},
        )
    found = shop.exec_driver_sql("SELECT run_id, code, severity, lines, open_lines FROM exception_report").all()
    assert [tuple(row) for row in found] == [(1, "SERIAL_UNKNOWN", "REFUSE", 3, 2)]
