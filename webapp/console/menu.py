"""What the menu offers, as data: a page, its name, and the action that it takes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import current_app, request, url_for

from agents.permissions import OWN, grant
from agents.sessions import SignedIn
from routing.vocabulary import HQ
from webapp import practice_line
from webapp.console.guard import SIGNED_IN, may_ever
from webapp.console.language import marked
from webapp.console.limit_count import limits_to_review
from webapp.console.menu_count import MenuCounts, Waiting
from webapp.console.notice_count import unread
from webapp.console.warning_count import waiting_warnings


@dataclass(frozen=True)
class Item:
    """One entry of the menu; what `waits` there is counted only where the menu is shown.

    `at_hotline`: the action is granted there alone, whatever somebody is elsewhere. What waits
    where it `is_live` is unread and changes while the page stands open. What `is_rare` is not
    needed every day: it stands folded at the end.
    """

    endpoint: str
    name: str
    action: str
    waits: Waiting | None = None
    is_offered: Callable[[SignedIn], bool] = lambda _: True
    at_hotline: bool = False
    is_live: bool = False
    is_rare: bool = False

    @property
    def is_here(self) -> bool:
        """Whether this request shows that page or one below it; below the first page is all."""
        address = url_for(self.endpoint)
        below = not address.endswith("/") and request.path.startswith(f"{address}/")
        return request.path == address or below


MENU = (
    Item("desk.home", marked("My desk"), SIGNED_IN),
    Item("desk.case_list", marked("Cases"), "case.list"),
    Item("desk.part_list", marked("Parts"), "part.view"),
    Item("desk.callback_list", marked("Callbacks"), "callback.list"),
    Item("desk.story_list", marked("Stories"), "story.view", at_hotline=True),
    Item("desk.notices", marked("Notices"), SIGNED_IN, unread, is_live=True),
    Item("desk.warnings", marked("Warnings"), "warning.view", waiting_warnings),
    Item(
        "desk.limits",
        marked("Repeat calls"),
        "limit.view",
        limits_to_review,
        at_hotline=True,
        is_rare=True,
    ),
    Item("desk.my_roster", marked("Roster"), "roster.view", is_rare=True),
    Item("desk.people", marked("People"), "people.view", is_rare=True),
    Item("desk.my_offices", marked("Office"), "office.manage", is_rare=True),
    Item("desk.my_deadlines", marked("Deadlines"), "deadline.view", is_rare=True),
    Item("desk.directory", marked("Directory"), "directory.view", is_rare=True),
    Item("desk.explain", marked("Which office?"), "directory.view", is_rare=True),
    Item("desk.rules", marked("Rules"), "rules.view", is_rare=True),
    Item("desk.flow", marked("Call flow"), "flow.view", at_hotline=True, is_rare=True),
    Item(
        "desk.phone",
        marked("Practice phone"),
        SIGNED_IN,
        is_offered=lambda person: practice_line.is_for(practises=person.practises),
        is_rare=True,
    ),
)


def menu(person: SignedIn | None) -> list[Item]:
    """The entries that a person may use, of those that this process serves; none at the gate."""
    if person is None or person.gate:
        return []
    return [
        item
        for item in MENU
        if item.endpoint in current_app.view_functions
        and _is_for(person, item)
        and item.is_offered(person)
    ]


def counts(person: SignedIn | None, items: Iterable[Item]) -> MenuCounts:
    """What waits behind these entries for a person."""
    return MenuCounts(person, {one.endpoint: one.waits for one in items if one.waits})


def _is_for(person: SignedIn, item: Item) -> bool:
    if not item.at_hotline:
        return may_ever(person, item.action)
    return any(office == HQ and grant(role, item.action, OWN) for role, office in person.roles)
