"""List a break of every invariant in the world of `tests/edge/books.py`, and the rows that must be named for it."""

from __future__ import annotations

import pytest

_MISSING = "INSERT INTO missing_number (sequence_code, first_number, last_number, reason) VALUES"
_NEXT_MEMO = "UPDATE number_sequence SET next_number = {} WHERE sequence_code = 'M-HQ'"
_NEXT_SERIAL = "UPDATE number_sequence SET next_number = {} WHERE sequence_code = 'S-HQ'"
_FIRST_SERIAL = "UPDATE number_sequence SET first_number = {} WHERE sequence_code = 'S-HQ'"
_EMPTY_MEMO = """
    INSERT INTO credit_memo (credit_memo_id, credit_memo_no, document_id, customer_code, location_code, currency,
                             memo_date, net_minor, tax_minor, total_minor, run_id, sequence_code, sequence_number)
    VALUES (3, 'CM-HQ-00003', 1, 'C1', 'HQ', 'USD', '2026-03-31', 0, 0, 0, 2, 'M-HQ', 3)
"""
_RUN = "UPDATE run SET {} WHERE run_id = {}"
_KEYLESS = "INSERT INTO serial (serial_id, {}serial_no, item_code, area_code) VALUES (99, {}'ä', 'CPU', 'SOLD')"
_STEP = """
    INSERT INTO serial_history (history_id, serial_id, action, from_area_code, to_area_code, run_id, business_date)
    SELECT MAX(history_id) + 1, 1, {}, '2026-03-31' FROM serial_history
"""
_NEVER_ISSUED = "in use, but the sequence never issued them"

# What is broken; by which statements; the rows named.
_LINES = [
    (
        "lines_add_up",
        ("UPDATE run SET lines_skipped = 9 WHERE run_id = 1",),
        ("run 1 (intake): 5 read, but 4 posted, 1 refused and 9 skipped",),
    ),
    (
        "run_figures_are_its_rows",
        ("UPDATE credit_memo SET run_id = 3 WHERE credit_memo_id = 2",),
        (
            "run 2 (pos): it says 1 serials generated, 0 adopted, 1 credit memos; on file are 1, 0 and 0",
            "run 3 (backfill): it says 0 serials generated, 1 adopted, 0 credit memos; on file are 0, 1 and 1",
        ),
    ),
    (
        "run_figures_are_its_rows",
        ("UPDATE run SET serials_generated = 0 WHERE run_id = 2",),
        ("run 2 (pos): it says 0 serials generated, 0 adopted, 1 credit memos; on file are 1, 0 and 1",),
    ),
    (
        "run_figures_are_its_rows",
        ("UPDATE run SET serials_adopted = 2 WHERE run_id = 3",),
        ("run 3 (backfill): it says 0 serials generated, 2 adopted, 0 credit memos; on file are 0, 1 and 0",),
    ),
    (
        "units_have_serials",
        ("DELETE FROM line_unit WHERE line_id = 1 AND unit_no = 2",),
        ("RETURN R-1 line 1 (CPU): quantity 2, 1 units with a serial",),
    ),
    (
        "units_have_serials",
        ("UPDATE line_unit SET action = NULL WHERE line_id IN (3, 4)",),
        (
            "CREDIT_ORDER O-1 line 1 (CPU): quantity 2, 0 units with a serial",
            "SERVICE S-1 line 1 (CPU): quantity 1, 0 units with a serial",
        ),
    ),
    (
        "units_have_serials",
        ("UPDATE document_line SET quantity = 3 WHERE line_id = 8",),
        ("LEGACY_RETURN L-1 line 1 (CPU): quantity 3, 1 units with a serial",),
    ),
    (
        "open_lines_take_nothing",
        ("UPDATE line_unit SET serial_id = 3, action = 'ATTACHED' WHERE line_id = 5",),
        ("RETURN R-2 line 1 unit 1: the line is REFUSED, yet serial 5003 was taken for it",),
    ),
    (
        "serial_once_a_document",
        ("UPDATE line_unit SET serial_id = 5 WHERE line_id = 4 AND unit_no = 2",),
        ("CREDIT_ORDER O-1: serial 5005 is on 2 units",),
    ),
    (
        "finished_documents_have_no_open_line",
        ("UPDATE document SET status = 'POSTED' WHERE document_id = 4",),
        ("RETURN R-2 line 1: the line is REFUSED, but its document POSTED",),
    ),
    (
        "refusals_have_a_reason",
        ("UPDATE exception SET status = 'RESOLVED' WHERE exception_id = 1",),
        ("RETURN R-2 line 1: the line is REFUSED, and no exception says why",),
    ),
    (
        "refusals_have_a_reason",
        ("UPDATE exception SET severity = 'WARN' WHERE exception_id = 1",),
        ("RETURN R-2 line 1: the line is REFUSED, and no exception says why",),
    ),
]

