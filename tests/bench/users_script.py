"""Do the work the way a user's first script does: read_excel, iterrows, the ORM, a SELECT a row. For comparison only.

It knows no rules: it looks each unit up, makes a serial where there is none, and writes history and memo.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

import pandas as pd
from sqlalchemy import select
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import Session

from batch.edge.database import open_database


def main(url: str, path: Path) -> float:
    """Settle a sheet row by row; seconds."""
    engine = open_database(url)
    mapped = automap_base()
    mapped.prepare(autoload_with=engine)
    serials, history, runs = mapped.classes.serial, mapped.classes.serial_history, mapped.classes.run
    documents, lines = mapped.classes.document, mapped.classes.document_line
    memos, memo_lines = mapped.classes.credit_memo, mapped.classes.credit_memo_line
    today = dt.date(2026, 4, 1)
    started = time.perf_counter()
    sheet = pd.read_excel(path, dtype=object)
    with Session(engine) as session:
        run = runs(job="script", business_date=today)
        session.add(run)
        session.flush()
        number = 0
        for _, row in sheet.iterrows():
            document = session.scalars(
                select(documents).where(documents.document_type == "RETURN", documents.document_no == row["Document #"])
            ).first()
            if document is None:
                document = documents(
                    document_type="RETURN",
                    document_no=row["Document #"],
                    location_code=row["Location"],
                    customer_code=row["Customer"],
                    document_date=today,
                    status="POSTED",
                )
                session.add(document)
                session.flush()
            line = lines(
                document_id=document.document_id, line_no=row["Line"], item_code=row["Item"], quantity=row["Quantity"]
            )
            session.add(line)
            session.flush()
            for _unit in range(int(row["Quantity"])):
                number += 1
                wanted = row["Serial #"] if isinstance(row["Serial #"], str) else f"N{number:09}"
                serial = session.scalars(select(serials).where(serials.serial_no == wanted)).first()
                if serial is None:
                    serial = serials(
                        serial_no=wanted,
                        serial_key=wanted,
                        serial_near=wanted,
                        item_code=row["Item"],
                        area_code="RETURNS",
                    )
                    session.add(serial)
                    session.flush()
                session.add(history(serial_id=serial.serial_id, action="RECEIVED", business_date=today))
            net = int(row["Quantity"]) * round(row["Unit Price"] * 100)
            memo = session.scalars(select(memos).where(memos.document_id == document.document_id)).first()
            if memo is None:
                memo = memos(
                    credit_memo_no=f"M{document.document_id:09}",
                    document_id=document.document_id,
                    customer_code=row["Customer"],
                    location_code=row["Location"],
                    currency="USD",
                    memo_date=today,
                    net_minor=net,
                    tax_minor=0,
                    total_minor=net,
                    run_id=run.run_id,
                )
                session.add(memo)
                session.flush()
            session.add(
                memo_lines(
                    credit_memo_id=memo.credit_memo_id,
                    line_id=line.line_id,
                    item_code=row["Item"],
                    quantity=int(row["Quantity"]),
                    unit_price_minor=round(row["Unit Price"] * 100),
                    discount_minor=0,
                    net_minor=net,
                    tax_minor=0,
                )
            )
        session.commit()
    engine.dispose()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(main(sys.argv[1], Path(sys.argv[2])))
