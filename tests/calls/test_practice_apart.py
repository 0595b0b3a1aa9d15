"""Practice beside a real telephone: by which account who is rung, who may know, and who is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from agents.models import Notice, Staff
from calls import tasks
from calls.approval_calls import APPROVALS
from calls.escalation import escalate_late
from calls.line import next_in_line
from calls.models import Callback, CallbackAttempt, Leg
from calls.notices import owe_decision
from calls.outcomes import settle
from calls.pace import may_ask
from calls.queries import halted_by, tries_since
from cases.access import Viewer, standing, visible
from cases.clocks import look_at_clocks
from cases.errors import StoryRefused
from cases.handovers import climb_overdue
from cases.models import Assignment, Case
from cases.queries import exclusions
from cases.services import escalate_overdue
from cases.stories import join, open_story
from cases.story_rules import StoryWish
from core.database import reading, transaction
from core.runtime import Runtime, configure, current
from core.telephony import Refused, Telephony, provider
from recordings.models import Recording
from tests.calls.approval_world import ASKER, FIRST, SECOND, ApprovalWorld, phone_of
from tests.calls.callback_world import OFFICE
from tests.support.beside import PRACTICE, REAL, beside
from webapp.checks import oldest_due_age

MONTH = timedelta(days=30)
BOTH = pytest.mark.parametrize("whose", [REAL, PRACTICE], ids=["real", "practised"])
HEAD = (("head_operator", OFFICE),)


@dataclass
class Apart(ApprovalWorld):
    """A case of one of the accounts; `asked` is by which account whoever was rung or looked for."""

    whose: str = REAL
    asked: list[str] = field(default_factory=list)

    @property
    def account(self) -> str:
        """The account of all its calls."""
        return self.whose

    def operator(self, number: int = 1, office: str = OFFICE, **more: Any) -> int:
        """Somebody with a phone, who practises where the case does."""
        staff_id = super().operator(number, office, **more)
        practise(staff_id, practises=self.whose == PRACTICE)
        return staff_id

    def provider_of(self, account: str) -> Telephony:
        """The provider of an account, which must be one of ours."""
        assert current().settings.account_of(account) is not None
        self.asked.append(account)
        return self.exchange

    def work(self) -> None:
        """What the worker does: callbacks of both lines, hand-overs, and what nobody reported."""
        told: dict[str, Any] = {"now": self.clock, "telephony": self.provider_of}
        for account in current().settings.accounts:
            line = self.line(account)
            assert account == self.whose or not line
            for one in line:
                tasks.dial(one, self.policy, **told)
        with reading() as session:
            handovers, rings = self.due(session), APPROVALS.open(session, self.now, 50)
        for one in handovers:
            tasks.ring_for_approval(one, self.policy, **told)
        for one in rings:
            tasks.check_ring(APPROVALS, one, self.policy, **told)
        for one in self.open_attempts():
            tasks.check(one, self.policy, **told)

    def line(self, account: str) -> list[int]:
        """Whom the account's sweep looks at."""
        with transaction() as session:
            return list(next_in_line(session, self.policy, account_sid=account, now=self.now))

    def open_attempts(self) -> list[int]:
        """The attempts that are to be looked after."""
        with reading() as session:
            return list(tasks.open_attempts(session, self.now, 50))

    def numbers(self) -> set[str]:
        """Every number that was rung."""
        return {ring["to"] for ring in self.exchange.rings}


@pytest.fixture
def world(runtime: Runtime, whose: str) -> Iterator[Apart]:
    """In a service with a practice phone beside it: a case of the account, with a hand-over to
    approve and a callback to make; its people practise where the case does."""
    configure(beside(runtime.settings), runtime.engine)
    made = Apart(whose=whose)
    made.ask(FIRST, SECOND)
    made.wish()
    yield made
    configure(runtime.settings, runtime.engine)


def practise(staff_id: int, *, practises: bool = True) -> None:
    """A person becomes a trainee, or no longer is one."""
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(practises=practises))