_MEMOS = [
    (
        "posted_lines_are_credited",
        ("UPDATE credit_memo_line SET quantity = 2, unit_price_minor = 1000 WHERE line_id = 2",),
        ("RETURN R-1 line 2: quantity 4, 2 credited",),
    ),
    (
        "posted_lines_are_credited",
        ("UPDATE document SET document_type = 'RETURN' WHERE document_id = 6",),
        ("RETURN L-1 line 1: quantity 1, 0 credited",),
    ),
    (
        "only_posted_lines_are_credited",
        ("UPDATE document_line SET status = 'CLOSED' WHERE line_id = 2",),
        ("RETURN R-1 line 2: the line is CLOSED, yet credit memo CM-HQ-00001 credits it",),
    ),
    (
        "only_posted_lines_are_credited",
        ("UPDATE document SET document_type = 'SERVICE' WHERE document_id = 5",),
        ("SERVICE P-1 line 1: the line is POSTED, yet credit memo CM-HQ-00002 credits it",),
    ),
    (
        "memos_credit_their_own_document",
        ("UPDATE credit_memo SET document_id = 1 WHERE credit_memo_id = 2",),
        ("credit memo CM-HQ-00002 of RETURN R-1 credits CPU for POS_INVOICE P-1 line 1 (CPU)",),
    ),
    (
        "memos_credit_their_own_document",
        ("UPDATE credit_memo_line SET item_code = 'MOUSE' WHERE line_id = 1",),
        ("credit memo CM-HQ-00001 of RETURN R-1 credits MOUSE for RETURN R-1 line 1 (CPU)",),
    ),
    (
        "memo_totals_are_their_lines",
        ("UPDATE credit_memo SET tax_minor = 3300, total_minor = 35300 WHERE credit_memo_id = 1",),
        ("credit memo CM-HQ-00001: net 32000, tax 3300, total 35300; its lines: net 32000, tax 3200",),
    ),
    (
        "memo_totals_are_their_lines",
        ("UPDATE credit_memo SET total_minor = 1 WHERE credit_memo_id = 1",),
        ("credit memo CM-HQ-00001: net 32000, tax 3200, total 1; its lines: net 32000, tax 3200",),
    ),
    (
        "memo_totals_are_their_lines",
        (_EMPTY_MEMO, _NEXT_MEMO.format(4), _RUN.format("credit_memos = 2", 2)),
        ("credit memo CM-HQ-00003: net 0, tax 0, total 0; its lines: net 0, tax 0",),
    ),
    (
        "memo_lines_are_price_times_quantity",
        ("UPDATE credit_memo_line SET discount_minor = 1 WHERE line_id = 2",),
        ("credit memo CM-HQ-00001, line id 2: 4 x 500 - 1 is not 2000",),
    ),
    (
        "one_memo_a_document_and_run",
        (
            "UPDATE credit_memo SET document_id = 1, run_id = 1 WHERE credit_memo_id = 2",
            _RUN.format("credit_memos = 2", 1),
            _RUN.format("credit_memos = 0", 2),
            "UPDATE document_line SET document_id = 1, line_no = 9 WHERE line_id = 6",
        ),
        ("RETURN R-1: run 1 wrote 2 memos, CM-HQ-00001 to CM-HQ-00002",),
    ),
    (
        "memo_numbers_have_no_gap",
        (_NEXT_MEMO.format(5),),
        ("sequence M-HQ: 3 to 4 unaccounted for",),
    ),
    (
        "memo_numbers_have_no_gap",
        (_NEXT_MEMO.format(4), f"{_MISSING} ('M-HQ', 3, 3, 'BURNT')"),
        ("sequence M-HQ: 3 to 3 unaccounted for",),
    ),
    (
        "memo_numbers_have_no_gap",
        ("UPDATE credit_memo SET sequence_number = 7 WHERE credit_memo_id = 2",),
        ("sequence M-HQ: 2 to 2 unaccounted for", f"sequence M-HQ: 7 to 7 {_NEVER_ISSUED}"),
    ),
    (
        "memo_numbers_have_no_gap",
        ("UPDATE number_sequence SET first_number = NULL WHERE sequence_code = 'M-HQ'",),
        (f"sequence M-HQ: 1 to 1 {_NEVER_ISSUED}", f"sequence M-HQ: 2 to 2 {_NEVER_ISSUED}"),
    ),
    (
        "memos_bear_a_number_of_a_sequence",
        ("UPDATE credit_memo SET sequence_code = NULL WHERE credit_memo_id = 2", _NEXT_MEMO.format(2)),
        ("credit memo CM-HQ-00002",),
    ),
]

