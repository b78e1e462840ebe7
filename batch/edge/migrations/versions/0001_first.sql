-- The first schema. Names that begin with a dollar sign differ by database: see 0001_first.py.
-- A statement ends with a semicolon before an empty line.

CREATE TABLE location (
    location_code TEXT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    parent_location_code TEXT,
    is_default BOOLEAN DEFAULT $false NOT NULL,
    out_area_code TEXT,
    credit_order_area_code TEXT,
    service_area_code TEXT,
    credit_memo_area_code TEXT,
    closed_through DATE,
    CONSTRAINT pk_location PRIMARY KEY (location_code),
    CONSTRAINT fk_location_parent_location_code FOREIGN KEY(parent_location_code) REFERENCES location (location_code)$area_keys
);

CREATE UNIQUE INDEX uq_location_is_default ON location (is_default) WHERE is_default;

CREATE TABLE stock_area (
    area_code TEXT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    location_code TEXT,
    area_type TEXT NOT NULL,
    active BOOLEAN DEFAULT $true NOT NULL,
    CONSTRAINT pk_stock_area PRIMARY KEY (area_code),
    CONSTRAINT ck_stock_area_area_type CHECK (area_type = 'STOCK' OR area_type = 'OUT'),
    CONSTRAINT fk_stock_area_location_code FOREIGN KEY(location_code) REFERENCES location (location_code)
);

CREATE TABLE number_sequence (
    sequence_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    location_code TEXT,
    mask TEXT DEFAULT '{seq}' NOT NULL,
    next_number BIGINT DEFAULT '1' NOT NULL,
    allocation TEXT DEFAULT 'GAPLESS' NOT NULL,
    first_number BIGINT,
    CONSTRAINT pk_number_sequence PRIMARY KEY (sequence_code),
    CONSTRAINT ck_number_sequence_kind CHECK (kind = 'SERIAL' OR kind = 'CREDIT_MEMO'),
    CONSTRAINT ck_number_sequence_allocation CHECK (allocation = 'GAPLESS' OR allocation = 'BLOCK'),
    CONSTRAINT ck_number_sequence_memo_numbers_gapless CHECK (kind = 'SERIAL' OR allocation = 'GAPLESS'),
    CONSTRAINT ck_number_sequence_next_number CHECK (next_number >= 0),
    CONSTRAINT fk_number_sequence_location_code FOREIGN KEY(location_code) REFERENCES location (location_code)
);

CREATE TABLE item (
    item_code TEXT NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    inventory_type TEXT NOT NULL,
    list_price_minor BIGINT,
    average_cost_minor BIGINT,
    serial_sequence_code TEXT,
    mfr_serial_check TEXT,
    gtin TEXT,
    active BOOLEAN DEFAULT $true NOT NULL,
    CONSTRAINT pk_item PRIMARY KEY (item_code),
    CONSTRAINT ck_item_inventory_type CHECK (inventory_type = 'SERIALIZED' OR inventory_type = 'AUTO_SERIALIZED' OR inventory_type = 'INVENTORIED' OR inventory_type = 'NON_INVENTORIED'),
    CONSTRAINT fk_item_serial_sequence_code FOREIGN KEY(serial_sequence_code) REFERENCES number_sequence (sequence_code)
);

CREATE TABLE customer (
    customer_code TEXT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    currency TEXT NOT NULL,
    active BOOLEAN DEFAULT $true NOT NULL,
    CONSTRAINT pk_customer PRIMARY KEY (customer_code)
);

