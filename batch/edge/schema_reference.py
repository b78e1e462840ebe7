"""Describe the reference tables, which the ERP or `serialback load` writes."""

from __future__ import annotations

import sqlalchemy as sa

from batch.edge.schema_columns import METADATA, day, minor, one_of, ref, text

# --- Reference: written by the ERP or by `serialback load` -------------------------------------

LOCATION = sa.Table(
    "location",
    METADATA,
    sa.Column("location_code", sa.Text(), primary_key=True),
    text("name", default=""),
    ref("parent_location_code", "location.location_code", null=True, kind=sa.Text()),
    sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false()),
    *(
        # The two tables point at each other; the areas' side is added after both stand.
        sa.Column(
            name,
            sa.Text(),
            sa.ForeignKey("stock_area.area_code", use_alter=True, name=f"fk_location_{name}"),
        )
        for name in ("out_area_code", "credit_order_area_code", "service_area_code", "credit_memo_area_code")
    ),
    day("closed_through", null=True),
    sa.Index(
        "uq_location_is_default",
        "is_default",
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    ),
)

STOCK_AREA = sa.Table(
    "stock_area",
    METADATA,
    sa.Column("area_code", sa.Text(), primary_key=True),
    text("name", default=""),
    ref("location_code", "location.location_code", null=True, kind=sa.Text()),
    text("area_type"),
    sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
    one_of("area_type", "STOCK", "OUT"),
)

NUMBER_SEQUENCE = sa.Table(
    "number_sequence",
    METADATA,
    sa.Column("sequence_code", sa.Text(), primary_key=True),
    text("kind"),
    ref("location_code", "location.location_code", null=True, kind=sa.Text()),
    text("mask", default="{seq}"),
    sa.Column("next_number", sa.BigInteger(), nullable=False, server_default="1"),
    text("allocation", default="GAPLESS"),
    # Where the first run found it: numbers below are older than Serialback and owe nobody an account.
    sa.Column("first_number", sa.BigInteger()),
    one_of("kind", "SERIAL", "CREDIT_MEMO"),
    one_of("allocation", "GAPLESS", "BLOCK"),
    sa.CheckConstraint("kind = 'SERIAL' OR allocation = 'GAPLESS'", name="memo_numbers_gapless"),
    sa.CheckConstraint("next_number >= 0", name="next_number"),
)

ITEM = sa.Table(
    "item",
    METADATA,
    sa.Column("item_code", sa.Text(), primary_key=True),
    text("description", default=""),
    text("inventory_type"),
    minor("list_price_minor", null=True),
    minor("average_cost_minor", null=True),
    ref("serial_sequence_code", "number_sequence.sequence_code", null=True, kind=sa.Text()),
    text("mfr_serial_check", null=True),
    text("gtin", null=True),
    sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
    one_of("inventory_type", "SERIALIZED", "AUTO_SERIALIZED", "INVENTORIED", "NON_INVENTORIED"),
)

CUSTOMER = sa.Table(
    "customer",
    METADATA,
    sa.Column("customer_code", sa.Text(), primary_key=True),
    text("name", default=""),
    text("currency"),
    sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
)
