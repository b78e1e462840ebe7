"""Hand in workbooks and CSV files of every shape: what is read, what it is read as, and what is refused whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from tests.jobs.world import World, row


def csv(world: World, text: str, name: str = "intake.csv") -> Path:
    path = world.folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Document #,Customer,Item,Quantity,Location\nR-1,C1,CPU,2,HQ\n", id="comma"),
        pytest.param("RMA #;Account;SKU;Qty;Store\r\nR-1;C1;CPU;2;HQ\r\n", id="semicolon, other names"),
        pytest.param("\ufeffdocumentno\tCUSTOMER CODE\tPart #\tqty\tBranch\nR-1\tC1\tCPU\t 2 \tHQ\n", id="tab, mark"),
        pytest.param(
            "Returns of March,,,,\n,,,,\nReturn #,Customer,Item,Qty,Store\n,,,,\nR-1,C1,CPU,2,HQ\n,,,,", id="late"
        ),
    ],
)
def test_csv_files_are_read_as_they_come(world: World, text: str) -> None:
    report = world.intake(csv(world, text))
    assert world.serials("R-1") == ["5001", "5002"]
    assert (report.lines_read, report.lines_posted) == (1, 1)


def test_what_a_spreadsheet_wrote_for_an_error_is_no_serial_and_no_number(world: World) -> None:
    head = "Document #,Customer,Item,Quantity,Location,Mfr Serial #\n"
    lines = '#N/A,C1,CPU,1,HQ,\nR-2,C1,CPU,1,HQ,#REF!\nR-3,C1,CPU,1,HQ,########\nR-4,C1,CPU,1,HQ,="00123"\n'
    report = world.intake(csv(world, head + lines))
    assert (report.lines_posted, report.lines_refused) == (1, 3)
    messages = [each for (each,) in world.tuples("SELECT message FROM exception ORDER BY sheet_row")]
    corrected = "Type the value itself, or correct the formula that the error comes from."
    widened = "Type the value itself, or widen the column where the file was made and save it again."
    assert [each.removeprefix("intake.csv, ") for each in messages] == [
        f'row 2, Document #: the cell holds the error "#N/A". {corrected}',
        f'row 3, Mfr Serial #: the cell holds the error "#REF!". {corrected}',
        f'row 4, Mfr Serial #: "########" stands where the column was too narrow to show the value. {widened}',
    ]
    assert world.value("SELECT mfr_serial_no FROM serial") == "00123"


def test_a_row_of_a_csv_file_that_goes_on_beyond_the_headings_is_refused_once(world: World) -> None:
    head = "Document #,Customer,Item,Quantity,Location,Mfr Serial #,Unit Price,Discount\n"
    rows = (
        "R-1,C1,CPU,1,HQ,,1,234.50,\n"  # Nothing beyond, for the last cell is blank: the price is one that is off.
        "R-2,C1,CPU,x,HQ,,1,234.50,10\n"
        "R-3,C1,CPU,1,HQ,,99.50,10,, \n"
        "R-4,C1,CPU,1,HQ,,99.50,10,,,late\n"
    )
    report = world.intake(csv(world, head + rows))
    assert (report.lines_posted, report.lines_refused) == (1, 3)
    messages = world.tuples("SELECT sheet_row, code, message FROM exception WHERE sheet_row > 2 ORDER BY sheet_row")
    assert [(sheet_row, code) for sheet_row, code, _ in messages] == [(3, "CELL_UNREADABLE"), (5, "CELL_UNREADABLE")]
    assert messages[0][2] == (
        "intake.csv, row 3, Document #: the row goes on for a column beyond the last heading: a comma (or what else "
        "parts the columns) inside a value may have moved all that follows it. "
        'Put that value in quotation marks, such as "5,00"; or, if the column has no heading, give it one.'
    )
    assert "goes on for 3 columns beyond" in messages[1][2]


def test_a_workbook_may_have_remarks_beside_its_columns(world: World) -> None:
    path = world.sheet(row("R-1"))
    book = openpyxl.load_workbook(path)
    book["Intake"]["P2"] = "ask Ann"
    book.save(path)
    assert world.intake(path).lines_posted == 1


def test_the_sheet_named_intake_is_read_else_the_first_that_fits(world: World) -> None:
    book = openpyxl.Workbook()
    for title, document in (("Notes", None), ("Old", "R-1"), ("INTAKE", "R-2")):
        page = book.create_sheet(title)
        page.append(["Document #", "Customer", "Item", "Quantity"] if document else ["Read me"])
        page.append([document, "C1", "CABLE", 1])
    book.remove(book.worksheets[0])
    for name in ("first.xlsx", "second.xlsx"):
        book.save(world.folder / name)
        (file,) = world.intake(world.folder / name).files
        others = 'sheets not read, though they have the columns: "Old" (one sheet of a file is read)'
        assert file.not_read == (others if name == "first.xlsx" else "")
        del book["INTAKE" if name == "first.xlsx" else "Notes"]
    assert world.tuples("SELECT document_no FROM document ORDER BY 1") == [("R-1",), ("R-2",)]
    assert world.tuples("SELECT sheet_name, rows_read FROM intake_file ORDER BY 1") == [("INTAKE", 1), ("Old", 1)]


def test_a_file_is_on_record_with_its_rows(world: World) -> None:
    path = world.sheet(row("R-1"), row(None), row("R-2"), name="march.xlsx")
    world.intake(path)
    found = world.rows("SELECT name, size_bytes, rows_read, status, run_id FROM intake_file")
    assert found == [
        {"name": "march.xlsx", "size_bytes": path.stat().st_size, "rows_read": 3, "status": "LANDED", "run_id": 1}
    ]
    assert world.tuples("SELECT sheet_row FROM intake_row ORDER BY 1") == [(2,), (3,), (4,)]
    assert world.tuples("SELECT sheet_row FROM document_line ORDER BY 1") == [(2,), (4,)]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("no.csv", b"Document #,Customer,Item\nR-1,C1,CPU\n", "no column for Quantity", id="column"),
        pytest.param("latin.csv", b"Document #,Customer,Item,Quantity\nR-\xe9,C1,CPU,1\n", "UTF-8", id="encoding"),
        pytest.param("not.xlsx", b"hello", "not.xlsx", id="no workbook"),
        pytest.param("two.csv", b"RMA,Return #,Customer,Item,Qty\n1,2,C1,CPU,1\n", "several columns", id="twice"),
    ],
)
def test_a_refused_file_leaves_nothing_and_the_others_are_done(
    world: World, name: str, content: bytes, said: str
) -> None:
    path = world.folder / name
    path.write_bytes(content)
    report = world.intake(world.sheet(row("R-1")), path, world.sheet(row("R-2")))
    assert (report.exit_status, report.status, report.lines_posted) == (65, "DONE", 2)
    assert [each.outcome for each in report.files] == ["LANDED", "REFUSED", "LANDED"]
    assert said in report.files[1].detail
    assert "\n" not in report.files[1].detail
    assert world.tuples("SELECT name, status, rows_read FROM intake_file WHERE status = 'REFUSED'") == [
        (name, "REFUSED", 0)
    ]
    assert world.count("document", "exception", "intake_row") == [2, 0, 2]
    again = world.intake(path)
    assert (again.exit_status, world.count("intake_file")) == (65, [3])


def test_a_file_that_is_not_there_is_refused_too(world: World) -> None:
    report = world.intake(world.folder / "gone.xlsx", world.sheet(row("R-1")))
    assert (report.exit_status, report.lines_posted) == (65, 1)
    assert world.count("intake_file") == [1]


def test_an_empty_sheet_is_landed_with_nothing(world: World) -> None:
    report = world.intake(csv(world, "Document #,Customer,Item,Quantity\n"))
    assert (report.status, report.lines_read, report.files[0].outcome) == ("DONE", 0, "LANDED")


# What stands in the cell of a serial column, the code it raises, and the serials that are named if it is read.
SERIAL_CELLS = [
    pytest.param("4001-4003", [], ["4001", "4002", "4003"], id="range"),
    pytest.param("SN008 - SN010", [], ["SN008", "SN009", "SN010"], id="range with zeros and blanks"),
    pytest.param("A-1", [], ["A-1"], id="hyphen"),
    pytest.param("4001\n4003; 4002,", [], ["4001", "4003", "4002"], id="list"),
    pytest.param("1E5", [], ["1E5"], id="text like a power"),
    pytest.param("TRUE", [], ["TRUE"], id="text like a truth"),
    pytest.param("null, NA", [], ["null", "NA"], id="text like nothing"),
    pytest.param("000123", [], ["000123"], id="text with zeros"),
    pytest.param(4001, ["SERIAL_STORED_AS_NUMBER"], ["4001"], id="number"),
    pytest.param(1234567890123456, ["SERIAL_STORED_AS_NUMBER"], None, id="sixteen digits"),
    pytest.param("1.23E+15", ["SERIAL_MALFORMED"], None, id="power"),
    pytest.param(True, ["SERIAL_MALFORMED"], None, id="truth"),
    pytest.param(1.5, ["SERIAL_MALFORMED"], None, id="fraction"),
    pytest.param(dt.date(2026, 3, 1), ["SERIAL_MALFORMED"], None, id="date"),
    pytest.param("4003-4001", ["SERIAL_RANGE_INVALID"], None, id="descending"),
    pytest.param("1-20000", [], ["1-20000"], id="unlike lengths"),
    pytest.param("10000-30000", ["SERIAL_RANGE_INVALID"], None, id="too long"),
]


@pytest.mark.parametrize(("cell", "codes", "named"), SERIAL_CELLS)
def test_a_serial_cell_is_read_as_it_is_meant(
    world: World, cell: object, codes: list[str], named: list[str] | None
) -> None:
    for serial_no in named or []:
        world.unit(serial_no)
    world.intake(row("R-1", quantity=len(named or [""]), serial=cell))
    assert [code for status in ("OPEN", "RESOLVED") for *_, code in world.exceptions(status)] == codes
    assert world.serials("R-1") == (named or [])
    assert world.count("document_line") == [0 if named is None else 1]


def test_what_is_in_the_register_as_it_stands_is_no_range(world: World) -> None:
    world.unit("4001-4003")
    world.intake(row("R-1", quantity=1, serial="4001-4003"))
    assert world.serials("R-1") == ["4001-4003"]


def test_a_number_shown_with_zeros_is_read_as_shown(world: World) -> None:
    world.unit("00123")
    path = world.sheet(row("R-1", serial=123))
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(2, 6).number_format = "00000"
    book.save(path)
    world.intake(path)
    assert world.serials("R-1") == ["00123"]
    assert world.count("exception") == [0]


def test_as_many_serials_as_manufacturers_are_pairs_in_order(world: World) -> None:
    world.unit("4001")
    world.unit("4002", mfr_serial_no="M-2")
    world.intake(row("R-1", quantity=2, serial="4001, 4002", mfr="M-1, M-2"))
    assert world.tuples("SELECT serial_no, mfr_serial_no FROM serial ORDER BY 1") == [("4001", "M-1"), ("4002", "M-2")]
    assert world.history("4001") == [
        ("ATTACHED", "SOLD", "SOLD"),
        ("MFR_ASSIGNED", "SOLD", "SOLD"),
        ("RECEIVED", "SOLD", "CRMA"),
    ]
    assert [action for action, *_ in world.history("4002")] == ["ATTACHED", "RECEIVED"]


def test_otherwise_manufacturers_serials_name_further_units(world: World) -> None:
    world.unit("4001")
    world.intake(row("R-1", quantity=3, serial="4001", mfr="M-2, M-3"))
    assert world.tuples("SELECT serial_no, mfr_serial_no FROM serial ORDER BY 1") == [
        ("4001", None),
        ("5001", "M-2"),
        ("5002", "M-3"),
    ]


@pytest.mark.parametrize("name", [" a1 ", "A1", "a\u200b1", "\uff21\uff11", "A\u00a01"])
def test_serials_are_one_by_their_key_and_kept_as_typed(world: World, name: str) -> None:
    world.unit("A1")
    world.intake(row("R-1", serial=name))
    assert world.serials("R-1") == ["A1"]
    kept = world.value("SELECT serial_no FROM line_unit")
    assert kept == name.strip()


def test_a_key_that_another_system_left_out_is_filled_in(world: World) -> None:
    world.unit("\u0424-\u200b1", mfr_serial_no="\u00e9 7")
    world.intake(row("R-1", serial="\u0444-1"), row("R-2", mfr="\u00c97"))
    assert world.serials("R-1") == ["\u0424-\u200b1"]
    assert world.exceptions() == [("R-2", 1, "SERIAL_ALREADY_IN_STOCK")]


@pytest.mark.parametrize(
    ("known", "named"),
    [
        pytest.param("AO1", "A01", id="O and 0"),
        pytest.param("AI5", "A15", id="I and 1"),
        pytest.param("\u0410-77", "A77", id="Cyrillic"),
        pytest.param("0077", "77", id="leading zeros"),
    ],
)
def test_what_is_only_nearly_equal_is_pointed_out_and_never_matched(world: World, known: str, named: str) -> None:
    world.unit(known)
    world.intake(row("R-1", serial=named))
    assert world.exceptions() == [("R-1", 1, "SERIAL_UNKNOWN")]
    assert f"{known} (in area SOLD) looks almost the same" in world.exception("SERIAL_UNKNOWN")["message"]


def test_location_currency_and_date_left_out(world: World) -> None:
    world.intake(row("R-1", location=None), row("R-2", customer="EURO", price=2))
    world.settings["default_location"] = "HQ"
    world.intake(row("R-3", location=None))
    assert world.tuples("SELECT document_no, location_code, currency, document_date FROM document ORDER BY 1") == [
        ("R-1", "MAIN", "USD", world.day("2026-03-31")),
        ("R-2", "HQ", "EUR", world.day("2026-03-31")),
        ("R-3", "HQ", "USD", world.day("2026-03-31")),
    ]
    assert world.tuples("SELECT location_code, currency FROM credit_memo ORDER BY credit_memo_id") == [
        ("MAIN", "USD"),
        ("HQ", "EUR"),
        ("HQ", "USD"),
    ]


@pytest.mark.parametrize(
    ("cell", "formats", "on"),
    [
        pytest.param(dt.datetime(2026, 3, 5, 13, 30), (), "2026-03-05", id="moment"),
        pytest.param("2026-03-05", (), "2026-03-05", id="ISO"),
        pytest.param("05.03.2026", ("%d.%m.%Y",), "2026-03-05", id="format set"),
        pytest.param("05.03.2026", (), None, id="format not set"),
        pytest.param("2026-02-30", (), None, id="no day"),
        pytest.param(46086, (), None, id="number"),
    ],
)
def test_dates(world: World, cell: object, formats: tuple[str, ...], on: str | None) -> None:
    world.settings["date_formats"] = formats
    world.intake(row("R-1", date=cell))
    assert world.exceptions() == ([] if on else [("R-1", 1, "DATE_INVALID")])
    assert world.tuples("SELECT document_date FROM document") == ([(world.day(on),)] if on else [])
