"""From a notice that is owed to a row for each channel: the console at once, others in order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, insert, select, text, update
from sqlalchemy.orm import Session

from agents.models import OWED, UNSEEN, Notice
from agents.notice_models import NoticeDelivery
from agents.notice_policy import CONSOLE, PHONE, NoticePolicy
from agents.notice_receivers import Receiver, barred_notices, receiver_key, receivers
from agents.notice_rules import EMERGENCY, Step, plan, quiet_until
from core.inserts import table_of
from core.sweeps import in_turn
from routing.graveness import graver_first

PLANNED, UNDELIVERED = "planned", "undelivered"
FAILED = ("failed", "given_up")
HOPEFUL = {"owed", "claimed", "sent"}


@dataclass(frozen=True)
class Planner:
    """What planning needs to know of the world."""

    policy: NoticePolicy
    configured: Collection[str]
    now: datetime
    # When a receiver last got a message on a channel: more of them come together a little later.
    last_sent: Mapping[tuple[str, str], datetime] = field(default_factory=dict)

    def steps(
        self, notice: Notice, receiver: Receiver, *, barred: bool, used: Collection[str] = ()
    ) -> list[Step]:
        """What becomes of the channels that come next."""
        name = self.policy.class_of(notice.template, notice.severity)
        found = self.policy.classes[name]

        def obstacle(channel: str) -> str | None:
            return receiver.obstacle(
                channel, self.configured, emergency=name == EMERGENCY, barred=barred
            )

        return plan(found.waves(receiver.key, receiver.ranking), obstacle, used=used)

    def look_again(
        self, notice: Notice, receiver: Receiver, rows: Sequence[dict[str, Any]], used: set[str]
    ) -> datetime | None:
        """When another channel is used if nobody has seen the notice by then; None without one.

        What lies in nobody's list can be seen by nobody: its office's people are waited for.
        """
        if notice.is_beside:
            return None
        found = self.policy.classes[self.policy.class_of(notice.template, notice.severity)]
        tried = used | {row["channel"] for row in rows}
        left = {one for wave in found.waves(receiver.key, receiver.ranking) for one in wave} - tried
        begun: list[datetime] = [row["due_at"] for row in rows if row["state"] == "owed"]
        if not (found.unseen_s and left and begun):
            return None
        return max(begun) + timedelta(seconds=found.unseen_s)

    def row(self, notice: Notice, receiver: Receiver, step: Step) -> dict[str, Any]:
        """The delivery row of one step."""
        name = self.policy.class_of(notice.template, notice.severity)
        found = self.policy.classes[name]
        due_at = self.now + timedelta(seconds=found.window_s)
        if step.channel == PHONE and self.policy.template(notice.template).rings_late:
            due_at = max(due_at, notice.due_at + timedelta(seconds=found.unseen_s))
        last = self.last_sent.get((receiver.key, step.channel))
        if last is not None:
            due_at = max(due_at, last + timedelta(seconds=found.pause_s))
        quiet = quiet_until(due_at, receiver.quiet) if found.quiet else None
        return {
            "notice_id": notice.id,
            "channel": step.channel,
            "receiver": receiver.key,
            "notice_class": name,
            "emergency": name == EMERGENCY,
            "state": "skipped" if step.skipped else "owed",
            "error_code": step.skipped,
            "due_at": quiet or due_at,
            "tries": 0,
            "created_at": self.now,
            "sent_at": None,
        }

    def console(self, notice: Notice, receiver: Receiver) -> dict[str, Any]:
        """The console's row: lying there is having been sent."""
        row = self.row(notice, receiver, Step(CONSOLE))
        return row | {"state": "sent", "due_at": self.now, "sent_at": self.now}


def plan_owed(session: Session, planner: Planner) -> int:
    """Plan the notices that are due; returns how many. Bounded looks at partial indexes."""
    due = select(Notice).where(text(OWED), Notice.due_at <= planner.now).order_by(Notice.due_at)
    notices = _taken(session, due, planner)
    if not notices:
        return 0
    known = receivers(session, map(receiver_key, notices))
    barred = barred_notices(session, [notice.id for notice in notices])
    planner = replace(planner, last_sent=_last_sent(session, known, planner))
    rows: list[dict[str, Any]] = []
    for notice in notices:
        receiver = known[receiver_key(notice)]
        steps = planner.steps(notice, receiver, barred=notice.id in barred)
        made = [planner.row(notice, receiver, step) for step in steps]
        notice.next_at = planner.look_again(notice, receiver, made, set())
        lying = [] if notice.is_beside else [planner.console(notice, receiver)]
        rows += [*lying, *made]
    session.execute(insert(table_of(NoticeDelivery)), rows)
    gone = {notice.id for notice in notices if not known[receiver_key(notice)].active}
    _set_state(session, {notice.id for notice in notices} - gone, PLANNED)
    _set_state(session, gone, UNDELIVERED)
    return len(notices)