CREATE TABLE run (
    run_id $identity,
    job TEXT NOT NULL,
    status TEXT DEFAULT 'RUNNING' NOT NULL,
    business_date DATE NOT NULL,
    started_at $instant DEFAULT CURRENT_TIMESTAMP NOT NULL,
    finished_at $instant,
    parameters $json DEFAULT '{}' NOT NULL,
    lines_read BIGINT DEFAULT '0' NOT NULL,
    lines_posted BIGINT DEFAULT '0' NOT NULL,
    lines_refused BIGINT DEFAULT '0' NOT NULL,
    lines_skipped BIGINT DEFAULT '0' NOT NULL,
    serials_generated BIGINT DEFAULT '0' NOT NULL,
    serials_attached BIGINT DEFAULT '0' NOT NULL,
    serials_adopted BIGINT DEFAULT '0' NOT NULL,
    credit_memos BIGINT DEFAULT '0' NOT NULL,
    exceptions BIGINT DEFAULT '0' NOT NULL,
    warnings BIGINT DEFAULT '0' NOT NULL,
    error TEXT,
    version TEXT DEFAULT '' NOT NULL,
    host TEXT DEFAULT '' NOT NULL,
    pid BIGINT,
    CONSTRAINT pk_run PRIMARY KEY (run_id),
    CONSTRAINT ck_run_status CHECK (status = 'RUNNING' OR status = 'DONE' OR status = 'NOOP' OR status = 'FAILED' OR status = 'INTERRUPTED'),
    CONSTRAINT ck_run_lines_add_up CHECK (lines_read = lines_posted + lines_refused + lines_skipped)
);

CREATE TABLE intake_file (
    intake_file_id $identity,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    size_bytes BIGINT DEFAULT '0' NOT NULL,
    rows_read BIGINT DEFAULT '0' NOT NULL,
    status TEXT NOT NULL,
    run_id $id NOT NULL,
    landed_at $instant DEFAULT CURRENT_TIMESTAMP NOT NULL,
    sheet_name TEXT,
    headings $json DEFAULT '[]' NOT NULL,
    refusal TEXT,
    CONSTRAINT pk_intake_file PRIMARY KEY (intake_file_id),
    CONSTRAINT ck_intake_file_status CHECK (status = 'LANDED' OR status = 'REFUSED'),
    CONSTRAINT uq_intake_file_sha256 UNIQUE (sha256),
    CONSTRAINT fk_intake_file_run_id FOREIGN KEY(run_id) REFERENCES run (run_id)
);

CREATE TABLE intake_row (
    intake_file_id $id NOT NULL,
    sheet_row BIGINT NOT NULL,
    cells TEXT NOT NULL,
    CONSTRAINT pk_intake_row PRIMARY KEY (intake_file_id, sheet_row),
    CONSTRAINT fk_intake_row_intake_file_id FOREIGN KEY(intake_file_id) REFERENCES intake_file (intake_file_id)
)$without_rowid;

CREATE TABLE document (
    document_id $identity,
    document_type TEXT NOT NULL,
    document_no TEXT NOT NULL,
    location_code TEXT,
    customer_code TEXT NOT NULL,
    currency TEXT,
    document_date DATE NOT NULL,
    reference TEXT,
    status TEXT DEFAULT 'PENDING' NOT NULL,
    source TEXT DEFAULT 'POS' NOT NULL,
    intake_file_id $id,
    created_at $instant DEFAULT CURRENT_TIMESTAMP NOT NULL,
    last_run_id $id,
    CONSTRAINT pk_document PRIMARY KEY (document_id),
    CONSTRAINT uq_document_document_type_document_no UNIQUE (document_type, document_no),
    CONSTRAINT ck_document_document_type CHECK (document_type = 'POS_INVOICE' OR document_type = 'POS_CREDIT' OR document_type = 'CREDIT_ORDER' OR document_type = 'RETURN' OR document_type = 'SERVICE' OR document_type = 'LEGACY_RETURN'),
    CONSTRAINT ck_document_status CHECK (status = 'PENDING' OR status = 'POSTED' OR status = 'PARTIAL' OR status = 'HELD' OR status = 'COMMITTED' OR status = 'RECEIVED' OR status = 'CLOSED'),
    CONSTRAINT ck_document_source CHECK (source = 'POS' OR source = 'INTAKE' OR source = 'BACKFILL'),
    CONSTRAINT fk_document_intake_file_id FOREIGN KEY(intake_file_id) REFERENCES intake_file (intake_file_id)
);

