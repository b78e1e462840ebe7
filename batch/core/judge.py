"""Judge the lines of one document that compete: for a unit, for the quantity of the line, for a number."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from batch.core.check import Found
from batch.core.chunk import Chunk
from batch.core.codes import PLACE, REFUSE, Refusal
from batch.core.keys import serial_key
from batch.core.match import Matcher, Mentioned, UnitPlan
from batch.core.numbers import Context, Issued, Numbers
from batch.core.register import Register
from batch.core.say import Speaker

Line = Mapping[str, Any]
# A code, what is wrong in words, and the evidence.
SequenceProblem = tuple[str, str, Mapping[str, object]]


@dataclasses.dataclass(slots=True)
class Judged:
    """A line with what was found: reasons against it, or a plan for each of its units and the numbers for them."""

    line: Line
    reasons: list[Refusal]
    plans: list[UnitPlan]
    issued: list[Issued]

    @property
    def refused(self) -> bool:
        """Whether any reason refuses the line; warnings alone do not."""
        return bool(self.reasons) and any(reason.severity == REFUSE for reason in self.reasons)


class Judge:
    """Judge one line after another, in order: a refused line takes nothing, so a smaller one after it may still fit."""

    def __init__(  # noqa: PLR0917 - what a line is judged by
        self, chunk: Chunk, speaker: Speaker, register: Register, numbers: Numbers, refused: Found, later: Found
    ) -> None:
        """Keep what the masks found: `refused` before matching, `later` for the stages after it."""
        self.speaker = speaker
        self.matcher = Matcher(chunk, register, speaker)
        self._chunk = chunk
        self._numbers = numbers
        self._refused = refused
        self._later = later
        self._mentioned = Mentioned()
        self._memos: dict[str, int] = {}
        self._memo_problem: SequenceProblem | None = None

    def begin(self, lines: Iterable[Line]) -> None:
        """Begin a document: what its lines of earlier runs named counts as named, whatever their order."""
        self._mentioned = Mentioned()
        self._numbers.begin()
        self._memo_problem = None
        asked_for_memo = False
        for line in lines:
            if not line["judged"]:
                # A sale takes units out: what it names is not taken in twice. It is told apart once, then IGNORED.
                if not line["sale"] and line["status"] != "IGNORED":
                    self._note(line)
                continue
            if line["legacy"]:
                self._numbers.reserve(self._named_keys(line))
            if line["writes_memo"] and not asked_for_memo:
                asked_for_memo = True
                self._memo_problem = self._judge_memo_sequence(line)

    def count_memo(self, sequence_code: str) -> None:
        """Note that a document of this chunk takes a credit memo number."""
        self._memos[sequence_code] = self._memos.get(sequence_code, 0) + 1

    def judge(self, label: int, line: Line) -> Judged:
        """Judge a line at every stage it reaches."""
        rules = self._refused.get(label)
        if rules:
            self._note(line)
            return Judged(line, [self.speaker.by_rule(rule, line) for rule in rules], [], [])
        judged = Judged(line, [], [], [])
        if line["serialized"]:
            self._match(judged)
            if judged.refused:
                return judged
        self._place_and_credit(label, judged)
        return judged

    def _named_keys(self, line: Line) -> list[str]:
        named = self._chunk.units.get(line["line_id"], ())
        return [serial_key(unit.serial_no) for unit in named if unit.serial_no]

    def _note(self, line: Line) -> None:
        named = self._chunk.units.get(line["line_id"], ())
        self.matcher.note(line, named, self._mentioned)

    def _match(self, judged: Judged) -> None:
        """Match what is named, then see whether what is asked fits the allowed quantity (R3, R4)."""
        line = judged.line
        named = self._chunk.units.get(line["line_id"], ())
        wanted = line["units_wanted"]
        if line["named"] > wanted:
            self._note(line)
            said = f"{line['named']} units are named for a quantity of {wanted}"
            evidence = {"named": line["named"], "quantity": wanted}
            judged.reasons.append(
                self.speaker.refusal(line, "SERIALS_EXCEED_QUANTITY", said, column="Serial #", evidence=evidence)
            )
            return
        judged.plans, judged.reasons = self.matcher.match(line, named, self._mentioned)
        if judged.refused:
            return
        used = {unit.unit_no for unit in named}
        if len(used) < wanted:
            free = (unit_no for unit_no in range(1, wanted + 1) if unit_no not in used)
            judged.plans.extend(UnitPlan(unit_no, None, None, None, on_file=False) for unit_no in free)
        allowed = sum(1 for plan in judged.plans if plan.generates)
        if not line["committed"]:
            self._judge_quantity(judged, allowed)

    def _judge_quantity(self, judged: Judged, allowed: int) -> None:
        line = judged.line
        # Blank is NaN, the one number that is not itself.
        asked = allowed if line["generate_quantity"] != line["generate_quantity"] else int(line["generate_quantity"])
        evidence = {"asked": asked, "allowed": allowed, "quantity": line["units_wanted"]}
        if asked > allowed:
            said = f"{asked} {'serial is' if asked == 1 else 'serials are'} asked for, {allowed} are allowed"
            code = "GENERATE_QUANTITY_EXCEEDED"
        elif asked < allowed:
            left = allowed - asked
            said = f"{left} {'unit' if left == 1 else 'units'} of {line['units_wanted']} would have no serial"
            code = "UNITS_WITHOUT_SERIAL"
        else:
            return
        judged.reasons.append(
            self.speaker.refusal(
                line, code, said, column="Generate Quantity", value=line["generate_text"], evidence=evidence
            )
        )

    def _place_and_credit(self, label: int, judged: Judged) -> None:
        line = judged.line
        wanted = sum(1 for plan in judged.plans if plan.generates)
        generates = any(plan.unit is None for plan in judged.plans)
        # A line of an order that was refused when that was committed puts its units outside first, as they all do.
        starts = generates or (line["order"] and not line["committed"])
        rules = self._later.get(label, ())
        place = [rule for rule in rules if rule.code.stage == PLACE and (starts or not rule.only_when_starting)]
        credit = [rule for rule in rules if rule.code.stage != PLACE and (generates or not rule.only_when_starting)]
        reasons = [self.speaker.by_rule(rule, line) for rule in place]
        problems = [self._memo_problem] if line["writes_memo"] and self._memo_problem else []
        context = self._context(line, wanted, problems)
        reasons += self._of_sequences(line, problems)
        credit_reasons = [self.speaker.by_rule(rule, line) for rule in credit]
        if context:
            # Numbers are taken only by a line that nothing stands against, but their end is known all the same.
            if reasons or any(reason.severity == REFUSE for reason in credit_reasons):
                short = not self._numbers.enough(context, wanted)
            else:
                issued = self._numbers.take(context, wanted)
                short = issued is None
                judged.issued = issued or []
            if short:
                left = "no number" if wanted == 1 else f"fewer than {wanted} numbers"
                said = f"sequence {context.sequence.sequence_code} has {left} left"
                evidence = {"sequence_code": context.sequence.sequence_code, "wanted": wanted}
                reasons.append(
                    self.speaker.refusal(
                        line, "SEQUENCE_EXHAUSTED", said, column="Item", value=line["item_code"], evidence=evidence
                    )
                )
        judged.reasons.extend(reasons or credit_reasons)

    def _context(self, line: Line, wanted: int, problems: list[SequenceProblem]) -> Context | None:
        """Find the sequence that serves the line, or add the reason why there is none."""
        if not wanted:
            return None
        item = self._chunk.items[line["item_code"]]
        sequence = self._chunk.places.serial_sequence(item.serial_sequence_code, line["location_code"])
        if sequence is None:
            said = (
                f"no number sequence for serials is set for item {line['item_code']}, for {line['location_code']}, "
                "its parents or the default location"
            )
            problems.append(("SEQUENCE_MISSING", said, {}))
            return None
        context = self._numbers.context(sequence, line["location_code"], line["item_code"], line["effective_date"])
        if context.problem is None:
            return context
        said = f"sequence {sequence.sequence_code} cannot be used: {context.problem}"
        problems.append(("SEQUENCE_MISSING", said, {"sequence_code": sequence.sequence_code, "mask": sequence.mask}))
        return None

    def _of_sequences(self, line: Line, problems: Iterable[SequenceProblem]) -> Iterator[Refusal]:
        """Word what is wrong with the sequences of a line: both of them in one sentence, where it is the same."""
        for code, alike in itertools.groupby(problems, key=lambda problem: problem[0]):
            _, sentences, evidences = zip(*alike, strict=True)
            evidence = {name: value for each in evidences for name, value in each.items()}
            yield self.speaker.refusal(
                line,
                code,
                "; and ".join(sentences),
                column="Location",
                value=line["location_code"],
                evidence=evidence,
            )

    def _judge_memo_sequence(self, line: Line) -> SequenceProblem | None:
        """R15: say why no credit memo number can be had for a document, on which every line of it waits."""
        code = line["memo_sequence"]
        if code is None:
            place = line["location_code"]
            said = f"no number sequence for credit memos is set for {place}, its parents or the default location"
            return "SEQUENCE_MISSING", said, {}
        sequence = self._chunk.places.sequences[code]
        context = self._numbers.context(sequence, line["location_code"], "", line["effective_date"])
        if context.problem is not None:
            return "SEQUENCE_MISSING", f"sequence {code} cannot be used: {context.problem}", {}
        if self._numbers.room(context) <= self._memos.get(code, 0):
            return "SEQUENCE_EXHAUSTED", f"sequence {code} for credit memos has no numbers left", {}
        return None
