-- The POS documents of 2026-03-31: 60 of them, as the tills insert them.
-- A POS system names only its business columns; the rest has defaults. For SQLite and PostgreSQL.
BEGIN;

-- I-48001: A sale with a return on it: the sale is not ours.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48001', 'CITY', 'C1003', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity, unit_price_minor)
SELECT document_id, 1, 'LT-B13-16', 1, 109900 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48001';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'LT-A14-16', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48001';

-- I-48002: The clerk attached the unit.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48002', 'CITY', 'C1009', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'LT-A14-8', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48002';
INSERT INTO line_unit (line_id, unit_no, serial_id)
SELECT line_id, 1, (SELECT serial_id FROM serial WHERE serial_no = 'LC005209')
FROM document_line JOIN document ON document.document_id = document_line.document_id
WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48002' AND line_no = 1;

-- I-48003: The clerk attached the unit.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48003', 'CITY', 'C1010', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'LT-A14-16', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48003';
INSERT INTO line_unit (line_id, unit_no, serial_id)
SELECT line_id, 1, (SELECT serial_id FROM serial WHERE serial_no = 'LC005210')
FROM document_line JOIN document ON document.document_id = document_line.document_id
WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48003' AND line_no = 1;

-- I-48004: Three of five attached, two to be given a serial.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48004', 'CITY', 'C1002', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'MN-27', -5 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48004';
INSERT INTO line_unit (line_id, unit_no, serial_id)
SELECT line_id, 1, (SELECT serial_id FROM serial WHERE serial_no = 'LC004110')
FROM document_line JOIN document ON document.document_id = document_line.document_id
WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48004' AND line_no = 1;
INSERT INTO line_unit (line_id, unit_no, serial_id)
SELECT line_id, 2, (SELECT serial_id FROM serial WHERE serial_no = 'LC004111')
FROM document_line JOIN document ON document.document_id = document_line.document_id
WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48004' AND line_no = 1;
INSERT INTO line_unit (line_id, unit_no, serial_id)
SELECT line_id, 3, (SELECT serial_id FROM serial WHERE serial_no = 'LC004112')
FROM document_line JOIN document ON document.document_id = document_line.document_id
WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48004' AND line_no = 1;
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'STAND-2', -2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48004';

-- K-9001: A credit by the phone's IMEI.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9001', 'CITY', 'C1007', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PH-ONE-128', 1 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9001';
INSERT INTO line_unit (line_id, unit_no, mfr_serial_no)
SELECT line_id, 1, '001017080005070'
FROM document_line JOIN document ON document.document_id = document_line.document_id
WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9001' AND line_no = 1;

-- K-9002: A credit in euros, serial typed.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9002', 'CITY', 'C2004', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity, unit_price_minor, tax_minor, unit_cost_minor)
SELECT document_id, 1, 'GPU-8G', 1, 29348, 5576, 22632 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9002';
INSERT INTO line_unit (line_id, unit_no, serial_no)
SELECT line_id, 1, 'LC006104'
FROM document_line JOIN document ON document.document_id = document_line.document_id
WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9002' AND line_no = 1;

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9003', 'CITY', 'C1018', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity, discount_minor)
SELECT document_id, 1, 'SSD-2T', 4, 2000 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9003';

