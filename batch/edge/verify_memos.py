"""Declare what is always true of credit memos and the lines they credit."""

from __future__ import annotations

from batch.edge.verify_facts import LINE_WORDS, RETURNING, Invariant

_BY_LINE = "document_type, document_no, line_no"

MEMO_INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        name="posted_lines_are_credited",
        meaning="The quantity credited for a posted line is its quantity.",
        sql=f"""
            SELECT d.document_type, d.document_no, l.line_no, ABS(l.quantity) AS quantity,
                   COALESCE(m.quantity, 0) AS credited
            FROM document_line l
            JOIN document d ON d.document_id = l.document_id
            LEFT JOIN credit_memo_line m ON m.line_id = l.line_id
            WHERE l.status = 'POSTED'
              AND (m.quantity <> ABS(l.quantity) OR m.line_id IS NULL AND d.document_type IN {RETURNING})
        """,
        wording=f"{LINE_WORDS}: quantity {{quantity}}, {{credited}} credited",
        order=_BY_LINE,
    ),
    Invariant(
        name="only_posted_lines_are_credited",
        meaning="No memo credits a line that is not posted, or a line of a service slip.",
        sql="""
            SELECT d.document_type, d.document_no, l.line_no, l.status, c.credit_memo_no
            FROM credit_memo_line m
            JOIN credit_memo c ON c.credit_memo_id = m.credit_memo_id
            JOIN document_line l ON l.line_id = m.line_id
            JOIN document d ON d.document_id = l.document_id
            WHERE l.status <> 'POSTED' OR d.document_type = 'SERVICE'
        """,
        wording=f"{LINE_WORDS}: the line is {{status}}, yet credit memo {{credit_memo_no}} credits it",
        order=_BY_LINE,
    ),
    Invariant(
        name="memos_credit_their_own_document",
        meaning="A memo credits lines of its own document, for the line's own item.",
        sql="""
            SELECT d.document_type, d.document_no, l.line_no, l.item_code, c.credit_memo_no,
                   own.document_type AS own_type, own.document_no AS own_no, m.item_code AS credited_item_code
            FROM credit_memo_line m
            JOIN credit_memo c ON c.credit_memo_id = m.credit_memo_id
            JOIN document own ON own.document_id = c.document_id
            JOIN document_line l ON l.line_id = m.line_id
            JOIN document d ON d.document_id = l.document_id
            WHERE l.document_id <> c.document_id OR m.item_code <> l.item_code
        """,
        wording=f"credit memo {{credit_memo_no}} of {{own_type}} {{own_no}} credits {{credited_item_code}} for "
        f"{LINE_WORDS} ({{item_code}})",
        order=f"credit_memo_no, {_BY_LINE}",
    ),
    Invariant(
        name="memo_totals_are_their_lines",
        meaning="A memo has lines, its net and tax are the sums of theirs, and its total is net and tax together.",
        sql="""
            SELECT c.credit_memo_no, c.net_minor, c.tax_minor, c.total_minor,
                   COALESCE(m.net_minor, 0) AS lines_net_minor, COALESCE(m.tax_minor, 0) AS lines_tax_minor
            FROM credit_memo c
            LEFT JOIN (
                SELECT credit_memo_id, SUM(net_minor) AS net_minor, SUM(tax_minor) AS tax_minor
                FROM credit_memo_line
                GROUP BY credit_memo_id
            ) m ON m.credit_memo_id = c.credit_memo_id
            WHERE m.credit_memo_id IS NULL OR c.net_minor <> m.net_minor OR c.tax_minor <> m.tax_minor
               OR c.total_minor <> c.net_minor + c.tax_minor
        """,
        wording="credit memo {credit_memo_no}: net {net_minor}, tax {tax_minor}, total {total_minor}; its lines: net "
        "{lines_net_minor}, tax {lines_tax_minor}",
        order="credit_memo_no",
    ),
    Invariant(
        name="memo_lines_are_price_times_quantity",
        meaning="A memo line's net is its quantity times its price, less its discount.",
        sql="""
            SELECT c.credit_memo_no, m.line_id, m.quantity, m.unit_price_minor, m.discount_minor, m.net_minor
            FROM credit_memo_line m
            JOIN credit_memo c ON c.credit_memo_id = m.credit_memo_id
            WHERE m.net_minor <> m.quantity * m.unit_price_minor - m.discount_minor
        """,
        wording="credit memo {credit_memo_no}, line id {line_id}: {quantity} x {unit_price_minor} - {discount_minor} "
        "is not {net_minor}",
        order="credit_memo_no, line_id",
    ),
    Invariant(
        name="one_memo_a_document_and_run",
        meaning="One run writes at most one memo for a document.",
        sql="""
            SELECT d.document_type, d.document_no, c.run_id, COUNT(*) AS memos,
                   MIN(c.credit_memo_no) AS first_no, MAX(c.credit_memo_no) AS last_no
            FROM credit_memo c
            JOIN document d ON d.document_id = c.document_id
            GROUP BY d.document_type, d.document_no, c.run_id
            HAVING COUNT(*) > 1
        """,
        wording="{document_type} {document_no}: run {run_id} wrote {memos} memos, {first_no} to {last_no}",
        order="document_type, document_no, run_id",
    ),
)
