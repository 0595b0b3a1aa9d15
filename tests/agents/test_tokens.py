"""API tokens: shown once, kept as a hash, found by it, bound to scopes that exist."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from agents.errors import UnknownScope
from agents.models import ApiToken
from agents.services import add_token, find_token
from core.database import reading, transaction
from core.runtime import Runtime

pytestmark = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_a_token_is_found_by_its_plain_text_and_kept_as_a_hash(runtime: Runtime) -> None:
    with transaction() as session:
        plain = add_token(session, "report", ["cases:read", "cases:read"], now=NOW)
    with reading() as session:
        token = find_token(session, plain)
        [kept] = session.scalars(select(ApiToken.token_hash)).all()
    assert token is not None
    assert (token.name, token.scopes) == ("report", ["cases:read"])
    assert len(plain) >= 43
    assert plain not in kept


def test_two_tokens_of_one_name_differ(runtime: Runtime) -> None:
    with transaction() as session:
        made = {add_token(session, "report", ["cases:read"], now=NOW) for _ in range(2)}
    assert len(made) == 2


@pytest.mark.parametrize("plain", ["", "nonsense", "\x00", "x" * 10_000])
def test_a_strange_token_finds_nothing(runtime: Runtime, plain: str) -> None:
    with reading() as session:
        assert find_token(session, plain) is None


def test_a_revoked_token_finds_nothing(runtime: Runtime) -> None:
    with transaction() as session:
        plain = add_token(session, "report", ["cases:read"], now=NOW)
        session.scalars(select(ApiToken)).one().revoked_at = NOW
    with reading() as session:
        assert find_token(session, plain) is None


@pytest.mark.parametrize("scopes", [[], ["cases:write"], ["cases:read", "*"]])
def test_a_scope_that_does_not_exist_is_refused(runtime: Runtime, scopes: list[str]) -> None:
    with pytest.raises(UnknownScope), transaction() as session:
        add_token(session, "report", scopes, now=NOW)
