"""Test that frames come without pyarrow, and that it can still be had."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.source import ROOT, sources

# Whether pyarrow is loaded: when our frames are, and what it then is to whoever imports it.
CALL = """
import sys
from batch.core.frames import pd
loaded = "pyarrow" in sys.modules
import pyarrow
print(loaded, pyarrow.array([1, 2]).to_pylist(), pd.DataFrame({"no": ["R-1", None]}, dtype=object)["no"].tolist())
"""


@pytest.mark.parametrize(("before", "loaded"), [("", False), ("import pyarrow", True)])
def test_frames_come_without_pyarrow_unless_it_is_there(before: str, loaded: bool) -> None:
    run = subprocess.run([sys.executable, "-c", before + CALL], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == f"{loaded} [1, 2] ['R-1', None]\n"


def test_nothing_of_the_product_imports_pandas_by_itself() -> None:
    places = [source.path for source in sources("batch", "jobs") if "import pandas" in source.text]
    assert places == ["batch/core/frames.py"]
