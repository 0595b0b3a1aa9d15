"""Puts the page of callbacks together: your call, to call now, to decide, being called, later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from agents.sessions import SignedIn
from calls.decisions import undecided
from calls.models import Callback
from calls.states import DIALLING, WAITING
from calls.work_list import WorkItem, work_list
from cases.access import Viewer, visible
from cases.counting import counted, listed
from cases.models import Case
from webapp.console.callback_lines import Facts, Line, line_of, read_facts
from webapp.console.callback_progress import Progress, progress_of
from webapp.console.callback_words import call_refusal_text

LIST = "callback.list"
MOST_WAITING = 30
MOST_UNDECIDED = 20
UNDER_WAY = ("claimed", *DIALLING)


@dataclass(frozen=True)
class CallbackCounts:
    """How many callbacks may be made now, and how many wait for a decision; counted to a limit."""

    ready: int
    undecided: int
    most_ready: int = MOST_WAITING + 1
    most_undecided: int = MOST_UNDECIDED + 1


@dataclass(frozen=True)
class Waiting:
    """A callback that waits: from when it may ring, or why not now."""

    line: Line
    not_before: datetime | None
    why_not: str


@dataclass(frozen=True)
class CallbackPage:
    """All that the page shows, each list with the most pressing callback first."""

    progress: list[Progress]
    ready: list[Waiting]
    undecided: list[Line]
    under_way: list[Line]
    later: list[Waiting]
    is_full: bool

    @property
    def is_busy(self) -> bool:
        """Whether something is about to change within seconds."""
        return bool(self.under_way) or any(not one.is_over for one in self.progress)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits at all."""
        return not (self.ready or self.undecided or self.under_way or self.later or self.progress)


def callback_page(
    session: Session, person: SignedIn, *, called: int | None, now: datetime
) -> CallbackPage:
    """The page for its reader; `called` is the callback that the reader asked to call last."""
    viewer = Viewer(person.staff_id, person.roles)
    seen = visible(session, viewer, LIST)
    items = work_list(session, seen, now=now, limit=MOST_WAITING + 1)
    to_decide = undecided_ones(session, seen)
    known = {one.callback.id: one.callback for one in items} | {one.id: one for one in to_decide}
    asked = _asked(session, seen, known, called)
    facts = read_facts(session, list(known.values()), viewer)
    ringing = [one.callback for one in items if _is_under_way(one)]
    mine = [one for one in ringing if _is_mine(one, facts, person.staff_id)]
    mine += [asked] if asked and not _is_under_way(asked) else []

    def line(callback: Callback) -> Line:
        return line_of(callback, facts, now=now)

    waiting = [one for one in items[:MOST_WAITING] if not _is_under_way(one)]
    return CallbackPage(
        progress=[progress_of(one, line(one), facts, staff_id=person.staff_id) for one in mine],
        ready=[Waiting(line(one.callback), None, "") for one in waiting if one.ready],
        undecided=[line(one) for one in to_decide[:MOST_UNDECIDED]],
        under_way=[line(one) for one in ringing if one not in mine],
        later=[
            Waiting(line(one.callback), one.not_before, call_refusal_text(one.refusal or ""))
            for one in waiting
            if not one.ready
        ],
        is_full=len(items) > MOST_WAITING or len(to_decide) > MOST_UNDECIDED,
    )


def undecided_ones(session: Session, seen: ColumnElement[bool]) -> Sequence[Callback]:
    """Callbacks about which a person must decide: the real ones before all that is practised, each
    with the nearest deadline first, as its index has them."""
    wanted = select(Callback).join(Case, Case.id == Callback.case_id).where(seen, undecided())
    nearest = wanted.order_by(Callback.late_at, Callback.id)
    found: list[Callback] = []
    for practice in (False, True):
        world = nearest.where(listed(Case.is_practice, practice))
        found += session.scalars(world.limit(MOST_UNDECIDED + 1 - len(found)))
    return found


def callback_counts(session: Session, viewer: Viewer, *, now: datetime) -> CallbackCounts:
    """What the page of callbacks would show, counted only: of a real service, without practice."""
    seen = visible(session, viewer, LIST) & counted(Case.is_practice)
    ready = [one for one in work_list(session, seen, now=now, limit=MOST_WAITING + 1) if one.ready]
    return CallbackCounts(len(ready), len(undecided_ones(session, seen)))


def _asked(
    session: Session, seen: ColumnElement[bool], known: dict[int, Callback], called: int | None
) -> Callback | None:
    """The callback that was asked for, which may have left every list by now; kept as known."""
    if called is None or called in known:
        return known.get(called or 0)
    wanted = select(Callback).join(Case, Case.id == Callback.case_id)
    found = session.scalar(wanted.where(seen, Callback.id == called))
    if found is not None:
        known[found.id] = found
    return found


def _is_under_way(one: WorkItem | Callback) -> bool:
    """Whether somebody is rung for it, or has just asked to be; an item knows no stale wish."""
    is_asked_for = one.state in WAITING and one.wanted_staff_id is not None
    return one.state in UNDER_WAY or is_asked_for


def _is_mine(callback: Callback, facts: Facts, staff_id: int) -> bool:
    """Whether this person asked for the call, or is the one whom it rings."""
    last = next(reversed(facts.attempts.get(callback.id, ())), None)
    rings_me = last is not None and last.outcome is None and last.staff_id == staff_id
    return callback.wanted_staff_id == staff_id or rings_me
