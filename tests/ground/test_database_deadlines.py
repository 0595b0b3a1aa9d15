"""A database server that stops answering: nobody waits for it longer than the deadline says."""

import os
import signal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core import runtime
from core.engine import create_database_engine
from core.runtime import Runtime

WITHIN_S = 0.3


def test_a_connection_whose_server_stopped_fails_and_the_next_one_works(runtime: Runtime) -> None:
    engine = create_database_engine(address(), answer_within_s=WITHIN_S)
    with engine.connect() as connection:
        server = connection.scalar(text("SELECT pg_backend_pid()"))
        os.kill(server, signal.SIGSTOP)
        try:
            with pytest.raises(OperationalError):
                connection.execute(text("SELECT 1"))
        finally:
            os.kill(server, signal.SIGCONT)
        assert connection.invalidated
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != server
    engine.dispose()


def test_an_error_of_the_server_itself_leaves_the_connection_in_use(runtime: Runtime) -> None:
    engine = create_database_engine(address(), answer_within_s=WITHIN_S)
    with engine.connect() as connection:
        server = connection.scalar(text("SELECT pg_backend_pid()"))
        with pytest.raises(OperationalError, match="statement timeout"):
            connection.execute(text("SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)"))
        connection.rollback()
        assert connection.scalar(text("SELECT pg_backend_pid()")) == server
    engine.dispose()


def address() -> str:
    return runtime.current().settings.database_url
