"""Keep in one place what the database itself refuses or fills in by trigger, for both dialects."""

from __future__ import annotations

import sqlalchemy as sa

# What may stand in a plain text, and the blanks among it. A text with anything else is left to a run, which knows more.
_BLANKS = (9, 10, 13, 32)
FINAL_TABLES = ("credit_memo", "credit_memo_line", "serial_history")


def create_triggers(connection: sa.Connection) -> None:
    """Create every trigger of the schema on a database that has its tables and none of the triggers."""
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _sqlite_key(column: str) -> str:
    stripped = column
    for code in _BLANKS:
        stripped = f"replace({stripped}, char({code}), '')"
    # NUL ends a text for GLOB, so it is looked for by itself.
    plain = f"{column} NOT GLOB '*[^' || char(9, 10, 13) || ' -~]*' AND instr({column}, char(0)) = 0"
    return f"CASE WHEN {plain} THEN upper({stripped}) END"


_SQLITE_QUANTITY = "SELECT RAISE(ABORT, 'line_unit.unit_no is above the quantity of its document_line');"

_SQLITE = (
    f"""
    CREATE TRIGGER line_unit_insert BEFORE INSERT ON line_unit
    WHEN NEW.unit_no > (SELECT abs(quantity) FROM document_line WHERE line_id = NEW.line_id)
    BEGIN {_SQLITE_QUANTITY} END
    """,
    f"""
    CREATE TRIGGER line_unit_update BEFORE UPDATE OF line_id, unit_no ON line_unit
    WHEN NEW.unit_no > (SELECT abs(quantity) FROM document_line WHERE line_id = NEW.line_id)
    BEGIN {_SQLITE_QUANTITY} END
    """,
    f"""
    CREATE TRIGGER document_line_quantity BEFORE UPDATE OF quantity ON document_line
    WHEN EXISTS (SELECT 1 FROM line_unit WHERE line_id = NEW.line_id AND unit_no > abs(NEW.quantity))
    BEGIN {_SQLITE_QUANTITY} END
    """,
    f"""
    CREATE TRIGGER serial_insert AFTER INSERT ON serial
    WHEN NEW.serial_key IS NULL OR (NEW.mfr_serial_key IS NULL AND NEW.mfr_serial_no IS NOT NULL)
    BEGIN
        UPDATE serial
        SET serial_key = coalesce(NEW.serial_key, {_sqlite_key("NEW.serial_no")}),
            mfr_serial_key = coalesce(NEW.mfr_serial_key, nullif({_sqlite_key("NEW.mfr_serial_no")}, ''))
        WHERE serial_id = NEW.serial_id;
    END
    """,
    f"""
    CREATE TRIGGER serial_update_serial_no AFTER UPDATE OF serial_no ON serial
    WHEN NEW.serial_no IS NOT OLD.serial_no AND NEW.serial_key IS OLD.serial_key
    BEGIN
        UPDATE serial SET serial_key = {_sqlite_key("NEW.serial_no")}, serial_near = NULL
        WHERE serial_id = NEW.serial_id;
    END
    """,
    f"""
    CREATE TRIGGER serial_update_mfr_serial_no AFTER UPDATE OF mfr_serial_no ON serial
    WHEN NEW.mfr_serial_no IS NOT OLD.mfr_serial_no AND NEW.mfr_serial_key IS OLD.mfr_serial_key
    BEGIN
        -- serial_near too: it is by serial_near that a run finds what it has to normalise.
        UPDATE serial
        SET mfr_serial_key = nullif({_sqlite_key("NEW.mfr_serial_no")}, ''),
            mfr_serial_near = NULL, serial_near = NULL
        WHERE serial_id = NEW.serial_id;
    END
    """,
    *(
        f"""
        CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is final: no row of it is edited or deleted'); END
        """
        for table in FINAL_TABLES
        for action in ("UPDATE", "DELETE")
    ),
)


def _postgresql_key(column: str) -> str:
    blanks = "".join(f"\\x{code:02x}" for code in _BLANKS)
    # By bytes, not by the database's own locale: in a Turkish one the capital of i is not I.
    plain = f"({column} COLLATE \"C\") !~ '[^\\t\\n\\r -~]'"
    return f"CASE WHEN {plain} THEN upper(translate({column}, E'{blanks}', '') COLLATE \"C\") END"


_POSTGRESQL_QUANTITY = """
    RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = 'line_unit', CONSTRAINT = 'line_unit_quantity',
        MESSAGE = 'line_unit.unit_no is above the quantity of its document_line';
"""

