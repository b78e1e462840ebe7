"""Say what can become of a unit in a run: one class of a fixed list for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

GENERATED = "generated"
ATTACHED = "attached"
ADOPTED = "adopted"
RECEIVED = "received"
BY_QUANTITY = "by quantity"
SILENT = "posted, no memo"
IN_STOCK = "already in stock"
ON_OTHER_DOCUMENT = "on another document"
OTHER_ITEM = "other item"
UNKNOWN = "unknown"
AMBIGUOUS = "ambiguous"
REPEATED = "repeated"
OVER_QUANTITY = "over quantity"
HELD = "held"
REFUSED = "line refused"

# In the order in which people read them; what was done first.
CLASSES: Mapping[str, str] = MappingProxyType(
    {
        GENERATED: "A new serial was made for the unit.",
        ATTACHED: "The unit is in the register; its serial was attached.",
        ADOPTED: "The serial that was named came into the register as it is.",
        RECEIVED: "The unit of a credit order came; its serial is from an earlier run.",
        BY_QUANTITY: "Goods without serials, credited by quantity.",
        SILENT: "Goods without serials on a slip that writes no memo.",
        IN_STOCK: "Refused: the unit is in our stock already.",
        ON_OTHER_DOCUMENT: "Refused: another open document holds the unit.",
        OTHER_ITEM: "Refused: the serial belongs to another item.",
        UNKNOWN: "Refused: the serial is not in the register.",
        AMBIGUOUS: "Refused: several units bear this manufacturer's serial.",
        REPEATED: "Refused: the unit is named twice on its document.",
        OVER_QUANTITY: "Refused: named beyond the quantity of its line, so not among the units to be returned.",
        HELD: "Its line is good, but its document is held for another line.",
        REFUSED: "Its line is refused for a reason that is not this unit's, or for one given under Code.",
    }
)

POSTED_CLASSES = (GENERATED, ATTACHED, ADOPTED, RECEIVED, BY_QUANTITY, SILENT)

_BY_CODE: Mapping[str, str] = MappingProxyType(
    {
        "SERIAL_ALREADY_IN_STOCK": IN_STOCK,
        "SERIAL_ON_OTHER_DOCUMENT": ON_OTHER_DOCUMENT,
        "SERIAL_OTHER_ITEM": OTHER_ITEM,
        "SERIAL_UNKNOWN": UNKNOWN,
        "MFR_SERIAL_AMBIGUOUS": AMBIGUOUS,
        "SERIAL_REPEATED": REPEATED,
    }
)


def class_of_unit(own: Collection[str], of_line: Collection[str]) -> str:
    """Class a refused unit by the codes that are its `own`, else by those `of_line` it is on."""
    for code, unit_class in _BY_CODE.items():
        if code in own:
            return unit_class
    return HELD if set(of_line) == {"DOCUMENT_HELD"} else REFUSED
