"""Write the reference files of a small shop and intake files for it, as the worked examples of the trade have them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

REFERENCE: Final = {
    "location": """\
location_code,name,parent_location_code,is_default,out_area_code,credit_order_area_code,service_area_code,credit_memo_area_code
MAIN,Main,,true,,,,
HQ,Head office,,,RELEASED,CRMA-EX,REPAIRS-IN,CRMA
HQ-SALES,Sales,HQ,,,,,
""",
    "stock_area": """\
area_code,area_type
RELEASED,OUT
CRMA-EX,OUT
REPAIRS-IN,OUT
CRMA,STOCK
MAIN-STOCK,STOCK
""",
    "number_sequence": """\
sequence_code,kind,location_code,mask,next_number
S-HQ,SERIAL,HQ,{seq},5001
S-MAIN,SERIAL,MAIN,M{seq},900
C-HQ,CREDIT_MEMO,HQ,CM-HQ-{seq:05},1
C-MAIN,CREDIT_MEMO,MAIN,CM-MAIN-{seq:05},1
""",
    "item": """\
item_code,description,inventory_type,list_price,average_cost
CPU,Processor,SERIALIZED,150.00,100.00
CABLE,Cable,NON_INVENTORIED,2.00,1.00
""",
    "customer": "customer_code,name,currency\nC1,One,USD\nC2,Two,USD\n",
}

HEADER: Final = "Document #,Location,Customer,Item,Quantity,Generate Quantity\n"
GOOD: Final = "R-1,HQ,C1,CPU,3,\n"
TOO_MANY: Final = "R-2,HQ,C1,CPU,3,4\n"


def reference_files(folder: Path) -> list[str]:
    """Write the reference files into a folder and give their paths."""
    for name, text in REFERENCE.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.csv") for name in REFERENCE]


def intake_file(path: Path, *rows: str) -> Path:
    """Write an intake file of these rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path