CREATE INDEX ix_document_intake_file_id ON document (intake_file_id);

CREATE INDEX ix_document_open ON document (document_id) WHERE status = 'PENDING' OR status = 'HELD' OR status = 'PARTIAL' OR status = 'RECEIVED';

CREATE TABLE document_line (
    line_id $identity,
    document_id $id NOT NULL,
    line_no BIGINT NOT NULL,
    item_code TEXT NOT NULL,
    quantity NUMERIC NOT NULL,
    generate_quantity NUMERIC,
    unit_price_minor BIGINT,
    discount_minor BIGINT DEFAULT '0' NOT NULL,
    tax_minor BIGINT DEFAULT '0' NOT NULL,
    unit_cost_minor BIGINT,
    area_code TEXT,
    reason TEXT,
    surplus_units $json,
    status TEXT DEFAULT 'PENDING' NOT NULL,
    sheet_row BIGINT,
    intake_file_id $id,
    amount_decimals BIGINT,
    CONSTRAINT pk_document_line PRIMARY KEY (line_id),
    CONSTRAINT uq_document_line_document_id_line_no UNIQUE (document_id, line_no),
    CONSTRAINT ck_document_line_status CHECK (status = 'PENDING' OR status = 'POSTED' OR status = 'REFUSED' OR status = 'HELD' OR status = 'COMMITTED' OR status = 'CLOSED' OR status = 'IGNORED'),
    CONSTRAINT fk_document_line_document_id FOREIGN KEY(document_id) REFERENCES document (document_id),
    CONSTRAINT fk_document_line_intake_file_id FOREIGN KEY(intake_file_id) REFERENCES intake_file (intake_file_id)
);

CREATE TABLE serial (
    serial_id $identity,
    serial_no TEXT NOT NULL,
    serial_key TEXT,
    serial_near TEXT,
    item_code TEXT NOT NULL,
    mfr_serial_no TEXT,
    mfr_serial_key TEXT,
    mfr_serial_near TEXT,
    area_code TEXT NOT NULL,
    origin TEXT DEFAULT 'EXTERNAL' NOT NULL,
    unit_cost_minor BIGINT,
    cost_basis TEXT DEFAULT 'EXTERNAL' NOT NULL,
    customer_code TEXT,
    open_document_id $id,
    line_id $id,
    run_id $id,
    created_at $instant DEFAULT CURRENT_TIMESTAMP NOT NULL,
    sequence_code TEXT,
    sequence_number BIGINT,
    CONSTRAINT pk_serial PRIMARY KEY (serial_id),
    CONSTRAINT ck_serial_origin CHECK (origin = 'GENERATED' OR origin = 'ADOPTED' OR origin = 'EXTERNAL'),
    CONSTRAINT ck_serial_cost_basis CHECK (cost_basis = 'LINE' OR cost_basis = 'AVERAGE' OR cost_basis = 'UNKNOWN' OR cost_basis = 'EXTERNAL'),
    CONSTRAINT uq_serial_serial_no UNIQUE (serial_no),
    CONSTRAINT uq_serial_serial_key UNIQUE (serial_key),
    CONSTRAINT fk_serial_open_document_id FOREIGN KEY(open_document_id) REFERENCES document (document_id)
);

CREATE INDEX ix_serial_mfr_serial_key ON serial (mfr_serial_key, item_code) WHERE mfr_serial_key IS NOT NULL;

CREATE INDEX ix_serial_mfr_serial_near ON serial (mfr_serial_near) WHERE mfr_serial_near IS NOT NULL;

CREATE INDEX ix_serial_open_document_id ON serial (open_document_id) WHERE open_document_id IS NOT NULL;

CREATE INDEX ix_serial_serial_near ON serial (serial_near);

CREATE INDEX ix_serial_unkeyed ON serial (serial_id) WHERE serial_near IS NULL;