def plan_unseen(session: Session, planner: Planner) -> int:
    """Use the next channel of the notices that nobody has seen in time; returns how many."""
    late = select(Notice).where(text(UNSEEN), Notice.next_at <= planner.now)
    notices = _taken(session, late.order_by(Notice.next_at, Notice.id), planner)
    if notices:
        _go_on(session, notices, planner, is_late=True)
    return len(notices)


def _taken(session: Session, wanted: Select[Notice], planner: Planner) -> list[Notice]:
    """As many as are planned at a time, those of graver matters ahead; another planner's left."""
    free = wanted.with_for_update(skip_locked=True)
    return in_turn(
        lambda condition, most: session.scalars(free.where(condition).limit(most)).all(),
        graver_first(Notice.severity),
        planner.policy.plans_a_sweep,
    )


def _last_sent(
    session: Session, keys: Collection[str], planner: Planner
) -> dict[tuple[str, str], datetime]:
    pause = max(found.pause_s for found in planner.policy.classes.values())
    rows = session.execute(
        select(NoticeDelivery.receiver, NoticeDelivery.channel, func.max(NoticeDelivery.sent_at))
        .where(
            NoticeDelivery.receiver.in_(keys),
            NoticeDelivery.sent_at > planner.now - timedelta(seconds=pause),
            NoticeDelivery.channel != CONSOLE,
        )
        .group_by(NoticeDelivery.receiver, NoticeDelivery.channel)
    )
    return {(receiver, channel): at for receiver, channel, at in rows if at is not None}


def plan_further(session: Session, notice_ids: Collection[int], planner: Planner) -> None:
    """A channel failed for good: the next one, or the notice is undelivered and people see it."""
    notices = session.scalars(
        select(Notice).where(Notice.id.in_(notice_ids), Notice.state == PLANNED)
    ).all()
    _go_on(session, notices, planner, is_late=False)


def _go_on(session: Session, notices: Sequence[Notice], planner: Planner, *, is_late: bool) -> None:
    """Use what comes next: at once where nobody has seen it in time, else where nothing works."""
    notice_ids = [notice.id for notice in notices]
    known = receivers(session, map(receiver_key, notices))
    barred = barred_notices(session, notice_ids)
    used = _used(session, notice_ids)
    rows: list[dict[str, Any]] = []
    lost: set[int] = set()
    for notice in notices:
        receiver, states = known[receiver_key(notice)], used[notice.id]
        if receiver.active and not is_late and _may_arrive(states):
            continue
        steps = planner.steps(notice, receiver, barred=notice.id in barred, used=states)
        made = [planner.row(notice, receiver, step) for step in steps]
        notice.next_at = planner.look_again(notice, receiver, made, set(states))
        rows += made
        is_dead_end = all(step.skipped for step in steps)
        if is_dead_end and (not receiver.active or _is_lost(states)):
            lost.add(notice.id)
    if rows:
        session.execute(insert(table_of(NoticeDelivery)), rows)
    _set_state(session, lost, UNDELIVERED)


def _used(session: Session, notice_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The channels of notices that have a row, with its state; the console left out."""
    rows = session.execute(
        select(NoticeDelivery.notice_id, NoticeDelivery.channel, NoticeDelivery.state).where(
            NoticeDelivery.notice_id.in_(notice_ids), NoticeDelivery.channel != CONSOLE
        )
    )
    used: dict[int, dict[str, str]] = {notice_id: {} for notice_id in notice_ids}
    for notice_id, channel, state in rows:
        used[notice_id][channel] = state
    return used


def _may_arrive(states: Mapping[str, str]) -> bool:
    """Whether a channel works on it or has it; one that rang in vain proves that none has."""
    return bool(set(states.values()) & HOPEFUL) and states.get(PHONE) not in FAILED


def _is_lost(states: Mapping[str, str]) -> bool:
    """Whether some channel failed, and none works on it or has it."""
    return bool(set(states.values()) & set(FAILED)) and not _may_arrive(states)


def _set_state(session: Session, notice_ids: Collection[int], state: str) -> None:
    if not notice_ids:
        return
    session.execute(
        update(Notice)
        .where(Notice.id.in_(notice_ids))
        .values(state=state)
        .execution_options(synchronize_session=False)
    )
