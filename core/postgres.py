"""A connection to PostgreSQL that never waits for ever for a server that has stopped answering."""

from functools import cache
from typing import ClassVar, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")


class BoundedConnection(psycopg.Connection):
    """Gives up on an answer after `answer_within_s`; the connection is then closed for good.

    `statement_timeout` is kept by the server: one that is stopped, or cut off behind a network that
    still takes our packets, keeps nothing (reliability.md F20).
    """

    answer_within_s: ClassVar[float]

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """What the server answers; psycopg's OperationalError when it does not in time."""
        try:
            return super().wait(gen, interval, timeout or self.answer_within_s)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                # Whatever comes later belongs to a question that nobody waits for any more.
                self.pgconn.finish()
            raise


@cache
def bounded(answer_within_s: float) -> type[BoundedConnection]:
    """The class of connections with this deadline."""
    return type("Connection", (BoundedConnection,), {"answer_within_s": answer_within_s})
