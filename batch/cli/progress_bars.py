"""Draw the bar of a step: how much of it is done, how fast it goes, and how long it will take yet."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text


def bars() -> Progress:
    """Make the bars of a terminal, on standard error; they vanish when their step ends."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        CountColumn(),
        RateColumn(),
        LeftColumn(),
        console=Console(stderr=True, markup=False, emoji=False),
        transient=True,
    )


def begun(bars: Progress, label: str, total: int | None, done: int, began: float) -> TaskID:
    """Add the bar of a step that began a while ago, by the clock that rich goes by."""
    task = bars.add_task(label, total=total, completed=done)
    bars.tasks[-1].start_time = began
    return task


class CountColumn(ProgressColumn):
    """How many are done, and of how many where that is known."""

    def render(self, task: Task) -> Text:
        """Show `42,000/100,000`; nothing where nothing is counted."""
        if task.total is None:
            return Text(f"{task.completed:,.0f}" if task.completed else "")
        return Text(f"{task.completed:,.0f}/{task.total:,.0f}")


class RateColumn(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """Show the rate since the step began: from one moment to the next it would jump with every chunk."""
        rate = _rate(task)
        return Text(f"{rate:,.0f}/s" if rate else "")


class LeftColumn(ProgressColumn):
    """How long it will take yet; where nobody can know, how long it has taken."""

    def render(self, task: Task) -> Text:
        """Show the time left, and that it is one."""
        rate = _rate(task)
        if task.total is None or not rate:
            return Text(_clock(task.elapsed or 0))
        return Text(f"{_clock(max(task.total - task.completed, 0) / rate)} left")


def _rate(task: Task) -> float:
    return task.completed / task.elapsed if task.elapsed else 0.0


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
