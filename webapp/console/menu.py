"""What the menu offers, as data: a page, its name, and the action that it takes."""

from dataclasses import dataclass

from flask import current_app, request

from agents.sessions import SignedIn
from webapp.console.guard import SIGNED_IN, may_ever
from webapp.console.language import marked


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    endpoint: str
    name: str
    action: str

    @property
    def is_here(self) -> bool:
        """Whether this request shows that page."""
        return request.endpoint == self.endpoint


MENU = (
    Item("desk.home", marked("My desk"), SIGNED_IN),
    Item("desk.case_list", marked("Cases"), "case.list"),
)


def menu(person: SignedIn | None) -> list[Item]:
    """The entries that a person may use, of those that this process serves."""
    if person is None:
        return []
    return [
        item
        for item in MENU
        if item.endpoint in current_app.view_functions and may_ever(person, item.action)
    ]
