"""The numbers beside the entries of the menu: how many things wait there for the reader."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agents.sessions import SignedIn
from core.counting import at_most
from core.database import reading
from core.logs import logger

MANY: Final = 100
# The rows that wait for a person, to be counted.
Waiting = Callable[[Session, SignedIn], Select[Any]]

log = logger(__name__)


class MenuCounts:
    """What waits for one person behind some entries, by their endpoints.

    Counted at the first question, all in one statement: not every answer shows the menu.
    """

    def __init__(self, person: SignedIn | None, counted: Mapping[str, Waiting]) -> None:
        self._person, self._counted = person, counted

    def text(self, endpoint: str) -> str:
        """What waits behind an entry, "99+" at most; nothing where there is nothing."""
        count = self._counts.get(endpoint, 0)
        if count >= MANY:
            return f"{MANY - 1}+"
        return str(count) if count else ""

    @cached_property
    def _counts(self) -> dict[str, int]:
        person = self._person
        if person is None or not self._counted:
            return {}
        try:
            with reading() as session:
                asked = [at_most(ask(session, person), MANY) for ask in self._counted.values()]
                return dict(zip(self._counted, session.execute(select(*asked)).one(), strict=True))
        except SQLAlchemyError as error:
            # A page that tells of a database in trouble must not fail by its own menu.
            log.warning("the menu was not counted", kind=type(error).__name__)
            return {}
