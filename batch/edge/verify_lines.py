"""Declare what is always true of documents, their lines and units, and of the runs that settled them."""

from __future__ import annotations

from batch.edge.verify_facts import LINE_WORDS, OPEN_LINE, SERIALIZED, SETTLED, Invariant

_BY_LINE = "document_type, document_no, line_no"

LINE_INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        name="lines_add_up",
        meaning="The lines a run read are those it posted, refused and skipped.",
        sql="""
            SELECT run_id, job, lines_read, lines_posted, lines_refused, lines_skipped
            FROM run
            WHERE lines_read <> lines_posted + lines_refused + lines_skipped
        """,
        wording="run {run_id} ({job}): {lines_read} read, but {lines_posted} posted, {lines_refused} refused and "
        "{lines_skipped} skipped",
        order="run_id",
    ),
    Invariant(
        name="run_figures_are_its_rows",
        meaning="The serials and credit memos a run says it made are those that bear its number.",
        sql="""
            SELECT r.run_id, r.job, r.serials_generated, r.serials_adopted, r.credit_memos,
                   COALESCE(s.made, 0) AS made, COALESCE(s.adopted, 0) AS adopted, COALESCE(c.memos, 0) AS memos
            FROM run r
            LEFT JOIN (
                SELECT run_id, SUM(CASE WHEN origin = 'GENERATED' THEN 1 ELSE 0 END) AS made,
                       SUM(CASE WHEN origin = 'ADOPTED' THEN 1 ELSE 0 END) AS adopted
                FROM serial WHERE run_id IS NOT NULL GROUP BY run_id
            ) s ON s.run_id = r.run_id
            LEFT JOIN (SELECT run_id, COUNT(*) AS memos FROM credit_memo GROUP BY run_id) c ON c.run_id = r.run_id
            WHERE r.serials_generated <> COALESCE(s.made, 0) OR r.serials_adopted <> COALESCE(s.adopted, 0)
               OR r.credit_memos <> COALESCE(c.memos, 0)
        """,
        wording="run {run_id} ({job}): it says {serials_generated} serials generated, {serials_adopted} adopted, "
        "{credit_memos} credit memos; on file are {made}, {adopted} and {memos}",
        order="run_id",
    ),
    Invariant(
        name="units_have_serials",
        meaning="Every unit of a settled line of a serialized item has a serial: as many serials as the quantity.",
        sql=f"""
            SELECT d.document_type, d.document_no, l.line_no, l.item_code, ABS(l.quantity) AS quantity,
                   COALESCE(taken.units, 0) AS units
            FROM document_line l
            JOIN document d ON d.document_id = l.document_id
            LEFT JOIN item i ON i.item_code = l.item_code
            LEFT JOIN (
                SELECT line_id, COUNT(*) AS units
                FROM line_unit
                WHERE serial_id IS NOT NULL AND action IS NOT NULL
                GROUP BY line_id
            ) taken ON taken.line_id = l.line_id
            WHERE l.status IN {SETTLED}
              AND (taken.units <> ABS(l.quantity) OR taken.units IS NULL AND i.inventory_type IN {SERIALIZED})
        """,
        wording=f"{LINE_WORDS} ({{item_code}}): quantity {{quantity}}, {{units}} units with a serial",
        order=_BY_LINE,
    ),
    Invariant(
        name="open_lines_take_nothing",
        meaning="A line that is not settled has taken no serial.",
        sql=f"""
            SELECT d.document_type, d.document_no, l.line_no, l.status, u.unit_no, s.serial_no
            FROM line_unit u
            JOIN document_line l ON l.line_id = u.line_id
            JOIN document d ON d.document_id = l.document_id
            JOIN serial s ON s.serial_id = u.serial_id
            WHERE u.action IS NOT NULL AND l.status NOT IN {SETTLED}
        """,
        wording=f"{LINE_WORDS} unit {{unit_no}}: the line is {{status}}, yet serial {{serial_no}} was taken for it",
        order=f"{_BY_LINE}, unit_no",
    ),
    Invariant(
        name="serial_once_a_document",
        meaning="No serial is settled twice on one document.",
        sql="""
            SELECT d.document_type, d.document_no, s.serial_no, COUNT(*) AS units
            FROM (
                SELECT serial_id FROM line_unit WHERE serial_id IS NOT NULL GROUP BY serial_id HAVING COUNT(*) > 1
            ) often
            JOIN line_unit u ON u.serial_id = often.serial_id AND u.action IS NOT NULL
            JOIN document_line l ON l.line_id = u.line_id
            JOIN document d ON d.document_id = l.document_id
            JOIN serial s ON s.serial_id = u.serial_id
            GROUP BY d.document_type, d.document_no, s.serial_no
            HAVING COUNT(*) > 1
        """,
        wording="{document_type} {document_no}: serial {serial_no} is on {units} units",
        order="document_type, document_no, serial_no",
    ),
    Invariant(
        name="finished_documents_have_no_open_line",
        meaning="A document that is posted, committed or closed has no line left open.",
        sql=f"""
            SELECT d.document_type, d.document_no, d.status AS document_status, l.line_no, l.status
            FROM document_line l
            JOIN document d ON d.document_id = l.document_id
            WHERE l.status IN {OPEN_LINE} AND d.status IN {SETTLED}
        """,
        wording=f"{LINE_WORDS}: the line is {{status}}, but its document {{document_status}}",
        order=_BY_LINE,
    ),
    Invariant(
        name="refusals_have_a_reason",
        meaning="A line that was refused or held has an exception of its own that refuses it.",
        sql="""
            SELECT d.document_type, d.document_no, l.line_no, l.status
            FROM document_line l
            JOIN document d ON d.document_id = l.document_id
            LEFT JOIN (
                SELECT DISTINCT line_id FROM exception WHERE severity = 'REFUSE' AND status <> 'RESOLVED'
            ) reason ON reason.line_id = l.line_id
            WHERE l.status IN ('REFUSED', 'HELD') AND reason.line_id IS NULL
        """,
        wording=f"{LINE_WORDS}: the line is {{status}}, and no exception says why",
        order=_BY_LINE,
    ),
)
