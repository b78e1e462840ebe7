"""Show that each kind of error has its exit status and says what to do on one line."""

from __future__ import annotations

import pickle

import pytest

from batch.errors import (
    BusyError,
    DatabaseUnavailableError,
    FileRefusedError,
    InvariantError,
    MappingRefusedError,
    ReferenceRefusedError,
    SchemaMismatchError,
    SerialbackError,
    SettingsError,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "exit_status", "text"),
    [
        pytest.param(SerialbackError("failed"), 1, "failed", id="failed"),
        pytest.param(UsageError("no such job"), 2, "no such job", id="usage"),
        pytest.param(InvariantError("totals differ"), 4, "totals differ", id="invariant"),
        pytest.param(
            FileRefusedError("a.xlsx", "it is\nencrypted.", "Save it without a password."),
            65,
            "a.xlsx: it is encrypted. Save it without a password.",
            id="file",
        ),
        pytest.param(
            MappingRefusedError(["[columns]: x.", "[dates]: y."]),
            78,
            "The mapping has 2 faults. [columns]: x. (and 1 more)",
            id="two faults",
        ),
        pytest.param(ReferenceRefusedError(["row 2"]), 65, "Nothing was loaded. row 2", id="one problem"),
        pytest.param(
            ReferenceRefusedError(["row 2", "row 3", "row 4"]),
            65,
            "Nothing was loaded. row 2 (and 2 more)",
            id="three problems",
        ),
        pytest.param(DatabaseUnavailableError("gone"), 69, "gone", id="database"),
        pytest.param(BusyError("held", holder="run 1"), 75, "held", id="busy"),
        pytest.param(SettingsError("wrong"), 78, "wrong", id="settings"),
        pytest.param(SchemaMismatchError("older"), 78, "older", id="schema"),
    ],
)
def test_errors_say_one_line_and_bear_their_status(error: SerialbackError, exit_status: int, text: str) -> None:
    assert error.exit_status == exit_status
    assert str(error) == text
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 -- our own bytes, as between a run and its workers
    assert (type(again), str(again), vars(again)) == (type(error), text, vars(error))
