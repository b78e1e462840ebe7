"""Say what a job is: a value. What differs from site to site is in the settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import TYPE_CHECKING

from batch.core.hold import Hold

if TYPE_CHECKING:
    from batch.core.mapping import Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class IntakeFiles:
    """Documents that sheets bring: the files handed in, or all that is open."""

    # What these runs have judged already, a moment ago, is not judged again.
    judged_by: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class PosDocuments:
    """Documents that other systems write into the tables, and orders marked as received, whoever brought them."""


@dataclasses.dataclass(frozen=True, slots=True)
class LeftPending:
    """Documents of sheets that a run has landed and, being interrupted, not settled."""


@dataclasses.dataclass(frozen=True, slots=True)
class LegacyFiles:
    """Legacy returns that exports of another system bring: the files handed in, or all that is open."""

    mapping: Mapping | None = None
    credit_memos: bool = False
    into_area: str | None = None
    # Only so many rows, in whole documents that the seed draws.
    sample: int | None = None
    seed: int = 0

    def parameters(self) -> dict[str, object]:
        """Tell how a run was asked for."""
        sampled = {} if self.sample is None else {"sample": self.sample, "seed": self.seed}
        return {
            "mapping": self.mapping.name if self.mapping else None,
            "credit_memos": "write" if self.credit_memos else "none",
            "into": self.into_area,
            **sampled,
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Night:
    """The inbox, then all that is open for these jobs, one after another, then the reports."""

    jobs: tuple[str, ...]


Source = IntakeFiles | PosDocuments | LeftPending | LegacyFiles | Night


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """A scheduled piece of work."""

    name: str
    purpose: str
    cron: str
    source: Source
    hold: Hold

    def held_by(self, said: str | None) -> Hold:
        """Give the hold policy: what the settings say of this job, else its own."""
        return Hold(said) if said else self.hold


def named(jobs: Collection[Job]) -> dict[str, Job]:
    """Index jobs by name; two of one name cannot be told apart."""
    by_name = {job.name: job for job in jobs}
    assert len(by_name) == len(jobs), "two jobs bear one name"
    return by_name