def count(model: Any) -> int:
    """How many rows there are."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@BOTH
def test_each_ring_and_each_look_goes_to_the_case_s_own_account(world: Apart, whose: str) -> None:
    """Account x action: callback, approval, and looking after both when nobody reports on them."""
    world.work()
    assert world.asked == [whose] * 2
    real = {phone_of(one) for one in (FIRST, SECOND, ASKER)}
    if whose == REAL:
        assert world.numbers() == {phone_of(FIRST), phone_of(SECOND)}
    else:
        assert world.numbers().isdisjoint(real)
        assert all(one.startswith("+668100000") for one in world.numbers())
    world.later(600)
    world.work()
    assert world.exchange.looks >= 2
    assert set(world.asked) == {whose}
    with reading() as session:
        assert set(session.scalars(select(Leg.account_sid))) == {whose}


@pytest.mark.parametrize("whose", [PRACTICE])
def test_without_a_trainee_nobody_is_rung_for_what_is_practised(world: Apart) -> None:
    with transaction() as session:
        session.execute(update(Staff).values(practises=False, on_call=True))
    for _ in range(3):
        world.work()
        world.later(1800)
    assert (world.asked, count(Leg)) == ([], 0)
    with reading() as session:
        assert set(session.scalars(select(Staff.last_rung_at))) == {None}


@BOTH
def test_nobody_is_told_of_what_is_practised_and_nothing_of_it_climbs(
    world: Apart, whose: str
) -> None:
    """Every sweep that hurries people, a month later, with an on-call list that would be told."""
    world.operator(30, "HQ", on_call=True)
    with transaction() as session:
        for later in (world.now, world.now + MONTH, world.now + 2 * MONTH):
            look_at_clocks(session, later, 50)
            escalate_overdue(session, later, 50)
            climb_overdue(session, later, 50)
            escalate_late(session, world.policy, now=later)
        owe_decision(session, world.callback, now=world.now)
    assert (count(Notice) > 0) is (whose == REAL)
    with reading() as session:
        climbs = [
            session.scalars(select(Assignment.escalate_at)).one(),
            session.scalars(select(Callback.escalate_at)).one(),
            world.handover.climb_at,
        ]
    # A hand-over that waits watches itself: its assignment is not escalated meanwhile.
    assert any(climbs) is (whose == REAL)


@BOTH
def test_trainees_know_of_practice_and_everybody_of_what_is_real(world: Apart, whose: str) -> None:
    """Person x case: by list, by page and among those who must not know, at home and at the top."""
    trainee, other = world.operator(31, role="supervisor"), world.operator(32, role="supervisor")
    admin = world.operator(33, "HQ", role="admin")
    for one in (trainee, other, admin):
        practise(one, practises=one == trainee)
    roles = {trainee: "supervisor", other: "supervisor", admin: "supervisor"}
    offices = {trainee: OFFICE, other: OFFICE, admin: "HQ"}
    with reading() as session:
        for staff_id, role in roles.items():
            viewer = Viewer(staff_id, ((role, offices[staff_id]),))
            knows = whose == REAL or staff_id == trainee
            seen = session.scalar(select(Case.id).where(visible(session, viewer, "case.list")))
            assert (seen is not None) is knows
            assert standing(session, viewer, world.case_id).may("case.view") is knows
            shut_out = exclusions(session, world.case_id).staff
            assert (staff_id in shut_out) is not knows
    configure(current().settings.model_copy(update={"practice_phone": "off"}), current().engine)
    with reading() as session:
        viewer = Viewer(other, (("supervisor", OFFICE),))
        assert standing(session, viewer, world.case_id).may("case.view") is (whose == REAL)


@pytest.mark.parametrize("whose", [PRACTICE])
def test_a_practice_phone_that_was_taken_away_rings_nobody_and_leaves_nothing_open(
    world: Apart,
) -> None:
    """Both rings have begun when the setting goes: they are given up, and none begins anew."""
    world.work()
    began = len(world.exchange.rings)
    assert began == 2
    configure(current().settings.model_copy(update={"practice_phone": "off"}), current().engine)
    with pytest.raises(Refused):
        provider(PRACTICE)
    told: dict[str, Any] = {"now": world.clock, "telephony": provider}
    for _ in range(6):
        world.later(600)
        with reading() as session:
            rings = APPROVALS.open(session, world.now, 50)
        for one in rings:
            tasks.check_ring(APPROVALS, one, world.policy, **told)
        for one in world.open_attempts():
            tasks.check(one, world.policy, **told)
    with reading() as session:
        assert set(session.scalars(select(Leg.state))) == {"ended"}
    assert len(world.exchange.rings) == began


@pytest.mark.parametrize("whose", [PRACTICE])
def test_a_practised_callback_never_joins_the_real_line(world: Apart) -> None:
    """The setting goes, or names another account: whoever asked is not rung, a person decides."""
    settings, engine = current().settings, current().engine
    world.ask_now(world.people[FIRST])
    for gone in ({"practice_phone": "off"}, {"practice_account_sid": "AC" + "3" * 32}):
        configure(settings.model_copy(update=gone), engine)
        assert world.line(REAL) == []
    told: dict[str, Any] = {"now": world.clock, "telephony": world.provider_of}
    tasks.dial(world.callback_id, world.policy, **told)
    assert (world.callback.state, world.callback.reason) == ("decision", "account_gone")
    assert (world.asked, count(Leg)) == ([], 0)


@pytest.mark.parametrize("whose", [PRACTICE])
def test_practice_takes_no_real_ring_and_no_place_ahead_of_a_real_callback(world: Apart) -> None:
    """A practised danger is due, and a practised callback waits ahead: neither is waited for."""
    now = world.now
    with transaction() as session:
        session.execute(update(Callback).values(immediate=True))
        asks = {"policy": world.policy, "pressing": False, "now": now}
        assert not may_ask(session, PRACTICE, **asks)
        assert may_ask(session, REAL, **asks)
    with transaction() as session:
        soon = now + timedelta(seconds=3)
        session.execute(update(Callback).values(immediate=False, due_at=soon))
    real = Apart(whose=REAL, now=now + timedelta(seconds=1))
    real.report()
    call_sid = real.call(ended=False)
    real.wish(call_sid)
    real.end_call(call_sid)
    assert real.callback.due_at == real.now
    asker = world.people[FIRST]
    world.later(1)
    world.ask_now(asker)
    real.ask_now(asker)
    assert real.callback.wanted_staff_id == asker


@pytest.mark.parametrize("whose", [PRACTICE])
def test_a_number_that_a_trainee_gives_is_not_the_line_of_whoever_has_it(world: Apart) -> None:
    """Both callbacks ring one number at a time, and "stop" ends the practised one alone."""
    real = Apart(whose=REAL)
    real.report()
    real.wish()
    for one in (world, real):
        told: dict[str, Any] = {"now": one.clock, "telephony": one.provider_of}
        tasks.dial(one.callback_id, one.policy, **told)
        assert one.callback.state == "dialling_operator"
    assert real.numbers() == {phone_of(FIRST)}, "a trainee is rung for real work all the same"
    with transaction() as session:
        mine = CallbackAttempt.callback_id == world.callback_id
        attempt = session.scalars(select(CallbackAttempt).where(mine)).one()
        settle(session, attempt, "stopped", world.policy, now=world.now)
        again = session.get_one(Callback, real.callback_id)
        assert halted_by(session, again) is None
        assert tries_since(session, again, world.now - MONTH) == 0
    assert world.callback.state in ("stopped", "decision")
    assert real.callback.state == "dialling_operator"


@BOTH
def test_what_is_practised_is_never_the_oldest_that_is_owed(world: Apart, whose: str) -> None:
    """A callback, or a recording to be fetched: practice warns nobody of the health page."""
    told = {"state": "owed", "started_at": world.now, "due_at": world.now}
    call_sid = world.call()
    with transaction() as session:
        session.add(Recording(call_sid=call_sid, account_sid=whose, case_id=world.case_id, **told))
    with transaction() as session:
        for _ in range(2):
            age = oldest_due_age(session, world.now + timedelta(hours=2))
            assert age == (7200 if whose == REAL else None)
            session.execute(update(Callback).values(due_at=None))


@BOTH
def test_practice_joins_no_story(world: Apart, whose: str) -> None:
    by = {"staff_id": world.people[FIRST], "now": world.now}
    with transaction() as session:
        wish = StoryWish("เรื่องเดียวกัน", "One thing", "V", "V3", ("9209",))
        story = open_story(session, wish, **by)
        if whose == REAL:
            join(session, story.id, world.case_id, **by)
        else:
            with pytest.raises(StoryRefused, match="practice"):
                join(session, story.id, world.case_id, **by)
