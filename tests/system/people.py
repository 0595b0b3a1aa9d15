"""Who phones and who may be rung in the tests of the whole service."""

from itertools import count

from sqlalchemy import update

from agents.models import Staff
from tests.support.stack import Stack

# The practice people have the lower numbers, the stories that are kept as text 0200 to 0299.
FIRST, LAST = 300, 999
_numbers = count()


def new_number() -> str:
    """A caller's number that belongs to nobody and was not used lately."""
    return f"+6681000{FIRST + next(_numbers) % (LAST + 1 - FIRST):04d}"


def people(stack: Stack, *, active: bool) -> None:
    """Everybody is there, or nobody; who was rung last is forgotten."""
    with stack.database() as engine, engine.execution_options(immediate=True).begin() as connection:
        connection.execute(update(Staff).values(active=active, last_rung_at=None))
