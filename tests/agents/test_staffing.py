"""One person's account in another's hands: added, changed, closed; each step leaves a trace."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from agents.accounts import find_account
from agents.errors import StaffRefused
from agents.models import Staff, StaffRole
from agents.person import Person
from agents.profile_models import StaffChange, StaffTraining, StaffUndertaking
from agents.profiles import confirm_qualifications, profile_of
from agents.services import add_staff
from agents.sessions import find_signed_in, limits, open_session
from agents.staffing import (
    Actor,
    change_facts,
    close_account,
    give_role,
    hire,
    new_password,
    open_account,
    take_role,
)
from agents.undertakings import PAPER, SCREEN, current_undertaking, last_signature, sign
from core.database import reading, transaction
from core.runtime import Runtime
from routing.directory import current_directory
from tests.cases.hand_over_people import hired

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
AREA = "ESA-9202"
NEW = Person("new@example.org", "นาย ใหม่ ทดสอบ", "operator", AREA, phone="081 000 0195")


def boss(role: str = "head_operator", office: str = AREA) -> Actor:
    """Somebody who manages people."""
    viewer = hired((role, office))
    with reading() as session:
        offices = current_directory(session).offices
        parents = {code: one.parent_code for code, one in offices.items()}
    return Actor(viewer.staff_id, viewer.roles, parents)


def added(by: Actor, person: Person = NEW) -> int:
    """Hire; the new person's id."""
    with transaction() as session:
        return hire(session, person, password_hash="hash", by=by, now=NOW).id


def staff(staff_id: int) -> Staff:
    """A person as he or she is now."""
    with reading() as session:
        return session.get_one(Staff, staff_id)


def trace(staff_id: int) -> list[tuple[str, int | None]]:
    """What was done to an account, and by whom."""
    with reading() as session:
        wanted = select(StaffChange).where(StaffChange.staff_id == staff_id)
        return [
            (one.kind, one.actor_id) for one in session.scalars(wanted.order_by(StaffChange.id))
        ]


@pytest.mark.backends("postgresql", "sqlite")
def test_who_is_added_gets_a_password_that_holds_for_three_days(runtime: Runtime) -> None:
    by = boss()
    made = staff(added(by))
    assert (made.phone, made.undertaking) == ("+66810000195", None)
    assert made.temporary_until == NOW + limits().temporary
    assert trace(made.id) == [("added", by.staff_id), ("password_given", by.staff_id)]
    with reading() as session:
        for later, is_there in ((timedelta(hours=71), True), (timedelta(hours=72), False)):
            assert (find_account(session, made.email, now=NOW + later) is not None) is is_there


def test_a_known_address_is_no_way_into_an_account(runtime: Runtime) -> None:
    """Else a head would give the administrator a new password by adding the address again."""
    by = boss()
    with transaction() as session:
        add_staff(session, replace(NEW, role="admin", office_code="HQ"), now=NOW)
    with pytest.raises(StaffRefused) as refused:
        added(by, replace(NEW, email="NEW@example.org"))
    assert refused.value.rule == "email_known"


def test_a_head_adds_nobody_with_a_higher_role(runtime: Runtime) -> None:
    with pytest.raises(StaffRefused) as refused:
        added(boss(), replace(NEW, role="supervisor"))
    assert refused.value.rule == "role_above"


def test_one_time_passwords_are_long_and_never_the_same() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {14}


def facts(staff_id: int, by: Actor, **more: object) -> None:
    """Fill in the form of facts."""
    with transaction() as session:
        found = session.get_one(Staff, staff_id)
        known = {"phone": found.phone, "on_call": None, "skills": ()}
        person = replace(NEW, **(known | more))  # type: ignore[arg-type]
        change_facts(session, found, person, by=by, now=NOW)


def test_the_profile_holds_what_the_form_says(runtime: Runtime) -> None:
    by = boss()
    made = added(by)
    facts(made, by, name="นาง ใหม่ ทดสอบ", phone=None, post="director", skills=("mfa", "ภาษามือ"))
    with reading() as session:
        assert profile_of(session, made).skills == ("mfa", "ภาษามือ")
    kept = staff(made)
    assert (kept.name, kept.phone, kept.phone_fingerprint) == ("นาง ใหม่ ทดสอบ", None, None)
    assert kept.post == "director"


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"name": ""}, "name_missing"),
        ({"name": "a\u202eb"}, "name_bad"),
        ({"phone": "1900123456"}, "phone_bad"),
        ({"post": "king"}, "post_unknown"),
        ({"skills": ("x" * 41,)}, "skills_bad"),
        ({"skills": tuple(map(str, range(21)))}, "skills_bad"),
        ({"course": "อบรม"}, "course_half"),
        ({"course": "อบรม", "trained_on": date(2026, 11, 21)}, "day_to_come"),
    ],
)
def test_what_is_wrong_with_a_profile_is_named_and_nothing_is_kept(
    runtime: Runtime, more: dict[str, object], rule: str
) -> None:
    by = boss()
    made = added(by)
    with pytest.raises(StaffRefused) as refused:
        facts(made, by, **more)
    assert refused.value.rule == rule
    assert staff(made).name == NEW.name


