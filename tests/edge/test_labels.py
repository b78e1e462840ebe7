"""Show that every barcode on rendered labels reads back as what it stands for, and what the words beside it say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
import reportlab
import zxingcpp

from batch.core.gs1 import element_string
from batch.core.label_sizes import SIZES, label_size
from batch.edge.labels import Label, LabelTerms, Printed, print_labels
from batch.errors import SettingsError, UsageError

GTIN = "09506000134352"
DOTS_PER_INCH = 300

Seen = set[tuple[str, str]]


def label(serial_no: str = "5001", **facts: str | None) -> Label:
    given: dict[str, str | None] = {
        "item_code": "CPU",
        "description": "Processor",
        "mfr_serial_no": "M-1",
        "document": "Return R-1, line 1",
        "gtin": None,
    }
    return Label(serial_no, **(given | facts))  # type: ignore[arg-type]


def printed(path: Path, labels: Sequence[Label], size: str = "avery-l7160", start: int = 1) -> Printed:
    return print_labels(labels, path, LabelTerms(label_size(size), start))


def read_back(path: Path) -> list[Seen]:
    """Render each page and decode every symbol on it: (format, text)."""
    pages: list[Seen] = []
    document = pypdfium2.PdfDocument(path)
    for page in document:
        image = page.render(scale=DOTS_PER_INCH / 72).to_pil()
        found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
        pages.append({(str(each.symbology), each.text) for each in found})
    document.close()
    return pages


def words_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return str(text).replace("\r\n", "\n")


@pytest.mark.parametrize("size", SIZES)
def test_every_symbol_of_every_size_reads_back(size: str, tmp_path: Path) -> None:
    serials = [f"SN{number}" for number in range(9801, 9801 + SIZES[size].a_page + 1)]
    made = printed(tmp_path / "labels.pdf", [label(serial) for serial in serials], size)
    assert (made.labels, made.pages, made.without_qr, made.without_code128) == (len(serials), 2, 0, 0)
    both = [{("Code 128", serial), ("QR Code", serial)} for serial in serials]
    assert read_back(tmp_path / "labels.pdf") == [set().union(*both[:-1]), both[-1]]


@pytest.mark.parametrize(
    ("serial_no", "gtin", "code128", "qr", "without"),
    [
        pytest.param("5001", None, "5001", "5001", (0, 0, 0), id="digits"),
        pytest.param("00123", None, "00123", "00123", (0, 0, 0), id="zeros in front, odd digits"),
        pytest.param("SN-7A/0042 b", None, "SN-7A/0042 b", "SN-7A/0042 b", (0, 0, 0), id="marks, blank, small letters"),
        pytest.param("HQ%1", None, "HQ%1", "HQ%1", (0, 0, 0), id="a percent sign"),
        pytest.param("5001", GTIN, "5001", element_string(GTIN, "5001"), (0, 0, 0), id="gs1"),
        pytest.param("SN%7", "9506000134352", "SN%7", element_string(GTIN, "SN%7"), (0, 0, 0), id="gs1, 13 digits"),
        pytest.param("5001", "123", "5001", "5001", (0, 0, 1), id="no GTIN"),
        pytest.param("SN 1", GTIN, "SN 1", "SN 1", (0, 0, 1), id="a serial that GS1 does not allow"),
        pytest.param("СЕРИЯ-1", None, None, "СЕРИЯ-1", (1, 0, 0), id="letters beyond ASCII"),
        pytest.param("X" * 60, None, None, "X" * 60, (1, 0, 0), id="too long for Code 128"),
        pytest.param("X" * 1500, None, None, None, (1, 1, 0), id="too long for either"),
    ],
)
def test_a_serial_reads_back_as_it_is(  # noqa: PLR0917 - a table
    serial_no: str, gtin: str | None, code128: str | None, qr: str | None, without: tuple[int, int, int], tmp_path: Path
) -> None:
    made = printed(tmp_path / "labels.pdf", [label(serial_no, gtin=gtin)])
    expected = {(kind, text) for kind, text in (("Code 128", code128), ("QR Code", qr)) if text is not None}
    assert read_back(tmp_path / "labels.pdf") == [expected]
    assert (made.without_code128, made.without_qr, made.without_gs1) == without


def test_a_gs1_symbol_says_that_it_is_one(tmp_path: Path) -> None:
    printed(tmp_path / "labels.pdf", [label("5001", gtin=GTIN)])
    document = pypdfium2.PdfDocument(tmp_path / "labels.pdf")
    image = document[0].render(scale=DOTS_PER_INCH / 72).to_pil()
    kinds = {each.content_type.name for each in zxingcpp.read_barcodes(image)}
    document.close()
    assert "GS1" in kinds
    assert f"(01){GTIN}(21)5001" in words_of(tmp_path / "labels.pdf")


def test_the_words_are_those_of_the_unit(tmp_path: Path) -> None:
    printed(tmp_path / "labels.pdf", [label("5001"), label("5002", mfr_serial_no=None, document="", description="")])
    assert words_of(tmp_path / "labels.pdf").splitlines() == [
        "5001",
        "CPU Processor",
        "Mfr M-1",
        "Return R-1, line 1",
        "5002",
        "CPU",
    ]


def test_long_words_are_fitted(tmp_path: Path) -> None:
    printed(tmp_path / "labels.pdf", [label(description="Processor " * 20)])
    assert "CPU Processor Processor" in words_of(tmp_path / "labels.pdf")
    assert "Processor " * 20 not in words_of(tmp_path / "labels.pdf")
    assert read_back(tmp_path / "labels.pdf") == [{("Code 128", "5001"), ("QR Code", "5001")}]


@pytest.mark.parametrize(
    ("description", "shown", "lacking"),
    [
        pytest.param("Größe", "CPU Größe", "", id="western"),
        pytest.param("Książka", "CPU Ksiazka", "ąż", id="an accent goes"),
        pytest.param("a\u2003b", "CPU a b", "", id="an odd blank"),
        pytest.param("Ж1", "CPU <U+0416>1", "Ж", id="another script"),
    ],
)
def test_letters_that_the_font_lacks_are_told(description: str, shown: str, lacking: str, tmp_path: Path) -> None:
    made = printed(tmp_path / "labels.pdf", [label(description=description)])
    assert shown in words_of(tmp_path / "labels.pdf").splitlines()
    assert made.letters_lacking == lacking


def test_a_serial_is_never_shown_as_another(tmp_path: Path) -> None:
    printed(tmp_path / "labels.pdf", [label("ą1", mfr_serial_no="М-1")])
    assert words_of(tmp_path / "labels.pdf").splitlines()[:3] == ["<U+0105>1", "CPU Processor", "Mfr <U+041C>-1"]
    assert read_back(tmp_path / "labels.pdf") == [{("QR Code", "ą1")}]


def test_what_is_no_font_is_told(tmp_path: Path) -> None:
    font = tmp_path / "font.ttf"
    font.write_bytes(b"none")
    with pytest.raises(SettingsError, match="cannot be used as the font of labels"):
        print_labels([label()], tmp_path / "labels.pdf", LabelTerms(label_size("roll-62"), font=font))
    assert list(tmp_path.iterdir()) == [font]


def test_a_font_of_the_site_is_used(tmp_path: Path) -> None:
    font = Path(reportlab.__file__).parent / "fonts" / "VeraIt.ttf"
    print_labels([label()], tmp_path / "labels.pdf", LabelTerms(label_size("roll-62"), font=font))
    assert b"Oblique" in (tmp_path / "labels.pdf").read_bytes()


@pytest.mark.parametrize(
    ("start", "pages"),
    [
        pytest.param(1, 1, id="a fresh sheet"),
        pytest.param(20, 1, id="the last two places"),
        pytest.param(21, 2, id="the last place"),
    ],
)
def test_a_used_sheet_is_used_up(start: int, pages: int, tmp_path: Path) -> None:
    assert printed(tmp_path / "labels.pdf", [label("1"), label("2")], start=start).pages == pages
    assert len(read_back(tmp_path / "labels.pdf")) == pages


def test_a_place_beyond_the_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has the places 1 to 21; 22 is none of them"):
        printed(tmp_path / "labels.pdf", [label()], start=22)


def test_no_serial_gives_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no serial to print"):
        printed(tmp_path / "labels.pdf", [])
    assert not list(tmp_path.iterdir())


def test_the_same_serials_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first.pdf", "second.pdf"):
        printed(tmp_path / name, [label("5001", gtin=GTIN), label("SN-Ж")])
    first = (tmp_path / "first.pdf").read_bytes()
    assert first == (tmp_path / "second.pdf").read_bytes()
    assert b"(Serialback)" in first
    assert b"D:2000" in first