# Whoever adds a unit holds a key share lock on its line, by the foreign key, before its trigger reads the quantity. Who
# changes the quantity waits for all of those and then reads their units. A new unit_no alone has to take that lock.
_LINE_UNIT_UPDATE = f"""
    CREATE OR REPLACE FUNCTION line_unit_update() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM document_line WHERE line_id = NEW.line_id FOR KEY SHARE;
        IF NEW.unit_no > (SELECT abs(quantity) FROM document_line WHERE line_id = NEW.line_id)
        THEN {_POSTGRESQL_QUANTITY}
        END IF;
        RETURN NULL;
    END $$
"""

_DOCUMENT_LINE_QUANTITY = f"""
    CREATE OR REPLACE FUNCTION document_line_quantity() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM document_line WHERE line_id = NEW.line_id FOR UPDATE;
        IF EXISTS (SELECT 1 FROM line_unit WHERE line_id = NEW.line_id AND unit_no > abs(NEW.quantity))
        THEN {_POSTGRESQL_QUANTITY}
        END IF;
        RETURN NULL;
    END $$
"""

_POSTGRESQL = (
    # One look-up a line, planned as such whatever the number of lines on file.
    f"""
    CREATE FUNCTION line_unit_insert() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM (SELECT line_id, max(unit_no) AS unit_no FROM new_units GROUP BY line_id) AS asked
            WHERE asked.unit_no > (SELECT abs(quantity) FROM document_line WHERE line_id = asked.line_id)
        ) THEN {_POSTGRESQL_QUANTITY}
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER line_unit_insert AFTER INSERT ON line_unit
    REFERENCING NEW TABLE AS new_units FOR EACH STATEMENT EXECUTE FUNCTION line_unit_insert()
    """,
    _LINE_UNIT_UPDATE,
    """
    CREATE TRIGGER line_unit_update AFTER UPDATE OF line_id, unit_no ON line_unit
    FOR EACH ROW EXECUTE FUNCTION line_unit_update()
    """,
    _DOCUMENT_LINE_QUANTITY,
    # By row, and only where the quantity changes: our own updates of a status pass it by.
    """
    CREATE TRIGGER document_line_quantity AFTER UPDATE OF quantity ON document_line
    FOR EACH ROW WHEN (NEW.quantity IS DISTINCT FROM OLD.quantity) EXECUTE FUNCTION document_line_quantity()
    """,
    # After, not before: a trigger before the row would make COPY insert rows one by one.
    f"""
    CREATE FUNCTION serial_insert() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE serial
        SET serial_key = coalesce(NEW.serial_key, {_postgresql_key("NEW.serial_no")}),
            mfr_serial_key = coalesce(NEW.mfr_serial_key, nullif({_postgresql_key("NEW.mfr_serial_no")}, ''))
        WHERE serial_id = NEW.serial_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER serial_insert AFTER INSERT ON serial FOR EACH ROW
    WHEN (NEW.serial_key IS NULL OR (NEW.mfr_serial_key IS NULL AND NEW.mfr_serial_no IS NOT NULL))
    EXECUTE FUNCTION serial_insert()
    """,
    f"""
    CREATE FUNCTION serial_update() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.serial_no IS DISTINCT FROM OLD.serial_no AND NEW.serial_key IS NOT DISTINCT FROM OLD.serial_key THEN
            NEW.serial_key := {_postgresql_key("NEW.serial_no")};
            NEW.serial_near := NULL;
        END IF;
        IF NEW.mfr_serial_no IS DISTINCT FROM OLD.mfr_serial_no
            AND NEW.mfr_serial_key IS NOT DISTINCT FROM OLD.mfr_serial_key THEN
            NEW.mfr_serial_key := nullif({_postgresql_key("NEW.mfr_serial_no")}, '');
            NEW.mfr_serial_near := NULL;
            -- It is by serial_near that a run finds what it has to normalise.
            NEW.serial_near := NULL;
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER serial_update BEFORE UPDATE OF serial_no, mfr_serial_no ON serial
    FOR EACH ROW EXECUTE FUNCTION serial_update()
    """,
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME,
            MESSAGE = TG_TABLE_NAME || ' is final: no row of it is edited or deleted';
    END $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table}
        FOR EACH {level} EXECUTE FUNCTION refuse_change()
        """
        for table in FINAL_TABLES
        for action, level in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT"))
    ),
)

QUANTITY_FUNCTIONS = (_LINE_UNIT_UPDATE, _DOCUMENT_LINE_QUANTITY)
TRIGGERS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
