"""Show that no password survives in text, and that nothing else is lost."""

from __future__ import annotations

import pytest

from batch.core.secrecy import without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("postgresql://shop:pw@h/db", "postgresql://shop:***@h/db", id="url"),
        pytest.param("no postgresql://shop:p@w/@h:5432/db.", "no postgresql://shop:***@h:5432/db.", id="at sign in it"),
        pytest.param("postgresql://:pw@h", "postgresql://:***@h", id="no user"),
        pytest.param("postgresql://shop@h:5432/db", "postgresql://shop@h:5432/db", id="no password"),
        pytest.param("sqlite:///a:b@c.db", "sqlite:///a:b@c.db", id="a file with a colon"),
        pytest.param("host=h password=pw user=u", "host=h password=*** user=u", id="connection string"),
        pytest.param("password='p w' user=u", "password=*** user=u", id="quoted"),
        pytest.param('{"password": "p w"}', '{"password": ***}', id="json"),
        pytest.param("db?sslpassword=pw&x=1", "db?sslpassword=***&x=1", id="query"),
        pytest.param("PGPASSWORD=pw", "PGPASSWORD=***", id="variable"),
        pytest.param("password authentication failed", "password authentication failed", id="the word alone"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_passwords_are_taken_out(text: str, shown: str) -> None:
    assert without_secrets(text) == shown