-- KO-301: Goods to follow.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('CREDIT_ORDER', 'KO-301', 'CITY', 'C1025', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'CPU-12C', 6 FROM document WHERE document_type = 'CREDIT_ORDER' AND document_no = 'KO-301';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'MB-ATX', 6 FROM document WHERE document_type = 'CREDIT_ORDER' AND document_no = 'KO-301';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('CREDIT_ORDER', 'KO-302', 'HARBOUR', 'C1027', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PR-LASER', 2 FROM document WHERE document_type = 'CREDIT_ORDER' AND document_no = 'KO-302';

-- I-48005: Nothing comes back.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48005', 'CITY', 'C1008', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'CAM-HD', 2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48005';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'HUB-4', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48005';

-- I-48010: Bad: no such item.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48010', 'CITY', 'C1009', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'KEYB-M', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48010';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'KEYB-X', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48010';

-- K-9010: Bad: a credit carries no minus.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9010', 'CITY', 'C1009', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'MOUSE-W', -1 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9010';

-- K-9011: Bad: half a processor.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9011', 'CITY', 'C1009', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'CPU-6C', 0.5 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9011';

-- I-48011: Bad: the unit attached is on our shelf.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48011', 'CITY', 'C1013', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PC-T300', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48011';
INSERT INTO line_unit (line_id, unit_no, serial_id)
SELECT line_id, 1, (SELECT serial_id FROM serial WHERE serial_no = 'LC007002')
FROM document_line JOIN document ON document.document_id = document_line.document_id
WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48011' AND line_no = 1;
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'KEYB-M', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48011';

-- I-48012: Bad: three serials, two units.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48012', 'CITY', 'C1013', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity, generate_quantity)
SELECT document_id, 1, 'MN-32', -2, 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48012';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'CABLE-NET', -3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48012';

-- I-48013: Bad: no such customer.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48013', 'CITY', 'C1998', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'KEYB-M', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48013';

-- K-9012: Bad: March is closed there.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9012', 'REPAIR', 'C1023', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'CPU-8C', 1 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9012';

-- K-9013: Bad: an IMEI misread.
INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9013', 'CITY', 'C1023', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PH-PRO-256', 1 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9013';
INSERT INTO line_unit (line_id, unit_no, mfr_serial_no)
SELECT line_id, 1, '001018080050026'
FROM document_line JOIN document ON document.document_id = document_line.document_id
WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9013' AND line_no = 1;
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'ADP-65W', 1 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9013';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48100', 'CITY', 'C1023', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'UPS-700', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48100';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'HUB-4', -5 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48100';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48101', 'CITY', 'C1012', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'MB-ATX', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48101';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'SSD-1T', -7 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48101';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48102', 'HARBOUR', 'C1005', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PC-M100', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48102';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'PH-PRO-256', 2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48102';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 3, 'BAG-15', -6 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48102';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48103', 'HARBOUR', 'C1017', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'GPU-12G', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48103';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'LT-A15-16', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48103';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48104', 'CITY', 'C1017', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'CPU-8C', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48104';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'LT-B13-16', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48104';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 3, 'LT-B13-16', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48104';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48105', 'HARBOUR', 'C1028', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'MB-ATX', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48105';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'LT-A15-16', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48105';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48106', 'CITY', 'C1027', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'AIO-24', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48106';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'HDD-8T', 2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48106';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 3, 'AIO-24', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48106';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48107', 'CITY', 'C1021', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PH-LITE-64', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48107';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'MN-24', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48107';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48108', 'HARBOUR', 'C1029', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'CABLE-USBC', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48108';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'HDD-8T', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48108';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 3, 'CPU-6C', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48108';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48109', 'CITY', 'C1003', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'LT-B13-16', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48109';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48110', 'HARBOUR', 'C1012', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PH-ONE-256', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48110';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'GPU-8G', -2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48110';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48111', 'CITY', 'C1019', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'TB-10', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48111';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'SSD-2T', -3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48111';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48112', 'HARBOUR', 'C1027', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'LT-B13-16', 2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48112';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'MN-24', -2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48112';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48113', 'HARBOUR', 'C1024', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'TB-10', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48113';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'LT-A14-16', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48113';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 3, 'PC-M100', -2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48113';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48114', 'HARBOUR', 'C1014', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'GPU-12G', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48114';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48115', 'CITY', 'C1018', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'FAN-120', -2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48115';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48116', 'HARBOUR', 'C1017', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'LT-A14-16', 2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48116';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'CPU-12C', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48116';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48117', 'CITY', 'C1011', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'GPU-8G', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48117';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'LT-B13-16', -2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48117';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48118', 'CITY', 'C1012', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'HUB-4', -4 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48118';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'RAM-32', -3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48118';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48119', 'HARBOUR', 'C1005', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'LT-A15-16', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48119';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48120', 'HARBOUR', 'C1004', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'GPU-12G', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48120';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48121', 'HARBOUR', 'C1013', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'TONER-B', 2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48121';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'CABLE-USBC', -3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48121';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 3, 'ADP-100W', -4 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48121';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48122', 'CITY', 'C1011', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'HEAD-U', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48122';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'STAND-2', 2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48122';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 3, 'PH-PRO-256', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48122';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48123', 'CITY', 'C1028', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'MN-34W', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48123';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48124', 'CITY', 'C1026', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'HDD-8T', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48124';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'GPU-8G', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48124';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48125', 'HARBOUR', 'C1020', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'TONER-B', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48125';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'AIO-24', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48125';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48126', 'CITY', 'C1027', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'TB-12', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48126';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'PH-PRO-256', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48126';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 3, 'CPU-12C', -2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48126';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48127', 'CITY', 'C1023', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'ADP-65W', -5 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48127';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48128', 'CITY', 'C1018', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'SHIPPING', 2 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48128';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'MOUSE-W', -8 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48128';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_INVOICE', 'I-48129', 'CITY', 'C1025', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'HUB-4', 1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48129';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 2, 'SHIPPING', 3 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48129';
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 3, 'ADP-65W', -1 FROM document WHERE document_type = 'POS_INVOICE' AND document_no = 'I-48129';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('CREDIT_ORDER', 'KO-310', 'CITY', 'C1008', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'MN-24', 2 FROM document WHERE document_type = 'CREDIT_ORDER' AND document_no = 'KO-310';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9101', 'CITY', 'C1021', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'HEAD-U', 3 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9101';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9102', 'HARBOUR', 'C1011', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'TONER-B', 3 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9102';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9103', 'CITY', 'C1029', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PASTE-5', 5 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9103';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('CREDIT_ORDER', 'KO-314', 'HARBOUR', 'C1027', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PH-ONE-128', 1 FROM document WHERE document_type = 'CREDIT_ORDER' AND document_no = 'KO-314';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9105', 'CITY', 'C1026', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PC-T300', 1 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9105';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9106', 'HARBOUR', 'C1016', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'LT-A14-16', 2 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9106';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9107', 'HARBOUR', 'C1023', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'LT-A14-8', 1 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9107';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('CREDIT_ORDER', 'KO-318', 'HARBOUR', 'C1013', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'GPU-8G', 2 FROM document WHERE document_type = 'CREDIT_ORDER' AND document_no = 'KO-318';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9109', 'HARBOUR', 'C1009', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'GPU-16G', 1 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9109';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9110', 'CITY', 'C1008', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'CPU-16C', 1 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9110';

INSERT INTO document (document_type, document_no, location_code, customer_code, document_date)
VALUES ('POS_CREDIT', 'K-9111', 'HARBOUR', 'C1011', '2026-03-31');
INSERT INTO document_line (document_id, line_no, item_code, quantity)
SELECT document_id, 1, 'PH-ONE-128', 2 FROM document WHERE document_type = 'POS_CREDIT' AND document_no = 'K-9111';

-- The goods of a credit order of the day before have come: marked as received, it is due its credit memo.
UPDATE document SET status = 'RECEIVED'
WHERE document_type = 'CREDIT_ORDER' AND document_no = 'CO-7001' AND status = 'COMMITTED';

COMMIT;
