"""Do the work the way a user's first script does: read_excel, iterrows, the ORM, a SELECT a row. For comparison only.

It knows no rules: it looks each unit up, makes a serial where there is none, and writes history and memo.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import Session

from batch.edge.database import open_database

TODAY = dt.date(2026, 4, 1)


def main(url: str, path: Path) -> float:
    """Settle a sheet row by row; seconds."""
    engine = open_database(url)
    mapped = automap_base()
    mapped.prepare(autoload_with=engine)
    started = time.perf_counter()
    sheet = pd.read_excel(path, dtype=object)
    with Session(engine) as session:
        run = mapped.classes.run(job="script", business_date=TODAY)
        session.add(run)
        session.flush()
        for number, row in sheet.iterrows():
            _settle(session, mapped.classes, row, run.run_id, int(str(number)))
        session.commit()
    engine.dispose()
    return time.perf_counter() - started


def _settle(session: Session, tables: Any, row: Any, run_id: int, number: int) -> None:
    document = session.scalars(
        select(tables.document).where(
            tables.document.document_type == "RETURN", tables.document.document_no == row["Document #"]
        )
    ).first()
    if document is None:
        document = tables.document(
            document_type="RETURN",
            document_no=row["Document #"],
            location_code=row["Location"],
            customer_code=row["Customer"],
            document_date=TODAY,
            status="POSTED",
        )
        session.add(document)
        session.flush()
    line = tables.document_line(
        document_id=document.document_id, line_no=row["Line"], item_code=row["Item"], quantity=row["Quantity"]
    )
    session.add(line)
    session.flush()
    for unit in range(int(row["Quantity"])):
        _take_in(session, tables, row, f"N{number:09}-{unit}")
    _credit(session, tables, row, run_id, document.document_id, line.line_id)


def _take_in(session: Session, tables: Any, row: Any, fresh: str) -> None:
    wanted = row["Serial #"] if isinstance(row["Serial #"], str) else fresh
    serial = session.scalars(select(tables.serial).where(tables.serial.serial_no == wanted)).first()
    if serial is None:
        serial = tables.serial(
            serial_no=wanted, serial_key=wanted, serial_near=wanted, item_code=row["Item"], area_code="RETURNS"
        )
        session.add(serial)
        session.flush()
    session.add(tables.serial_history(serial_id=serial.serial_id, action="RECEIVED", business_date=TODAY))


def _credit(  # noqa: PLR0917 - a script is no model
    session: Session, tables: Any, row: Any, run_id: int, document_id: int, line_id: int
) -> None:
    price = round(row["Unit Price"] * 100)
    net = int(row["Quantity"]) * price
    memo = session.scalars(select(tables.credit_memo).where(tables.credit_memo.document_id == document_id)).first()
    if memo is None:
        memo = tables.credit_memo(
            credit_memo_no=f"M{document_id:09}",
            document_id=document_id,
            customer_code=row["Customer"],
            location_code=row["Location"],
            currency="USD",
            memo_date=TODAY,
            net_minor=net,
            tax_minor=0,
            total_minor=net,
            run_id=run_id,
        )
        session.add(memo)
        session.flush()
    session.add(
        tables.credit_memo_line(
            credit_memo_id=memo.credit_memo_id,
            line_id=line_id,
            item_code=row["Item"],
            quantity=int(row["Quantity"]),
            unit_price_minor=price,
            discount_minor=0,
            net_minor=net,
            tax_minor=0,
        )
    )


if __name__ == "__main__":
    print(main(sys.argv[1], Path(sys.argv[2])))
