"""Hold every mistake in a mapping against what its refusal says: the key it stands at, and what to write instead."""

from __future__ import annotations

import tomllib

import pytest

from batch.core.mapping import MappedColumn, Mapping
from batch.core.mapping_text import read_mapping
from batch.core.numerals import Numerals
from batch.errors import MappingRefusedError, SettingsError

WHOLE = """\
[columns]
"Document #" = "SLIP"
"Date" = "DAY"
"Customer" = "CUST"
"Item" = "ART"
[constants]
"Quantity" = 1
"""


def read(text: str) -> Mapping:
    return read_mapping("old.toml", tomllib.loads(text), lambda key, file: {"A": f"{key} of {file}"})


def test_a_whole_mapping_is_read() -> None:
    text = WHOLE.replace('"ART"', '{ from = ["ART", "SIZE"], join = "/", translate = "items.csv" }')
    found = read(text + '[dates]\nformats = ["%d.%m.%Y"]\n[numbers]\ndecimal = ","\n[sheet]\nname = "Export"\n')
    assert found == Mapping(
        "old.toml",
        (
            MappedColumn("document_no", ("SLIP",)),
            MappedColumn("document_date", ("DAY",)),
            MappedColumn("customer_code", ("CUST",)),
            MappedColumn("item_code", ("ART", "SIZE"), "/", {"A": '[columns] "Item" translate of items.csv'}),
            MappedColumn("quantity", constant=1),
        ),
        ("%d.%m.%Y",),
        Numerals(",", ""),
        "Export",
    )


def test_a_mapping_is_known_again_by_what_it_does() -> None:
    first, second = read(WHOLE), read(WHOLE.replace('"CUST"', '"ACCOUNT"'))
    other = read(WHOLE.replace('"SLIP"', '{ from = ["SHOP", "SLIP"], join = "-" }'))
    assert first.on_record() == read(WHOLE).on_record()
    assert first.on_record()["sha256"] != second.on_record()["sha256"]
    assert first.on_record()["identity"] == second.on_record()["identity"]
    assert first.on_record()["identity"] != other.on_record()["identity"]


