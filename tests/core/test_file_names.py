"""Tell files by their names."""

from __future__ import annotations

import pytest

from batch.core.file_names import beside, is_intake_name, is_temporary, with_number


@pytest.mark.parametrize(
    ("name", "temporary", "intake"),
    [
        pytest.param("returns.xlsx", False, True, id="a workbook"),
        pytest.param("RETURNS.CSV", False, True, id="in capitals"),
        pytest.param("old.xls", False, True, id="an old one"),
        pytest.param("returns.CSV.gz", False, True, id="packed"),
        pytest.param("returns.tar.gz", False, False, id="packed, and no intake file"),
        pytest.param("macros.xlsm", False, True, id="to be refused with a reason"),
        pytest.param("~$returns.xlsx", True, True, id="an office lock"),
        pytest.param(".~lock.returns.ods#", True, False, id="another office's lock"),
        pytest.param(".returns.xlsx", True, True, id="hidden"),
        pytest.param("returns.xlsx.part", True, False, id="half an upload"),
        pytest.param("returns.csv.PART", True, False, id="half an upload in capitals"),
        pytest.param("returns.xlsx.filepart", True, False, id="another client's"),
        pytest.param("returns.xlsx.crdownload", True, False, id="a browser's"),
        pytest.param("returns.csv~", True, False, id="an editor's backup"),
        pytest.param("notes.txt", False, False, id="no intake file"),
        pytest.param("xlsx", False, False, id="only the ending"),
    ],
)
def test_what_a_file_is(name: str, temporary: bool, intake: bool) -> None:
    assert (is_temporary(name), is_intake_name(name)) == (temporary, intake)


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        pytest.param("returns.xlsx", 1, "returns.xlsx", id="its own"),
        pytest.param("returns.xlsx", 2, "returns-2.xlsx", id="taken once"),
        pytest.param("a.b.csv", 12, "a.b-12.csv", id="two dots"),
        pytest.param("returns.CSV.gz", 2, "returns-2.CSV.gz", id="packed"),
        pytest.param("returns.gz", 2, "returns-2.gz", id="something else packed"),
        pytest.param(".csv.gz", 2, ".csv.gz-2", id="packed, and no name"),
        pytest.param("returns", 2, "returns-2", id="no ending"),
        pytest.param(".csv", 2, ".csv-2", id="nothing but an ending"),
    ],
)
def test_a_name_that_is_taken_gets_a_number(name: str, number: int, expected: str) -> None:
    assert with_number(name, number) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("returns-2.xlsx", "returns-2.exceptions.xlsx", id="a workbook"),
        pytest.param("returns.csv.gz", "returns.exceptions.xlsx", id="packed"),
        pytest.param("returns", "returns.exceptions.xlsx", id="no ending"),
    ],
)
def test_what_lies_beside_is_found_by_the_name(name: str, expected: str) -> None:
    assert beside(name, "exceptions.xlsx") == expected