CREATE TABLE line_unit (
    line_id $id NOT NULL,
    unit_no BIGINT NOT NULL,
    serial_no TEXT,
    mfr_serial_no TEXT,
    serial_id $id,
    action TEXT,
    CONSTRAINT pk_line_unit PRIMARY KEY (line_id, unit_no),
    CONSTRAINT ck_line_unit_unit_no CHECK (unit_no >= 1),
    CONSTRAINT fk_line_unit_line_id FOREIGN KEY(line_id) REFERENCES document_line (line_id),
    CONSTRAINT fk_line_unit_serial_id FOREIGN KEY(serial_id) REFERENCES serial (serial_id)
)$without_rowid;

CREATE INDEX ix_line_unit_serial_id ON line_unit (serial_id) WHERE serial_id IS NOT NULL;

CREATE TABLE serial_history (
    history_id $identity,
    serial_id $id NOT NULL,
    action TEXT NOT NULL,
    from_area_code TEXT,
    to_area_code TEXT,
    document_id $id,
    line_id $id,
    run_id $id,
    business_date DATE NOT NULL,
    recorded_at $instant DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT pk_serial_history PRIMARY KEY (history_id),
    CONSTRAINT ck_serial_history_action CHECK (action = 'GENERATED' OR action = 'ADOPTED' OR action = 'ATTACHED' OR action = 'MFR_ASSIGNED' OR action = 'RECEIVED' OR action = 'RELEASED'),
    CONSTRAINT fk_serial_history_serial_id FOREIGN KEY(serial_id) REFERENCES serial (serial_id)
);

CREATE INDEX ix_serial_history_serial_id ON serial_history (serial_id);

CREATE TABLE credit_memo (
    credit_memo_id $identity,
    credit_memo_no TEXT NOT NULL,
    document_id $id NOT NULL,
    customer_code TEXT NOT NULL,
    location_code TEXT NOT NULL,
    currency TEXT NOT NULL,
    memo_date DATE NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    status TEXT DEFAULT 'OPEN' NOT NULL,
    run_id $id NOT NULL,
    created_at $instant DEFAULT CURRENT_TIMESTAMP NOT NULL,
    sequence_code TEXT,
    sequence_number BIGINT,
    CONSTRAINT pk_credit_memo PRIMARY KEY (credit_memo_id),
    CONSTRAINT ck_credit_memo_status CHECK (status = 'OPEN'),
    CONSTRAINT ck_credit_memo_total CHECK (total_minor = net_minor + tax_minor),
    CONSTRAINT uq_credit_memo_sequence_code_sequence_number UNIQUE (sequence_code, sequence_number),
    CONSTRAINT uq_credit_memo_credit_memo_no UNIQUE (credit_memo_no),
    CONSTRAINT fk_credit_memo_document_id FOREIGN KEY(document_id) REFERENCES document (document_id),
    CONSTRAINT fk_credit_memo_run_id FOREIGN KEY(run_id) REFERENCES run (run_id)
);

CREATE INDEX ix_credit_memo_document_id ON credit_memo (document_id);

CREATE INDEX ix_credit_memo_run_id ON credit_memo (run_id);

CREATE TABLE credit_memo_line (
    credit_memo_id $id NOT NULL,
    line_id $id NOT NULL,
    item_code TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price_minor BIGINT NOT NULL,
    discount_minor BIGINT NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    area_code TEXT,
    CONSTRAINT pk_credit_memo_line PRIMARY KEY (line_id),
    CONSTRAINT ck_credit_memo_line_quantity CHECK (quantity > 0),
    CONSTRAINT ck_credit_memo_line_net CHECK (net_minor = quantity * unit_price_minor - discount_minor),
    CONSTRAINT fk_credit_memo_line_credit_memo_id FOREIGN KEY(credit_memo_id) REFERENCES credit_memo (credit_memo_id),
    CONSTRAINT fk_credit_memo_line_line_id FOREIGN KEY(line_id) REFERENCES document_line (line_id)
);

