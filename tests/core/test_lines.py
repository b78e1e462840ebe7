"""Show what is set beside a line before it is judged: its step, its places, its money; and that no line is lost."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from batch.core.chunk import Terms
from batch.core.lines import enrich
from tests.core.chunks import TERMS, TODAY, WORLD, WRITING, chunk, customer, doc, item, location

INTO = dataclasses.replace(WRITING, into_area="MAIN-STOCK")
INTO_NOWHERE = dataclasses.replace(WRITING, into_area="NONE")


def test_rows_stand_in_the_order_of_the_lines() -> None:
    lines = enrich(chunk(doc("RETURN", "CPU 1", "NONE 2"), doc("SERVICE", "CABLE 3")), TERMS)
    assert lines["line_id"].tolist() == [101, 102, 201]
    assert lines.index.tolist() == [0, 1, 2]


def test_a_doubled_document_does_not_double_its_lines() -> None:
    drawn = chunk(doc("RETURN", "CPU 1", "CPU 2"))
    doubled = dataclasses.replace(drawn, documents=pd.concat([drawn.documents, drawn.documents]))
    assert enrich(doubled, TERMS)["line_id"].tolist() == [101, 102]


def test_labels_of_the_lines_do_not_matter() -> None:
    drawn = chunk(doc("RETURN", "CPU 1", "CABLE 2"))
    relabelled = dataclasses.replace(drawn, lines=drawn.lines.set_axis([5, 5]))
    pd.testing.assert_frame_equal(enrich(relabelled, TERMS), enrich(drawn, TERMS))


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 1", {"judged", "takes_into_stock", "writes_memo"}, id="a return"),
        pytest.param("POS_CREDIT", "CPU 1", {"judged", "takes_into_stock", "writes_memo"}, id="a POS credit memo"),
        pytest.param("POS_INVOICE", "CPU -1", {"judged", "takes_into_stock", "writes_memo"}, id="on an invoice"),
        pytest.param("POS_INVOICE", "CPU 1", {"sale", "takes_into_stock", "writes_memo"}, id="a sale"),
        pytest.param("POS_INVOICE", "CPU two", {"judged", "takes_into_stock", "writes_memo"}, id="not known as a sale"),
        pytest.param("POS_INVOICE", "CPU 1 status=IGNORED", {"takes_into_stock", "writes_memo"}, id="ignored before"),
        pytest.param("SERVICE", "CPU 1", {"judged", "service"}, id="a service slip"),
        pytest.param("SERVICE", "CPU 1 status=CLOSED", {"service"}, id="closed"),
        pytest.param("CREDIT_ORDER", "CPU 1", {"judged", "order"}, id="a credit order"),
        pytest.param("CREDIT_ORDER", "CPU 1 status=COMMITTED", {"committed", "order"}, id="committed, on its way"),
        pytest.param(
            "CREDIT_ORDER O-1 status=RECEIVED",
            "CPU 1 status=COMMITTED",
            {"judged", "committed", "order", "received", "takes_into_stock", "writes_memo"},
            id="committed, and come",
        ),
        pytest.param(
            "CREDIT_ORDER O-1 status=RECEIVED",
            "CPU 1 status=REFUSED",
            {"judged", "order", "received", "takes_into_stock", "writes_memo"},
            id="refused at commit, and come",
        ),
        pytest.param(
            "CREDIT_ORDER O-1 status=RECEIVED",
            "CPU 1 status=POSTED",
            {"order", "received", "takes_into_stock", "writes_memo"},
            id="received before",
        ),
        pytest.param(
            "RETURN R-1 status=RECEIVED", "CPU 1 status=HELD", {"judged", "takes_into_stock", "writes_memo"}, id="held"
        ),
        pytest.param("RETURN", "CPU 1 status=POSTED", {"takes_into_stock", "writes_memo"}, id="posted before"),
        pytest.param("LEGACY_RETURN", "CPU 1", {"judged", "legacy", "takes_into_stock"}, id="a legacy return"),
    ],
)
def test_the_step_that_is_due(head: str, line: str, expected: set[str]) -> None:
    steps = ("judged", "sale", "committed", "order", "received", "service", "legacy", "takes_into_stock", "writes_memo")
    lines = enrich(chunk(doc(head, line)), TERMS)
    assert {name for name in steps if lines[name].tolist()[0]} == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("CPU -3", (3, 0, 0), id="units have no sign"),
        pytest.param("CPU two", (0, 0, 0), id="no number of units"),
        pytest.param("CPU 1e300", (2**53, 0, 0), id="more than can be counted"),
        pytest.param("CPU 2 #1 #2", (2, 2, 0), id="all named"),
        pytest.param("CPU 2 #1 #2 #3", (2, 3, 1), id="one too many"),
        pytest.param("CPU 1 #1 #2 more=9000", (1, 9002, 9001), id="a range that is only counted"),
    ],
)
def test_units_named_and_wanted(line: str, expected: tuple[int, int, int]) -> None:
    row = enrich(chunk(doc("RETURN", line)), TERMS).iloc[0]
    assert (row["units_wanted"], row["named"], row["surplus"]) == expected


@pytest.mark.parametrize(
    ("head", "line", "terms", "expected"),
    [
        pytest.param("RETURN", "CPU 1", TERMS, ("RELEASED", "CRMA", "CM-HQ"), id="a return"),
        pytest.param("RETURN R-1 HQ-SALES", "CPU 1", TERMS, ("RELEASED", "CRMA", "CM-HQ"), id="by its parent"),
        pytest.param("RETURN R-1 MAIN", "CPU 1", TERMS, ("RELEASED", "MAIN-STOCK", "CM-MAIN"), id="another location"),
        pytest.param(
            "RETURN R-1 NONE", "CPU 1", TERMS, ("RELEASED", "MAIN-STOCK", "CM-MAIN"), id="unknown: the default"
        ),
        pytest.param("RETURN", "CPU 1 area=MAIN-STOCK", TERMS, ("RELEASED", "MAIN-STOCK", "CM-HQ"), id="named"),
        pytest.param("RETURN", "CPU 1 area=NONE", TERMS, ("RELEASED", "CRMA", "CM-HQ"), id="named, but unknown"),
        pytest.param("SERVICE", "CPU 1", TERMS, ("REPAIRS-IN", "REPAIRS-IN", None), id="a service slip"),
        pytest.param("SERVICE", "CPU 1 area=SOLD", TERMS, ("SOLD", "SOLD", None), id="a service slip, named"),
        pytest.param("CREDIT_ORDER", "CPU 1", TERMS, ("CRMA-EX", "CRMA-EX", None), id="a credit order"),
        pytest.param("CREDIT_ORDER", "CPU 1 area=SOLD", TERMS, ("SOLD", "SOLD", None), id="a credit order, named"),
        pytest.param("CREDIT_ORDER O-1 status=RECEIVED", "CPU 1", TERMS, ("CRMA-EX", "CRMA", "CM-HQ"), id="received"),
        pytest.param("LEGACY_RETURN", "CPU 1", INTO, ("RELEASED", "MAIN-STOCK", "CM-HQ"), id="all into one area"),
        pytest.param("LEGACY_RETURN", "CPU 1 area=CRMA", INTO, ("RELEASED", "CRMA", "CM-HQ"), id="but named"),
        pytest.param("LEGACY_RETURN", "CPU 1", INTO_NOWHERE, ("RELEASED", "CRMA", "CM-HQ"), id="into an unknown one"),
    ],
)
def test_where_a_unit_starts_and_ends(head: str, line: str, terms: Terms, expected: tuple[str, str, str]) -> None:
    row = enrich(chunk(doc(head, line)), terms).iloc[0]
    assert (row["start_area"], row["target_area"], row["memo_sequence"]) == expected


def test_no_place_at_all() -> None:
    world = WORLD.without("MAIN", "HQ", "HQ-SALES")
    row = enrich(chunk(doc("RETURN", "CPU 1"), world=world), TERMS).iloc[0]
    assert row[["start_area", "start_type", "target_area", "target_type", "memo_sequence"]].tolist() == [None] * 5


@pytest.mark.parametrize(
    ("head", "line", "expected"),
    [
        pytest.param("RETURN", "CPU 1", ("USD", 15000, 10000), id="of the item"),
        pytest.param("RETURN", "CPU 1 price=1 cost=2", ("USD", 1, 2), id="of the line"),
        pytest.param("RETURN", "CPU 1 price=0 cost=0", ("USD", 0, 0), id="nothing is a price"),
        pytest.param("RETURN", "MOUSE 1", ("USD", 2000, None), id="no average cost"),
        pytest.param("RETURN R-1 HQ C-EUR", "CPU 1", ("EUR", None, None), id="only in the company's"),
        pytest.param("RETURN R-1 HQ C-EUR currency=USD", "CPU 1", ("USD", 15000, 10000), id="the document's currency"),
        pytest.param("RETURN R-1 HQ C9", "CPU 1", (None, None, None), id="no currency known"),
        pytest.param("RETURN", "NONE 1", ("USD", None, None), id="no item known"),
    ],
)
def test_price_and_cost(head: str, line: str, expected: tuple[str | None, int | None, int | None]) -> None:
    row = enrich(chunk(doc(head, line)), TERMS).iloc[0]
    assert (row["currency"], row["price_minor"], row["cost_minor"]) == expected


def test_a_legacy_return_counts_by_its_own_date() -> None:
    drawn = chunk(doc("LEGACY_RETURN R-1 on=2019-02-28", "CPU 1"), doc("RETURN R-2 on=2019-02-28", "CPU 1"))
    dates = enrich(drawn, TERMS)["effective_date"].tolist()
    assert [str(each) for each in dates] == ["2019-02-28", str(TODAY)]


def test_a_legacy_return_without_a_date_is_judged_by_the_business_date() -> None:
    """It is refused anyway; the other rules want something to go by."""
    drawn = chunk(doc("LEGACY_RETURN on_text=soon", "CPU 1"))
    drawn.documents["document_date"] = None
    lines = enrich(drawn, TERMS)
    assert (lines["effective_date"].tolist(), lines["date_text"].tolist()) == ([TERMS.business_date], ["soon"])


def test_whatever_the_order_of_reference_rows() -> None:
    world = WORLD.having(location("HQ", "MAIN"), item("CPU"), customer("C1"))
    backwards = dataclasses.replace(world, rows=world.rows[::-1])
    documents = (doc("RETURN", "CPU 1"), doc("SERVICE R-2 HQ-SALES", "MOUSE 1"))
    pd.testing.assert_frame_equal(
        enrich(chunk(*documents, world=world), TERMS), enrich(chunk(*documents, world=backwards), TERMS)
    )