def test_safety_rule_09_the_last_on_call_telephone_stays(runtime: Runtime) -> None:
    by = boss("admin", "HQ")
    made = added(by)
    facts(made, by, on_call=True)
    for more in ({"on_call": False}, {"phone": None}):
        with pytest.raises(StaffRefused) as refused:
            facts(made, by, **more)
        assert refused.value.rule == "on_call_last"
    with pytest.raises(StaffRefused), transaction() as session:
        close_account(session, session.get_one(Staff, made), cases=0, by=by, now=NOW)
    hired(("supervisor", "HQ"), phone=True, on_call=True)
    facts(made, by, on_call=False)
    assert not staff(made).on_call


def roles(staff_id: int) -> set[tuple[str, str, bool]]:
    """A person's roles with the mark of deputy."""
    with reading() as session:
        held = session.scalars(select(StaffRole).where(StaffRole.staff_id == staff_id))
        return {(one.role, one.office_code, one.deputy) for one in held}


def given(staff_id: int, role: str, by: Actor, *, office: str = AREA, deputy: bool = False) -> None:
    """Give a role."""
    with transaction() as session:
        wished = StaffRole(staff_id=staff_id, role=role, office_code=office, deputy=deputy)
        give_role(session, session.get_one(Staff, staff_id), wished, by=by, now=NOW)


def taken(staff_id: int, role: str, by: Actor) -> None:
    """Take a role."""
    with transaction() as session:
        take_role(session, session.get_one(Staff, staff_id), role, AREA, by=by, now=NOW)


def test_roles_are_given_and_taken(runtime: Runtime) -> None:
    by = boss()
    made = added(by)
    given(made, "head_operator", by, deputy=True)
    assert roles(made) == {("operator", AREA, False), ("head_operator", AREA, True)}
    taken(made, "operator", by)
    assert roles(made) == {("head_operator", AREA, True)}
    assert [kind for kind, _ in trace(made)][-2:] == ["role_given", "role_taken"]


def test_roles_are_refused_with_their_reason(runtime: Runtime) -> None:
    by = boss()
    made = added(by)
    cases = (
        (lambda: given(by.staff_id, "operator", by), "role_own"),
        (lambda: taken(by.staff_id, "head_operator", by), "role_own"),
        (lambda: given(made, "admin", by), "role_above"),
        (lambda: given(made, "operator", by, office="ESA-9201"), "role_above"),
        (lambda: given(made, "operator", by, deputy=True), "deputy_of_nobody"),
        (lambda: taken(made, "operator", by), "role_last"),
    )
    for step, rule in cases:
        with pytest.raises(StaffRefused) as refused:
            step()
        assert refused.value.rule == rule


def test_a_closed_account_ends_its_sessions_and_comes_back_without_a_password(
    runtime: Runtime,
) -> None:
    by = boss()
    made = added(by)
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == made).values(temporary_until=None))
        token = open_session(session, made, password_hash="hash", device="", now=NOW)
    with transaction() as session:
        close_account(session, session.get_one(Staff, made), cases=2, by=by, now=NOW)
    with reading() as session:
        assert find_signed_in(session, token, now=NOW) is None
    with transaction() as session:
        open_account(session, session.get_one(Staff, made), by=by, now=NOW)
    with reading() as session:
        assert find_signed_in(session, token, now=NOW) is None
        assert find_account(session, NEW.email, now=NOW) is None
    assert staff(made).active


def test_nobody_closes_the_own_account(runtime: Runtime) -> None:
    by = boss()
    with pytest.raises(StaffRefused) as refused, transaction() as session:
        close_account(session, session.get_one(Staff, by.staff_id), cases=0, by=by, now=NOW)
    assert refused.value.rule == "role_own"


def test_a_signature_is_kept_once_for_each_version(runtime: Runtime) -> None:
    made = added(boss())
    for way in (SCREEN, PAPER):
        with transaction() as session:
            sign(session, made, way=way, signed_at=NOW)
    assert staff(made).undertaking == current_undertaking().version
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == made).values(undertaking="older"))
        sign(session, made, way=PAPER, signed_at=NOW)
    with reading() as session:
        ways = session.scalars(select(StaffUndertaking.way).order_by(StaffUndertaking.id)).all()
        last = last_signature(session, made)
    assert ways == [SCREEN, PAPER]
    assert last is not None
    assert last.way == PAPER


def test_what_was_confirmed_keeps_who_confirmed_it(runtime: Runtime) -> None:
    first, second = boss(), boss()
    made = added(first)
    for by, codes in ((first, ["care", "secrecy"]), (second, ["care", "honesty", "nonsense"])):
        with transaction() as session:
            confirm_qualifications(session, made, codes, actor_id=by.staff_id, now=NOW)
    with reading() as session:
        found = profile_of(session, made).qualifications
    assert {code: one.confirmed_by for code, one in found.items()} == {
        "care": first.staff_id,
        "honesty": second.staff_id,
    }


def test_the_command_line_records_a_signature_and_a_course_once(runtime: Runtime) -> None:
    person = replace(
        NEW,
        course="อบรม SC-Operator",
        trained_on=date(2022, 9, 7),
        undertaking_signed=date(2026, 11, 19),
    )
    for _ in range(2):
        with transaction() as session:
            made = add_staff(session, person, now=NOW).id
    with reading() as session:
        assert len(session.scalars(select(StaffTraining)).all()) == 1
        [signature] = session.scalars(select(StaffUndertaking)).all()
    assert (signature.staff_id, signature.way) == (made, PAPER)
    assert signature.signed_at.isoformat() == "2026-11-18T17:00:00+00:00"