CREATE INDEX ix_credit_memo_line_credit_memo_id ON credit_memo_line (credit_memo_id);

CREATE TABLE exception (
    exception_id $identity,
    run_id $id NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    document_type TEXT,
    document_no TEXT,
    line_no BIGINT,
    unit_no BIGINT,
    document_id $id,
    line_id $id,
    intake_file_id $id,
    sheet_row BIGINT,
    message TEXT NOT NULL,
    evidence $json DEFAULT '{}' NOT NULL,
    status TEXT DEFAULT 'OPEN' NOT NULL,
    last_run_id $id NOT NULL,
    resolved_run_id $id,
    resolved_at $instant,
    note TEXT,
    created_at $instant DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT pk_exception PRIMARY KEY (exception_id),
    CONSTRAINT ck_exception_severity CHECK (severity = 'REFUSE' OR severity = 'WARN'),
    CONSTRAINT ck_exception_status CHECK (status = 'OPEN' OR status = 'RESOLVED' OR status = 'WAIVED'),
    CONSTRAINT fk_exception_run_id FOREIGN KEY(run_id) REFERENCES run (run_id),
    CONSTRAINT fk_exception_last_run_id FOREIGN KEY(last_run_id) REFERENCES run (run_id)
);

CREATE INDEX ix_exception_open ON exception (document_type, document_no) WHERE status = 'OPEN';

CREATE INDEX ix_exception_waived ON exception (document_type, document_no) WHERE status = 'WAIVED';

CREATE INDEX ix_exception_run_id ON exception (run_id);

CREATE TABLE missing_number (
    missing_number_id $identity,
    sequence_code TEXT NOT NULL,
    first_number BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    reason TEXT NOT NULL,
    run_id $id,
    recorded_at $instant DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT pk_missing_number PRIMARY KEY (missing_number_id),
    CONSTRAINT ck_missing_number_reason CHECK (reason = 'TAKEN' OR reason = 'BURNT'),
    CONSTRAINT ck_missing_number_ascending CHECK (first_number <= last_number),
    CONSTRAINT uq_missing_number_sequence_code_first_number UNIQUE (sequence_code, first_number)
);

CREATE TABLE number_block (
    number_block_id $identity,
    sequence_code TEXT NOT NULL,
    first_number BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    next_number BIGINT NOT NULL,
    run_id $id NOT NULL,
    worker BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_number_block PRIMARY KEY (number_block_id),
    CONSTRAINT uq_number_block_sequence_code_first_number UNIQUE (sequence_code, first_number),
    CONSTRAINT ck_number_block_within CHECK (first_number <= next_number AND next_number <= last_number + 1),
    CONSTRAINT fk_number_block_sequence_code FOREIGN KEY(sequence_code) REFERENCES number_sequence (sequence_code),
    CONSTRAINT fk_number_block_run_id FOREIGN KEY(run_id) REFERENCES run (run_id)
);

CREATE VIEW exception_report AS
SELECT run_id, code, severity,
       COUNT(DISTINCT COALESCE(document_type, '') || ':' || COALESCE(document_no, '') || ':'
             || COALESCE(CAST(line_no AS TEXT), '') || ':'
             || CASE WHEN line_no IS NULL THEN COALESCE(CAST(intake_file_id AS TEXT) || ':' || CAST(sheet_row AS TEXT), '') ELSE '' END) AS lines,
       COUNT(DISTINCT CASE WHEN status = 'OPEN' THEN COALESCE(document_type, '') || ':' || COALESCE(document_no, '')
             || ':' || COALESCE(CAST(line_no AS TEXT), '') || ':'
             || CASE WHEN line_no IS NULL THEN COALESCE(CAST(intake_file_id AS TEXT) || ':' || CAST(sheet_row AS TEXT), '') ELSE '' END END) AS open_lines
FROM exception
GROUP BY run_id, code, severity;
