"""Match the units a line names to the register: attach what is known, generate what is not, refuse what cannot be.

A document is judged against what the documents before it left; its own lines see one another only through
`Mentioned`, so the order of its effects never matters. Source: rules R8 to R12, R19 and R24.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from batch.core.chunk import Chunk, Item, NamedUnit, OpenDocument, Unit
from batch.core.codes import Refusal
from batch.core.document_names import document_words
from batch.core.keys import serial_key
from batch.core.mfr_check import MfrCheckError, mfr_serial_check
from batch.core.register import Register
from batch.core.say import Speaker

Line = Mapping[str, Any]


@dataclasses.dataclass(slots=True)
class UnitPlan:
    """What is to become of one unit of a line: `unit` attached, or (None) a serial generated or adopted for it."""

    unit_no: int
    unit: Unit | None
    mfr_serial_no: str | None
    mfr_serial_key: str | None
    adopt: str | None = None
    # Whether a row of the line's units stands for it already, with its names.
    on_file: bool = True

    @property
    def generates(self) -> bool:
        """Whether a number must be issued for this unit."""
        return self.unit is None and self.adopt is None


@dataclasses.dataclass(slots=True)
class Mentioned:
    """All units that a document has named so far, whatever became of the line."""

    serial_keys: set[str] = dataclasses.field(default_factory=set)
    mfr_keys: set[tuple[str, str]] = dataclasses.field(default_factory=set)
    units: set[int] = dataclasses.field(default_factory=set)

    def note_unit(self, unit: Unit) -> None:
        """Note a unit that a name has led to, so that its other name is known too."""
        self.units.add(id(unit))
        self.serial_keys.add(unit.serial_key)


class Matcher:
    """Match the units of one chunk's lines, one line after another."""

    def __init__(self, chunk: Chunk, register: Register, speaker: Speaker) -> None:
        """Keep the chunk's world and the register as it stands."""
        self._register = register
        self._speaker = speaker
        self._items = chunk.items
        self._open_documents: dict[int, OpenDocument] = dict(chunk.open_documents)
        self._area_types = {code: area.area_type for code, area in chunk.places.areas.items()}

    def match(
        self, line: Line, named: Iterable[NamedUnit], mentioned: Mentioned
    ) -> tuple[list[UnitPlan], list[Refusal]]:
        """Give a plan for each named unit, and every reason (or warning) found on the way."""
        plans: list[UnitPlan] = []
        reasons: list[Refusal] = []
        for unit in named:
            plan = self._one(line, unit, mentioned, reasons)
            if plan is not None:
                plans.append(plan)
        return plans, reasons

    def note(self, line: Line, named: Iterable[NamedUnit], mentioned: Mentioned) -> None:
        """Note what a line names that is not matched itself (posted before, or refused before matching)."""
        for unit in named:
            attached = self._register.by_id.get(unit.serial_id or 0)
            if attached is not None:
                mentioned.note_unit(attached)
            self._note(line["item_code"], unit, mentioned)
        for extra in line["surplus_units"] or ():
            unit = NamedUnit(0, extra.get("serial_no"), extra.get("mfr_serial_no"), None, None)
            self._note(line["item_code"], unit, mentioned)

    def hold_open(self, document_id: int, document: OpenDocument) -> None:
        """Note a document of this chunk that now holds units."""
        self._open_documents[document_id] = document

    def _note(self, item_code: str, named: NamedUnit, mentioned: Mentioned) -> None:
        if named.serial_no:
            mentioned.serial_keys.add(serial_key(named.serial_no))
        if not named.mfr_serial_no:
            return
        mfr_key = serial_key(named.mfr_serial_no)
        mentioned.mfr_keys.add((item_code, mfr_key))
        if named.serial_no is None and named.serial_id is None:
            units = self._register.with_mfr(item_code, mfr_key)
            meant = units if len(units) == 1 else self._outside(units)
            if len(meant) == 1:
                mentioned.note_unit(meant[0])

    def _one(self, line: Line, named: NamedUnit, mentioned: Mentioned, reasons: list[Refusal]) -> UnitPlan | None:
        key = serial_key(named.serial_no) if named.serial_no else None
        mfr_key = serial_key(named.mfr_serial_no) if named.mfr_serial_no else None
        if self._repeated(line, named, key, mfr_key, mentioned, reasons):
            return None
        unit: Unit | None
        if named.serial_id is not None:
            unit = self._register.by_id.get(named.serial_id)
            if unit is None:
                said = f"the unit attached (serial id {named.serial_id}) is not on file"
                reasons.append(self._about(line, named, "SERIAL_UNKNOWN", said, {"serial_id": named.serial_id}))
                return None
        elif key:
            unit = self._register.by_key.get(key)
            if unit is None:
                return self._not_in_register(line, named, key, mfr_key, reasons)
        elif mfr_key:
            found, unit = self._by_mfr(line, named, mfr_key, mentioned, reasons)
            if unit is None:
                return UnitPlan(named.unit_no, None, named.mfr_serial_no, mfr_key) if found else None
        else:
            return UnitPlan(named.unit_no, None, None, None)
        if _is_mentioned(unit, key, mentioned):
            name = named.serial_no or named.mfr_serial_no or "the unit attached"
            reasons.append(self._repeat(line, named, f"{name} is serial {unit.serial_no}, which is named"))
            return None
        mentioned.note_unit(unit)
        if key and key != unit.serial_key:
            said = f"serial {named.serial_no} is named, and the unit attached is {unit.serial_no}"
            evidence = {"serial_no": named.serial_no, "attached": unit.serial_no}
            reasons.append(self._about(line, named, "SERIAL_MISMATCH", said, evidence))
            return None
        self._judge_attached(line, named, unit, mfr_key, reasons)
        return UnitPlan(named.unit_no, unit, named.mfr_serial_no, mfr_key)

    def _repeated(  # noqa: PLR0917 - the names of a unit and what has been named before
        self,
        line: Line,
        named: NamedUnit,
        key: str | None,
        mfr_key: str | None,
        mentioned: Mentioned,
        reasons: list[Refusal],
    ) -> bool:
        mfr = (line["item_code"], mfr_key) if mfr_key else None
        repeated = key in mentioned.serial_keys
        name = named.serial_no if repeated else named.mfr_serial_no
        repeated = repeated or mfr in mentioned.mfr_keys
        if key:
            mentioned.serial_keys.add(key)
        if mfr:
            mentioned.mfr_keys.add(mfr)
        if repeated:
            reasons.append(self._repeat(line, named, f"{name} is named"))
        return repeated

    def _not_in_register(
        self, line: Line, named: NamedUnit, key: str, mfr_key: str | None, reasons: list[Refusal]
    ) -> UnitPlan | None:
        assert named.serial_no, "a unit found missing by a name it does not have"
        if line["legacy"]:
            if mfr_key:
                self._judge_new_mfr(line, named, mfr_key, reasons)
            return UnitPlan(named.unit_no, None, named.mfr_serial_no, mfr_key, adopt=named.serial_no)
        near = self._register.near(key)
        hint = f"; {near.serial_no} (in area {near.area_code}) looks almost the same" if near else ""
        evidence = {"near": near.serial_no} if near else {}
        reasons.append(
            self._about(line, named, "SERIAL_UNKNOWN", f"serial {named.serial_no} is not on file{hint}", evidence)
        )
        return None

    def _by_mfr(
        self, line: Line, named: NamedUnit, mfr_key: str, mentioned: Mentioned, reasons: list[Refusal]
    ) -> tuple[bool, Unit | None]:
        """Find the one unit outside that bears a manufacturer's serial: (whether to go on, the unit or None)."""
        units = self._register.with_mfr(line["item_code"], mfr_key)
        if not units:
            return self._judge_new_mfr(line, named, mfr_key, reasons), None
        if len(units) == 1 and _is_mentioned(units[0], None, mentioned):
            said = f"{named.mfr_serial_no} is on serial {units[0].serial_no}, which is named"
            reasons.append(self._repeat(line, named, said))
            return False, None
        outside = self._outside(units)
        if len(outside) == 1:
            return True, outside[0]
        if outside:
            serials = sorted(unit.serial_no for unit in outside)
            said = f"{len(serials)} units outside bear {named.mfr_serial_no}: {', '.join(serials[:10])}"
            evidence = {"serials": [f"{unit.serial_no} in {unit.area_code}" for unit in _by_serial(outside)]}
            reasons.append(self._about(line, named, "MFR_SERIAL_AMBIGUOUS", said, evidence))
            return False, None
        if len(units) == 1:
            mentioned.note_unit(units[0])
        reasons.extend(self._not_outside(line, named, unit) for unit in _by_serial(units)[:1])
        return False, None

    def _outside(self, units: Iterable[Unit]) -> list[Unit]:
        return [unit for unit in units if self._area_types.get(unit.area_code) == "OUT"]

    def _judge_attached(
        self, line: Line, named: NamedUnit, unit: Unit, mfr_key: str | None, reasons: list[Refusal]
    ) -> None:
        """Add every reason why this known unit cannot be attached to the line."""
        if unit.item_code != line["item_code"]:
            said = f"serial {unit.serial_no} is of item {unit.item_code}, not {line['item_code']}"
            evidence: Mapping[str, object] = {"serial_no": unit.serial_no, "item_code": unit.item_code}
            reasons.append(self._about(line, named, "SERIAL_OTHER_ITEM", said, evidence))
        if self._area_types.get(unit.area_code) != "OUT":
            reasons.append(self._not_outside(line, named, unit))
        elif unit.open_document_id not in (None, line["document_id"]):
            self._judge_held(line, named, unit, reasons)
        if mfr_key and unit.mfr_serial_key and unit.mfr_serial_key != mfr_key:
            said = f"serial {unit.serial_no} bears {unit.mfr_serial_no}, not {named.mfr_serial_no}"
            evidence = {"serial_no": unit.serial_no, "mfr_serial_no": unit.mfr_serial_no}
            reasons.append(self._about(line, named, "MFR_SERIAL_MISMATCH", said, evidence, column="Mfr Serial #"))
        elif mfr_key and not unit.mfr_serial_key:
            self._judge_new_mfr(line, named, mfr_key, reasons)
        if unit.customer_code not in (None, line["customer_code"]):
            said = f"serial {unit.serial_no} was sold to {unit.customer_code}, not {line['customer_code']}"
            evidence = {"serial_no": unit.serial_no, "customer_code": unit.customer_code}
            reasons.append(self._about(line, named, "NOT_SOLD_TO_CUSTOMER", said, evidence))

    def _judge_held(self, line: Line, named: NamedUnit, unit: Unit, reasons: list[Refusal]) -> None:
        """R19: only a return by the same customer may take a unit from the service slip that holds it."""
        holder = self._open_documents.get(unit.open_document_id or 0)
        from_service = holder is not None and holder.document_type == "SERVICE"
        same_customer = holder is not None and holder.customer_code == line["customer_code"]
        if from_service and same_customer and line["takes_into_stock"] and not line["order"]:
            return
        words = document_words(holder.document_type, holder.document_no) if holder else "another document"
        said = f"serial {unit.serial_no} is held by {words}"
        evidence = {"serial_no": unit.serial_no, "document": words}
        reasons.append(self._about(line, named, "SERIAL_ON_OTHER_DOCUMENT", said, evidence))

    def _not_outside(self, line: Line, named: NamedUnit, unit: Unit) -> Refusal:
        evidence = {"serial_no": unit.serial_no, "area_code": unit.area_code}
        if unit.area_code not in self._area_types:
            said = f"serial {unit.serial_no} is in area {unit.area_code}, which is not on file"
            return self._about(line, named, "AREA_UNKNOWN", said, evidence)
        by = f", brought by {unit.brought_by}" if unit.brought_by else ""
        said = f"serial {unit.serial_no} is in our stock already, in area {unit.area_code}{by}"
        return self._about(
            line, named, "SERIAL_ALREADY_IN_STOCK", said, evidence | ({"document": unit.brought_by} if by else {})
        )

    def _judge_new_mfr(self, line: Line, named: NamedUnit, mfr_key: str, reasons: list[Refusal]) -> bool:
        """Judge a manufacturer's serial that would be put on a serial; False where it is refused."""
        item: Item = self._items[line["item_code"]]
        elsewhere = self._register.with_mfr_elsewhere(item.item_code, mfr_key)
        if elsewhere is not None:
            said = f"{named.mfr_serial_no} is also on serial {elsewhere.serial_no} of item {elsewhere.item_code}"
            evidence: Mapping[str, object] = {"serial_no": elsewhere.serial_no, "item_code": elsewhere.item_code}
            reasons.append(self._about(line, named, "MFR_SERIAL_ON_OTHER_ITEM", said, evidence, column="Mfr Serial #"))
        near = self._register.near_mfr(item.item_code, mfr_key)
        if near is not None:
            said = f"{named.mfr_serial_no} looks almost like {near.mfr_serial_no} on serial {near.serial_no}"
            evidence = {"serial_no": near.serial_no, "mfr_serial_no": near.mfr_serial_no, "area_code": near.area_code}
            reasons.append(self._about(line, named, "MFR_SERIAL_NEAR_MATCH", said, evidence, column="Mfr Serial #"))
        problem = check_problem(item, named.mfr_serial_no or "")
        if problem:
            reasons.append(
                self._about(
                    line, named, "MFR_SERIAL_INVALID", problem, {"check": item.mfr_serial_check}, "Mfr Serial #"
                )
            )
        return not problem

    def _repeat(self, line: Line, named: NamedUnit, said: str) -> Refusal:
        return self._about(line, named, "SERIAL_REPEATED", f"{said} before on the same document", {})

    def _about(  # noqa: PLR0917 - the fields of an exception about a unit
        self,
        line: Line,
        named: NamedUnit,
        code: str,
        said: str,
        evidence: Mapping[str, object],
        column: str = "",
    ) -> Refusal:
        by_mfr = named.serial_no is None and named.mfr_serial_no is not None
        in_column = column or ("Mfr Serial #" if by_mfr else "Serial #")
        value = named.mfr_serial_no if in_column == "Mfr Serial #" else named.serial_no
        return self._speaker.refusal(
            line, code, said, column=in_column, value=value, unit_no=named.unit_no, evidence=evidence
        )


def check_problem(item: Item, mfr_serial_no: str) -> str | None:
    """Say why a manufacturer's serial does not pass the check of its item; None where it does, or none is set."""
    if not item.mfr_serial_check:
        return None
    try:
        if mfr_serial_check(item.mfr_serial_check)(mfr_serial_no):
            return None
    except MfrCheckError as error:
        return f"the check set for item {item.item_code} cannot be used: {error}"
    return f"{mfr_serial_no} does not pass the check of item {item.item_code} ({item.mfr_serial_check})"


def _is_mentioned(unit: Unit, key: str | None, mentioned: Mentioned) -> bool:
    """Say whether a unit was named before under its other name; the key it is named by now was just noted."""
    return id(unit) in mentioned.units or (unit.serial_key != key and unit.serial_key in mentioned.serial_keys)


def _by_serial(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: unit.serial_no)
