"""The pages of rosters and days off: what they show, what they change, to whom they open."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from agents.models import Notice
from agents.own_leave import own_leave
from agents.roster_rules import OFFICE as OFFICE_KIND
from agents.roster_wishes import AbsenceWish, ShiftWish
from agents.rosters import RosterKey, add_absence, add_shift, lines
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.agents.roster_people import TODAY, leave, on
from tests.console.callback_people import OFFICE, operator
from tests.console_cases.people import Desk, hired
from tests.support.waiting import somebody_waits, wait_for

pytestmark = pytest.mark.usefixtures("friday")

HEAD = ("head_operator", OFFICE)
KEY = RosterKey(OFFICE, OFFICE_KIND)
SHIFT = {"day": "2026-11-20", "starts": "08:30", "ends": "12:00", "repeats": "once"}
HEADER = "email,weekday,date,from,to\n"


def read(desk: Desk, path: str = f"/roster/{OFFICE}") -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def kept() -> list[tuple[int, str, str]]:
    with reading() as session:
        return [(one.staff_id, one.starts, one.ends) for one in lines(session, KEY, since=TODAY)]


def test_a_head_adds_a_shift_and_sees_what_is_missing(app: Flask) -> None:
    head = operator(HEAD, language="en")
    desk = Desk(app, head)
    assert "No shifts are planned" in read(desk)
    answer = desk.post(f"/roster/{OFFICE}/shifts", staff=str(head.staff_id), **SHIFT)
    html = read(desk, answer.headers["Location"].removeprefix("/desk"))
    assert kept() == [(head.staff_id, "08:30", "12:00")]
    assert '<rect x="510" y="0" width="210" height="10">' in html
    assert "12:00–16:30 nobody" in html
    assert 'class="quiet who" href="/desk/sessions">กมล ทดสอบ<' in html
    assert "08:30–12:00 one person only" in html


def test_a_shift_that_cannot_be_is_told_beside_its_form(app: Flask) -> None:
    head = operator(HEAD)
    desk = Desk(app, head)
    given = SHIFT | {"ends": "noon", "day": "2026-11-19"}
    answer = desk.post(f"/roster/{OFFICE}/shifts", staff=str(head.staff_id), **given)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'role="alert" id="said">เวลาต้องเขียนแบบ 08:30' in html
    assert 'value="noon"' in html
    assert 'value="2026-11-19"' in html
    for odd in ({"day": "soon"}, {"staff": "x"}, {"until": "9999-99-99", "repeats": "weekly"}):
        form = {"staff": str(head.staff_id)} | SHIFT | odd
        assert desk.post(f"/roster/{OFFICE}/shifts", **form).status_code == 400
    assert kept() == []


def test_who_stands_in_is_drawn_in_the_place_of_who_is_away(app: Flask) -> None:
    head, other = operator(HEAD, language="en"), operator()
    desk = Desk(app, head)
    on(other.staff_id, "22:00", "06:00")
    form = {"staff": str(other.staff_id), "cover": str(head.staff_id), "reason": "sick"}
    answer = desk.post(f"/roster/{OFFICE}/absences", first="2026-11-20", **form)
    assert answer.status_code == 303
    html = read(desk)
    assert "22:00–24:00 (stands in)" in html
    assert "00:00–06:00 (stands in)" in html
    assert "Sick leave" in html
    # Why somebody is away is the head's business.
    assert "Sick leave" not in read(Desk(app, operator(language="en")))


def test_what_was_entered_can_be_taken_out_again(app: Flask) -> None:
    head = operator(HEAD)
    desk = Desk(app, head)
    shift, away = on(head.staff_id, "08:30", "12:00"), leave(head.staff_id)
    for what in (f"shifts/{shift}", f"absences/{away}"):
        assert desk.post(f"/roster/{OFFICE}/{what}/end").status_code == 303
        assert desk.post(f"/roster/{OFFICE}/{what}/end").status_code == 404
    assert kept() == []


def test_last_weeks_single_shifts_are_repeated(app: Flask) -> None:
    head = operator(HEAD, language="en")
    desk = Desk(app, head)
    on(head.staff_id, "08:30", "12:00")
    answer = desk.post(f"/roster/{OFFICE}/copy", week="2026-11-23")
    html = read(desk, answer.headers["Location"].removeprefix("/desk"))
    assert "1 shift was repeated." in html
    assert "08:30–12:00" in html


@pytest.mark.parametrize("week", ["", "soon", "0001-01-01", "9999-12-31", "2026-11-20"])
def test_a_strange_week_is_this_week(app: Flask, week: str) -> None:
    assert 'name="week" value="2026-11-16"' in read(
        Desk(app, operator(HEAD)), f"/roster/{OFFICE}?week={week}"
    )


def test_a_file_is_compared_before_it_changes_anything(app: Flask) -> None:
    head = operator(HEAD, language="en")
    desk = Desk(app, head)
    on(head.staff_id, "08:30", "12:00")
    saved = desk.get(f"/roster/{OFFICE}/roster.csv").get_data()
    assert saved.startswith(b"\xef\xbb\xbfemail,")
    email = saved.decode("utf-8-sig").splitlines()[1].partition(",")[0]
    text = f"{HEADER}{email},,2026-11-27,09:00,17:00\n"
    answer = desk.post(f"/roster/{OFFICE}/file", file=(BytesIO(text.encode()), "roster.csv"))
    html = answer.get_data(as_text=True)
    assert "Would be added" in html
    assert "Would be taken out" in html
    assert len(kept()) == 1
    digest = html.split('name="digest" value="')[1].split('"')[0]
    changed = desk.post(f"/roster/{OFFICE}/file/apply", text=text, digest="another")
    assert changed.status_code == 409
    applied = desk.post(f"/roster/{OFFICE}/file/apply", text=text, digest=digest)
    assert applied.status_code == 303
    assert kept() == [(head.staff_id, "09:00", "17:00")]
    again = desk.post(f"/roster/{OFFICE}/file/apply", text=text, digest=digest)
    assert again.status_code == 409


def test_a_file_is_compared_with_what_another_change_leaves(app: Flask, runtime: Runtime) -> None:
    head = operator(HEAD)
    desk = Desk(app, head)
    on(head.staff_id, "08:30", "12:00")
    email = desk.get(f"/roster/{OFFICE}/roster.csv").text.splitlines()[1].partition(",")[0]
    text = f"{HEADER}{email},,2026-11-27,09:00,17:00\n"
    answer = desk.post(f"/roster/{OFFICE}/file", file=(BytesIO(text.encode()), "roster.csv"))
    digest = answer.get_data(as_text=True).split('name="digest" value="')[1].split('"')[0]
    day = date(2026, 11, 27)
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            wish = ShiftWish(head.staff_id, "09:00", "17:00", day, day)
            add_shift(session, KEY, wish, by=head.staff_id, now=clock.now())
            path = f"/roster/{OFFICE}/file/apply"
            other = pool.submit(desk.post, path, text=text, digest=digest)
            wait_for(lambda: other.done() or somebody_waits(runtime.engine))
        assert other.result().status_code == 409
    assert [one[1] for one in kept()] == ["08:30", "09:00"]


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b"x" * 100_001, 400), (b"\xff\xfe", 200), (b"a,b\n", 200)]
)
def test_a_file_that_is_none_changes_nothing(app: Flask, body: bytes, status: int) -> None:
    desk = Desk(app, operator(HEAD))
    answer = desk.post(f"/roster/{OFFICE}/file", file=(BytesIO(body), "roster.csv"))
    assert answer.status_code == status
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert 'id="apply"' not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("roles", "looks", "changes"),
    [
        ((("operator", OFFICE),), 200, 404),
        ((("operator", "ESA-9201"),), 404, 404),
        ((("head_operator", "ESA-9201"),), 404, 404),
        ((("action_officer", OFFICE),), 404, 404),
        ((("auditor", "HQ"),), 404, 404),
        ((("head_operator", "OBEC"),), 200, 400),
        ((("supervisor", "HQ"),), 200, 400),
        ((("admin", "HQ"),), 200, 400),
    ],
)
def test_whose_roster_opens_to_whom(
    app: Flask, roles: tuple[tuple[str, str], ...], looks: int, changes: int
) -> None:
    desk = Desk(app, hired("สมใจ ทดสอบ", *roles))
    assert desk.get(f"/roster/{OFFICE}").status_code == looks
    for path in ("shifts", "absences"):
        assert desk.post(f"/roster/{OFFICE}/{path}").status_code == changes
    found = 200 if changes == 400 else 404
    assert desk.get(f"/roster/{OFFICE}/file").status_code == found
    assert desk.get(f"/roster/{OFFICE}/roster.csv").status_code == found


def test_the_on_call_list_has_shifts_at_the_centre_alone(app: Flask) -> None:
    on_call = operator(("supervisor", "HQ"), on_call=True, language="en")
    desk = Desk(app, on_call)
    form = SHIFT | {"staff": str(on_call.staff_id), "list": "on_call"}
    assert desk.post("/roster/HQ/shifts", **form).status_code == 303
    html = read(desk, "/roster/HQ?list=on_call")
    assert "Some hours have nobody on call" in html
    assert desk.post(f"/roster/{OFFICE}/shifts", **form).status_code == 400


def test_everybody_finds_their_own_shifts(app: Flask) -> None:
    viewer, other = operator(language="en"), operator()
    on(other.staff_id, "22:00", "06:00")
    leave(other.staff_id, cover_id=viewer.staff_id)
    html = read(Desk(app, viewer), "/roster")
    assert "22:00–06:00" in html
    assert "you stand in" in html


def test_the_switch_says_that_the_roster_holds_again_tomorrow(app: Flask) -> None:
    viewer = operator(language="en")
    on(viewer.staff_id, "22:00", "06:00")
    desk = Desk(app, viewer)
    assert "You are not on shift now" in read(desk, "/")
    desk.post("/duty", duty="on")
    assert "until six in the morning" in read(desk, "/")
    leave(viewer.staff_id)
    desk.post("/duty", duty="auto")
    assert "You are on leave today" in read(desk, "/")


def test_an_admin_adds_a_day_off_and_takes_it_back(app: Flask) -> None:
    desk = Desk(app, hired("ธิดา ทดสอบ", ("admin", "HQ"), language="en"))
    assert "Days off in 2026" in read(desk, "/holidays")
    form = {"day": "2026-11-27", "what": "off", "name_th": "วันหยุดพิเศษ", "year": "2026"}
    assert desk.post("/holidays", **form).status_code == 303
    html = read(desk, "/holidays?year=2026")
    assert "วันหยุดพิเศษ" in html
    assert "Whole country" in html
    change = html.split('id="change-')[1].split('"')[0]
    twice = desk.post("/holidays", **form)
    assert twice.status_code == 400
    assert "This day is a day off already." in twice.get_data(as_text=True)
    assert desk.post(f"/holidays/{change}/withdraw").status_code == 303
    assert desk.post(f"/holidays/{change}/withdraw").status_code == 404


def test_everybody_reads_the_days_off_in_their_own_era_and_few_change_them(app: Flask) -> None:
    desk = Desk(app, operator())
    html = read(desk, "/holidays?year=2026")
    assert "วันหยุด พ.ศ. 2569" in html
    assert "วันรัฐธรรมนูญ" in html
    assert 'id="add-day"' not in html
    assert desk.post("/holidays", day="2026-11-27", name_th="x").status_code == 404
    for odd in ("x", "1", "99999999999"):
        assert "พ.ศ. 2569" in read(desk, f"/holidays?year={odd}")


LEAVE = {"first": "2026-11-23", "last": "2026-11-24", "reason": "sick"}


def owed_about_leave() -> list[int | None]:
    with reading() as session:
        wanted = select(Notice.recipient_staff_id).where(Notice.template == "leave_entered")
        return list(session.scalars(wanted.order_by(Notice.id)))


def test_own_leave_holds_everywhere_and_the_heads_are_told(app: Flask) -> None:
    head = operator(HEAD, language="en")
    worker = operator(("operator", OFFICE), ("operator", "ESA-9201"), language="en")
    desk = Desk(app, worker)
    assert desk.post("/leave", **LEAVE).headers["Location"] == "/desk/roster?told=leave"
    with reading() as session:
        [kept_leave] = own_leave(session, worker.staff_id, TODAY)
        assert (kept_leave.reason, kept_leave.created_by) == ("sick", worker.staff_id)
    assert owed_about_leave() == [None, head.staff_id]
    for path in ("/roster", "/roster?told=leave"):
        assert "Your leave" in read(desk, path)
    # Why somebody is away is the head's business; the message names nobody.
    assert "กมล" not in read(Desk(app, head), "/notices").split("<main")[1]
    other = Desk(app, operator())
    assert other.post(f"/leave/{kept_leave.id}/end").status_code == 404
    assert desk.post(f"/leave/{kept_leave.id}/end").status_code == 303
    assert desk.post(f"/leave/{kept_leave.id}/end").status_code == 404


@pytest.mark.parametrize(
    "odd",
    [
        {"reason": "swap"},
        {"first": "2026-11-19"},
        {"last": "2026-11-22"},
        {"first": "soon"},
        {"reason": "x"},
    ],
)
def test_own_leave_that_cannot_be_is_told_beside_its_form(odd: dict[str, str], app: Flask) -> None:
    desk = Desk(app, operator(language="en"))
    answer = desk.post("/leave", **LEAVE | odd, cover="1", staff="1")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'role="alert" id="said"' in html
    assert f'value="{(LEAVE | odd)["first"]}"' in html
    assert owed_about_leave() == []


def test_what_a_head_entered_is_for_the_head_to_end(app: Flask) -> None:
    head, worker = operator(HEAD), operator()
    with transaction() as session:
        wish = AbsenceWish(worker.staff_id, TODAY, TODAY, "vacation")
        row = add_absence(session, KEY, wish, by=head.staff_id, now=clock.now())
    desk = Desk(app, worker)
    assert f'id="leave-{row.id}"' in read(desk, "/roster")
    assert desk.post(f"/leave/{row.id}/end").status_code == 404
    assert Desk(app, hired("ก", ("auditor", "HQ"))).post("/leave", **LEAVE).status_code == 404