_NUMBERS = [
    (
        "serial_numbers_are_accounted_for",
        ("DELETE FROM missing_number WHERE first_number = 5003",),
        ("sequence S-HQ: 5003 to 5003 unaccounted for",),
    ),
    (
        "serial_numbers_are_accounted_for",
        (f"{_MISSING} ('S-HQ', 5004, 5005, 'BURNT')",),
        (
            "sequence S-HQ: 5004 to 5004 accounted for more than once",
            "sequence S-HQ: 5005 to 5005 accounted for more than once",
        ),
    ),
    (
        "serial_numbers_are_accounted_for",
        ("UPDATE number_block SET next_number = 5006",),
        ("sequence S-HQ: 5006 to 5006 accounted for more than once",),
    ),
    (
        "serial_numbers_are_accounted_for",
        (_NEXT_SERIAL.format(5010),),
        (f"sequence S-HQ: 5010 to 5010 {_NEVER_ISSUED}",),
    ),
    (
        "serial_numbers_are_accounted_for",
        (_NEXT_SERIAL.format(5013),),
        ("sequence S-HQ: 5011 to 5012 unaccounted for",),
    ),
    (
        "serial_numbers_are_accounted_for",
        (_FIRST_SERIAL.format(5002),),
        (f"sequence S-HQ: 5001 to 5001 {_NEVER_ISSUED}",),
    ),
    (
        "serial_numbers_are_accounted_for",
        (_FIRST_SERIAL.format(4999),),
        ("sequence S-HQ: 4999 to 5000 unaccounted for",),
    ),
    (
        "serial_numbers_are_accounted_for",
        (f"{_MISSING} ('S-NONE', 1, 2, 'BURNT')",),
        (f"sequence S-NONE: 1 to 2 {_NEVER_ISSUED}",),
    ),
    (
        "generated_serials_bear_a_number_of_a_sequence",
        (
            "UPDATE serial SET sequence_number = NULL WHERE serial_no = '5006'",
            f"{_MISSING} ('S-HQ', 5006, 5006, 'BURNT')",
        ),
        ("serial 5006",),
    ),
]

