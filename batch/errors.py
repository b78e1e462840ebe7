"""Name everything that is raised, grouped by what an operator does about it: the exit status."""

from __future__ import annotations


class SerialbackError(Exception):
    """Stop the command: it failed, nothing is half done, and it is safe to run again."""

    exit_status: int = 1


class UsageError(SerialbackError):
    """Refuse a command that cannot be meant."""

    exit_status = 2


class InvariantError(SerialbackError):
    """Report an invariant or a control total that does not hold."""

    exit_status = 4


class FileRefusedError(SerialbackError):
    """Refuse one input file whole, with the cause and what to do about it."""

    exit_status = 65

    def __init__(self, name: str, cause: str, remedy: str) -> None:
        """Say `NAME: CAUSE. REMEDY` on one line."""
        self.name, self.cause, self.remedy = name, one_line(cause), one_line(remedy)
        super().__init__(f"{self.name}: {self.cause.rstrip('.')}. {self.remedy}")

    def __reduce__(self) -> tuple[type[FileRefusedError], tuple[str, str, str]]:
        """Survive pickling, which would otherwise pass the whole message as the name."""
        return type(self), (self.name, self.cause, self.remedy)


class ReferenceRefusedError(SerialbackError):
    """Refuse a load of reference data, with every problem found in it."""

    exit_status = 65

    def __init__(self, problems: list[str]) -> None:
        """Say how many problems there are and show the first; all of them are in `problems`."""
        self.problems = problems
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"Nothing was loaded. {one_line(problems[0])}{more}")

    def __reduce__(self) -> tuple[type[ReferenceRefusedError], tuple[list[str]]]:
        """Survive pickling with the problems."""
        return type(self), (self.problems,)


class DatabaseUnavailableError(SerialbackError):
    """Report a database that cannot be reached or used now."""

    exit_status = 69


class ClusterUnavailableError(SerialbackError):
    """Report a cluster of workers that cannot be reached, or is gone."""

    exit_status = 69


class BusyError(SerialbackError):
    """Report that somebody else is at work on the database; try later."""

    exit_status = 75

    def __init__(self, message: str, *, holder: str = "") -> None:
        """Keep who holds it, where that is known."""
        self.holder = holder
        super().__init__(message)


class SettingsError(SerialbackError):
    """Refuse settings that are wrong, unknown or contradict one another."""

    exit_status = 78


class MappingRefusedError(SettingsError):
    """Refuse a mapping that has several faults, with all of them."""

    def __init__(self, problems: list[str]) -> None:
        """Say how many faults there are and show the first; all of them are in `problems`."""
        self.problems = problems
        super().__init__(f"The mapping has {len(problems)} faults. {problems[0]} (and {len(problems) - 1} more)")

    def __reduce__(self) -> tuple[type[MappingRefusedError], tuple[list[str]]]:
        """Survive pickling with the faults."""
        return type(self), (self.problems,)


class SchemaMismatchError(SerialbackError):
    """Refuse a database whose schema is missing, older or newer than the code."""

    exit_status = 78


def one_line(text: str) -> str:
    """Put a text on one line, for logs and error messages."""
    return " ".join(text.split())