def columns(line: str) -> str:
    """Put a line at the end of the table of columns."""
    return WHOLE.replace("[constants]", f"{line}\n[constants]")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "[colums]\n",
            "[colums]: there is no such key. Did you mean columns? Known are columns, constants,",
            id="table misspelt",
        ),
        pytest.param("[zzz]\n", "[zzz]: there is no such key. Known are columns, constants", id="table unknown"),
        pytest.param(
            WHOLE + "[dates]\nformat = []\n",
            "[dates] format: there is no such key. Did you mean formats? Known are formats.",
            id="key",
        ),
        pytest.param("columns = 1\n", "columns: is no table. Write [columns] on a line of its own", id="no table"),
        pytest.param(
            columns('"Itm" = "X"'), '[columns] "Itm": is no column of ours. Did you mean "Item"?', id="column"
        ),
        pytest.param(
            columns('"zzzzzz" = "X"'), '[columns] "zzzzzz": is no column of ours. Ours are Document #', id="none"
        ),
        pytest.param(
            columns('"Type" = "X"'), "every row of a backfill is a legacy return. Leave the key out", id="type"
        ),
        pytest.param(columns('"Tax" = 1'), '[columns] "Tax": is neither a heading nor a table', id="no heading"),
        pytest.param(
            columns('"Tax" = { form = "X" }'),
            '[columns."Tax"] form: there is no such key. Did you mean from? Known are from, join, translate.',
            id="in a column",
        ),
        pytest.param(
            columns('"Tax" = { join = "X" }'), '[columns] "Tax": says not which columns of the file', id="from nothing"
        ),
        pytest.param(columns('"Tax" = []'), '[columns] "Tax": says not which columns of the file', id="from none"),
        pytest.param(columns('"Tax" = [""]'), '[columns] "Tax": says not which columns of the file', id="from blank"),
        pytest.param(
            columns('"Tax" = { from = "X", join = "-" }'), '[columns] "Tax" join: joins nothing', id="one joined"
        ),
        pytest.param(
            columns('"Tax" = { from = ["X", "Y"], join = 1 }'), '[columns] "Tax" join: joins nothing', id="joined by 1"
        ),
        pytest.param(
            WHOLE.replace('"SLIP"', '["SHOP", "SLIP"]'),
            '[columns] "Document #": does not say what stands between the columns it is made of. '
            'Add a join, as in "Document #" = { from = ["SHOP", "SLIP"], join = "-" }.',
            id="nothing between shop and slip",
        ),
        pytest.param(
            WHOLE.replace('"SLIP"', '{ from = ["SHOP", "SLIP"], join = "" }'),
            'Add a join, as in "Document #" = { from = ["SHOP", "SLIP"], join = "-" }.',
            id="an empty text between shop and slip",
        ),
        pytest.param(
            columns('"Tax" = { from = "X", translate = 1 }'),
            '"Tax" translate: is neither a file nor',
            id="translated by 1",
        ),
        pytest.param(
            columns('"Tax" = { from = "X", translate = { a = 1 } }'),
            '"Tax" translate: is neither a file nor',
            id="into 1",
        ),
        pytest.param(columns('"Qty" = "X"'), '"Quantity": is given more than once. Keep one of them', id="twice"),
        pytest.param(WHOLE + '"Tax" = []\n', '[constants] "Tax": is no single value', id="constant"),
        pytest.param(WHOLE.replace('"Date" = "DAY"', ""), '[columns]: nothing is said of "Date"', id="needed"),
        pytest.param(WHOLE + '[dates]\nformats = "%d"\n', "[dates] formats: is no list of texts", id="formats"),
        pytest.param(WHOLE + "[dates]\nformats = [1]\n", "[dates] formats: is no list of texts", id="format 1"),
        pytest.param(
            WHOLE + '[dates]\nformats = ["%d.%m"]\n', "'%d.%m' does not tell day, month and year", id="no year"
        ),
        pytest.param(WHOLE + '[dates]\nformats = ["%"]\n', "'%' is no date format", id="no format"),
        pytest.param(
            WHOLE + '[numbers]\ndecimal = ";"\n', "[numbers] decimal: ';' is no mark in numbers", id="decimal"
        ),
        pytest.param(WHOLE + '[numbers]\nthousands = "x"\n', "[numbers] thousands: 'x' is no mark", id="thousands"),
        pytest.param(WHOLE + '[numbers]\nthousands = "."\n', "thousands: '.' is the decimal mark too", id="both"),
        pytest.param(WHOLE + "[sheet]\nname = 1\n", "[sheet] name: is no text", id="sheet"),
    ],
)
def test_mistakes_are_refused_where_they_stand(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(text)
    assert str(refused.value).startswith("old.toml, ")
    assert said in str(refused.value)
    assert refused.value.exit_status == 78


def test_all_mistakes_are_told_at_once() -> None:
    text = columns('"Itm" = "X"\n"Tax" = []\n"Reason" = 1').replace('"Date" = "DAY"\n', "")
    text += '"Cost" = []\n"zzz" = 1\n[dates]\nformats = ["%d"]\n'
    text += '[numbers]\ndecimal = ";"\nthousands = "x"\n[sheets]\nname = "A"\n'
    with pytest.raises(MappingRefusedError) as refused:
        read(text)
    assert [fault.removeprefix("old.toml, ").split(": ")[0] for fault in refused.value.problems] == [
        "[sheets]",
        '[columns] "Itm"',
        '[columns] "Tax"',
        '[columns] "Reason"',
        '[constants] "Cost"',
        '[constants] "zzz"',
        "[columns]",
        "[dates] formats",
        "[numbers] decimal",
        "[numbers] thousands",
    ]


def test_a_file_of_translations_that_is_wrong_is_told_with_the_rest() -> None:
    def wrong(key: str, file: str) -> dict[str, str]:
        raise SettingsError(f"{key}: {file} is empty")

    values = tomllib.loads(columns('"Location" = { from = "SHOP", translate = "x.csv" }\n"Tax" = 1'))
    with pytest.raises(MappingRefusedError) as refused:
        read_mapping("old.toml", values, wrong)
    assert refused.value.problems[0] == '[columns] "Location" translate: x.csv is empty'
    assert len(refused.value.problems) == 2


def test_translations_may_stand_in_the_mapping() -> None:
    found = read(columns('"Location" = { from = "SHOP", translate = { " 01 " = "HQ" } }'))
    assert found.columns[4] == MappedColumn("location_code", ("SHOP",), "", {"01": "HQ"})