_REGISTER = [
    (
        "area_is_where_history_put_it",
        ("UPDATE serial SET area_code = 'MAIN-STOCK' WHERE serial_no = '5001'",),
        ("serial 5001: it is in MAIN-STOCK, its history says CRMA",),
    ),
    (
        "origin_is_in_history",
        (
            "UPDATE serial SET origin = 'ADOPTED' WHERE serial_no = '5001'",
            _RUN.format("serials_generated = 3, serials_adopted = 1", 1),
        ),
        ("serial 5001: its origin is ADOPTED, its history starts it 1 times",),
    ),
    (
        "origin_is_in_history",
        ("UPDATE serial SET origin = 'EXTERNAL' WHERE serial_no = 'OLD-1'", _RUN.format("serials_adopted = 0", 3)),
        ("serial OLD-1: its origin is EXTERNAL, its history starts it 1 times",),
    ),
    (
        "origin_is_in_history",
        ("DELETE FROM serial_history WHERE serial_id = 4",),
        ("serial 5004: its origin is GENERATED, its history starts it 0 times",),
    ),
    (
        "steps_go_from_out_to_stock",
        (
            "UPDATE serial_history SET to_area_code = 'MAIN-STOCK' WHERE history_id = 1",
            "UPDATE serial_history SET from_area_code = 'MAIN-STOCK' WHERE history_id = 2",
        ),
        (
            "serial 5001: history row 1 is GENERATED from None to MAIN-STOCK",
            "serial 5001: history row 2 is RECEIVED from MAIN-STOCK to CRMA",
        ),
    ),
    (
        "steps_begin_where_the_last_one_ended",
        ("UPDATE serial_history SET from_area_code = 'CRMA-EX' WHERE history_id IN (5, 12)",),
        (
            "serial 5002: history row 5 is RECEIVED from CRMA-EX, but the row before put it in RELEASED",
            "serial OLD-1: history row 12 is RECEIVED from CRMA-EX, but the row before put it in RELEASED",
        ),
    ),
    (
        "steps_go_from_out_to_stock",
        ("UPDATE stock_area SET area_type = 'OUT' WHERE area_code = 'CRMA'",),
        (
            "serial 5001: history row 2 is RECEIVED from RELEASED to CRMA",
            "serial 5002: history row 5 is RECEIVED from RELEASED to CRMA",
            "serial 5006: history row 10 is RECEIVED from RELEASED to CRMA",
            "serial OLD-1: history row 12 is RECEIVED from RELEASED to CRMA",
        ),
    ),
    (
        "posted_units_were_received",
        ("UPDATE serial_history SET line_id = 3 WHERE history_id = 2",),
        ("RETURN R-1 line 1 unit 1: serial 5001 was not received",),
    ),
    (
        "posted_units_were_received",
        ("UPDATE serial_history SET action = 'RELEASED' WHERE history_id = 12",),
        ("LEGACY_RETURN L-1 line 1 unit 1: serial OLD-1 was not received",),
    ),
    (
        "committed_units_wait_outside",
        ("UPDATE serial SET open_document_id = NULL WHERE serial_no = '5005'",),
        ("CREDIT_ORDER O-1 line 1: serial 5005 is in CRMA-EX, held by document id None",),
    ),
    (
        "committed_units_wait_outside",
        ("UPDATE serial SET open_document_id = 2 WHERE serial_no = '4001'",),
        ("CREDIT_ORDER O-1 line 1: serial 4001 is in CRMA-EX, held by document id 2",),
    ),
    (
        "stock_is_held_by_no_slip",
        ("UPDATE serial SET open_document_id = 2 WHERE serial_no = '5001'",),
        ("serial 5001 in CRMA is still held by SERVICE S-1",),
    ),
    (
        "stock_is_held_by_no_slip",
        ("UPDATE document_line SET status = 'CLOSED' WHERE line_id = 3",),
        ("serial 5004 in REPAIRS-IN is still held by SERVICE S-1",),
    ),
    (
        "stock_is_held_by_no_slip",
        ("UPDATE document SET status = 'CLOSED' WHERE document_id = 2",),
        ("serial 5004 in REPAIRS-IN is still held by SERVICE S-1",),
    ),
    (
        "serial_has_its_own_key",
        (_KEYLESS.format("serial_near, ", "'Ä', "),),
        ("serial ä of CPU in SOLD: another row on file is the same serial",),
    ),
    (
        "keys_are_those_of_the_serials",
        ("UPDATE serial SET serial_key = '5O01' WHERE serial_no = '5001'",),
        ("serial 5001: serial_key is 5O01, not 5001",),
    ),
    (
        "keys_are_those_of_the_serials",
        (
            "UPDATE serial SET serial_near = 'OLD1' WHERE serial_no = 'OLD-1'",
            "UPDATE serial SET mfr_serial_key = NULL WHERE serial_no = '4001'",
            "UPDATE serial SET mfr_serial_near = 'M' WHERE serial_no IN ('5001', '4001')",
        ),
        (
            "serial 5001: mfr_serial_near is M, not M1",
            "serial 4001: mfr_serial_key is blank, not M-2; mfr_serial_near is M, not M2",
            "serial OLD-1: serial_near is OLD1, not 1D1",
        ),
    ),
    (
        "keys_are_those_of_the_serials",
        ("UPDATE serial SET mfr_serial_key = 'M-3', mfr_serial_near = 'M3' WHERE serial_no = '5003'",),
        ("serial 5003: mfr_serial_key is M-3, not blank; mfr_serial_near is M3, not blank",),
    ),
]

BREAKS = [
    pytest.param(*row, id=f"{row[0]}-{number}") for number, row in enumerate((*_LINES, *_MEMOS, *_NUMBERS, *_REGISTER))
]

HARMLESS = [
    pytest.param((_NEXT_MEMO.format(4), f"{_MISSING} ('M-HQ', 3, 3, 'TAKEN')"), id="a memo number that was taken"),
    pytest.param(("UPDATE exception SET status = 'WAIVED' WHERE exception_id = 1",), id="a refusal that was waived"),
    pytest.param(("UPDATE item SET inventory_type = 'INVENTORIED'",), id="an item that is serialized no longer"),
    pytest.param(("UPDATE serial SET area_code = 'MAIN-STOCK' WHERE serial_no = '5003'",), id="the ERP's own serial"),
    pytest.param((_KEYLESS.format("", ""),), id="a serial that no run has seen yet"),
    pytest.param(
        ("UPDATE serial SET serial_no = 'Ä', serial_near = NULL WHERE serial_no = '5003'",),
        id="a serial renamed since the last run",
    ),
    pytest.param(
        ("UPDATE serial SET mfr_serial_no = ' ', mfr_serial_key = '', mfr_serial_near = '' WHERE serial_no = '5003'",),
        id="a manufacturer's serial that is blank",
    ),
    pytest.param(
        (
            _STEP.format("'RELEASED', 'MAIN-STOCK', 'RELEASED', NULL"),
            _STEP.format("'ATTACHED', 'CRMA-EX', 'CRMA-EX', 3"),
            _STEP.format("'RECEIVED', 'CRMA-EX', 'CRMA', 3"),
        ),
        id="a unit that another system has moved without a word",
    ),
    pytest.param(("UPDATE line_unit SET serial_id = 3 WHERE line_id = 5",), id="a unit attached, not taken"),
    pytest.param(
        (
            "UPDATE serial SET open_document_id = NULL WHERE serial_no = '5004'",
            "UPDATE document_line SET status = 'CLOSED' WHERE line_id = 3",
            "UPDATE document SET status = 'CLOSED' WHERE document_id = 2",
        ),
        id="a service slip that is closed",
    ),
    pytest.param(("UPDATE document SET status = 'RECEIVED' WHERE document_id = 3",), id="a credit order received"),
]
