"""For every form of the console somebody who may send it, the address it goes to, what is in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from agents.models import Staff, StaffSession
from agents.sessions import keep_with_password, open_session
from cases.deadline_models import DeadlineRule
from cases.handovers import reject
from cases.models import Assignment
from cases.part_asking import ask_part
from cases.part_rules import PartWish
from cases.part_work import take_on_part
from cases.stopping import StopWish, stop_clock
from cases.stories import join, open_story
from cases.story_rules import StoryWish
from core import clock
from core.database import reading, transaction
from routing.models import RoutingRuleVersion
from tests.console.callback_people import NUMBER, operator, owed, undecided
from tests.console.notice_people import GROUP, lost, told
from tests.console.people import PASSWORD, cheap_hash, made_person
from tests.console_cases.handing import (
    DISTRICT,
    PROVINCE,
    REASON,
    HandedOver,
    asked,
    offered,
    taken_case,
)
from tests.console_cases.people import PASSWORD_HASH, Desk, Made, hired, kept_recording, opened_case

HEAD = ("head_operator", PROVINCE)
AREA = "ESA-9202"
NEW_PASSWORD = "a longer day at the desk"
RESULT = {
    "done": "ไปเยี่ยมบ้านแล้ว",
    "for_whom": "child",
    "measures": "prevent",
    "child_safe": "yes",
    "referral": "โรงพยาบาล",
}
RIGHT = {
    "hazard": "V1",
    "severity": "normal",
    "district": "9201",
    "district_code": "",
    "school": "",
    "intent": "complaint",
    "role": "parent",
    "reason": REASON,
}
MAKERS: dict[str, Callable[[Flask], "Scene"]] = {}


@dataclass(frozen=True)
class Scene:
    """A form that may be sent now: by whom, where to, holding what; and what it is about."""

    desk: Desk
    path: str
    form: dict[str, Any] = field(default_factory=dict)
    made: Made | None = None

    def send(self, **more: Any) -> Any:
        """Send it, with more or other fields where they are given."""
        return self.desk.post(self.path, **(self.form | more))


def scene(rule: str) -> Callable[[Callable[[Flask], Scene]], Callable[[Flask], Scene]]:
    """Name the rule of the URL map, below /desk, whose form a scene sends."""

    def keep(make: Callable[[Flask], Scene]) -> Callable[[Flask], Scene]:
        MAKERS[rule] = make
        return make

    return keep


def head(app: Flask) -> Desk:
    """A head operator of PROVINCE."""
    return Desk(app, hired("หัวหน้า ทดสอบ", HEAD))


def centre(app: Flask, role: str) -> Desk:
    """Somebody of the centre."""
    return Desk(app, hired("คนกลาง ทดสอบ", (role, "HQ")))


def shown_first(desk: Desk, address: str, **file: str) -> Scene:
    """A file whose difference was shown, and the form below it that applies just that."""
    page = desk.post(address, **file).get_data(as_text=True)
    digest = page.split('name="digest" value="')[1].split('"')[0]
    return Scene(desk, f"{address}/apply", file | {"digest": digest})


def of_case(rule: str, make_case: Callable[[Desk], Made], **form: Any) -> None:
    """A form that goes to a case of PROVINCE."""

    @scene(f"/cases/<reference>/{rule}")
    def made(app: Flask) -> Scene:
        desk = head(app)
        case = make_case(desk)
        return Scene(desk, f"/cases/{case.reference}/{rule}", form, case)


def new(_: Desk) -> Made:
    return opened_case(office=PROVINCE)


def without_a_place(_: Desk) -> Made:
    """No offices come into question then."""
    nowhere = dict.fromkeys(("district_code", "province_code", "postal_code"))
    return opened_case(office=PROVINCE, answers=nowhere)


def acknowledged(desk: Desk) -> Made:
    return taken_case(desk.viewer)


def taken_by_another(_: Desk) -> Made:
    return taken_case(hired("คนแรก ทดสอบ", ("operator", PROVINCE)))


def reported(desk: Desk) -> Made:
    made = taken_case(desk.viewer)
    assert desk.post(f"/cases/{made.reference}/report", **RESULT).status_code == 303
    return made


def closed(desk: Desk) -> Made:
    made = reported(desk)
    assert desk.post(f"/cases/{made.reference}/close").status_code == 303
    return made


def with_candidates(desk: Desk) -> Made:
    made = new(desk)
    with transaction() as session:
        change = update(Assignment).where(Assignment.case_id == made.case_id)
        session.execute(change.values(candidates=["DOLE-4001", "DOLE-4002"]))
    return made


of_case("acknowledge", new)
of_case("take-on", taken_by_another)
of_case("number", new, reason=REASON)
of_case("notes", acknowledged, text="โทรแล้ว", visibility="this_office")


@scene("/cases/<reference>/duplicate")
def duplicate(app: Flask) -> Scene:
    desk = head(app)
    case, other = new(desk), new(desk)
    return Scene(desk, f"/cases/{case.reference}/duplicate", {"number": other.reference}, case)


of_case("notes/draft", acknowledged, text="ร่าง", visibility="this_office")
of_case("begin", new)
of_case("conflict", acknowledged, code="DOLE-4001", office="", people="", reason=REASON)
of_case("send", with_candidates, office_code=DISTRICT)
of_case("not-ours", without_a_place, office_code=PROVINCE, why="other_area", reason=REASON)
of_case("correct", acknowledged, **RIGHT)
of_case("close", reported)
of_case("reopen", closed, reason=REASON)
of_case("not-a-case", new)
of_case("refer", new, office="DLA", code="", reason=REASON)
of_case("unreachable", new, reason=REASON)
of_case("report", acknowledged, **RESULT)
of_case("handovers", acknowledged, kind="office", office=DISTRICT, reason=REASON)


STOP = {
    "stop_reason": "medical_report",
    "reason": REASON,
    "until": (clock.now() + timedelta(days=3)).date().isoformat(),
}
RULE = {
    "severity": "urgent",
    "step": "report",
    "hazard": "V1",
    "amount": "1",
    "unit": "working_days",
    "valid_from": "",
    "note": REASON,
    "do": "keep",
}
of_case("clock", acknowledged, **STOP)


def clock_stop(case_id: int, *, begun: bool) -> int:
    """A stop of a case's clock, which begins with a head's own wish; its id."""
    now = clock.now()
    wish = StopWish("legal", REASON, now + timedelta(days=3))
    asker = hired("ผู้ขอ ทดสอบ", ("operator", PROVINCE))
    with transaction() as session:
        return stop_clock(session, case_id, wish, viewer=asker, is_head=begun, now=now).id


def deadline_rule(desk: Desk) -> int:
    """A rule that the head wrote; its id."""
    assert desk.post(f"/deadlines/{PROVINCE}", **RULE).status_code == 303
    with reading() as session:
        return (
            session.scalars(select(DeadlineRule.id).order_by(DeadlineRule.id.desc())).first() or 0
        )


def of_stop(step: str) -> None:
    """A form that goes to a stop of the clock."""

    @scene(f"/cases/<reference>/clock/<int:stop_id>/{step}")
    def made(app: Flask) -> Scene:
        desk = head(app)
        case = acknowledged(desk)
        stop_id = clock_stop(case.case_id, begun=step == "resume")
        return Scene(desk, f"/cases/{case.reference}/clock/{stop_id}/{step}", {}, case)


for _step in ("agree", "refuse", "resume"):
    of_stop(_step)


@scene("/deadlines/<code>")
def deadlines(app: Flask) -> Scene:
    return Scene(head(app), f"/deadlines/{PROVINCE}", RULE)


@scene("/deadlines/<code>/<int:rule_id>/take-back")
def taken_back(app: Flask) -> Scene:
    desk = head(app)
    return Scene(desk, f"/deadlines/{PROVINCE}/{deadline_rule(desk)}/take-back")


@scene("/cases/<reference>/reason")
def reason(app: Flask) -> Scene:
    desk, made = Desk(app, hired("ผู้ตรวจ ทดสอบ", ("auditor", "HQ"))), opened_case()
    return Scene(desk, f"/cases/{made.reference}/reason", {"reason": REASON}, made)


@scene("/cases/<reference>/notes/<int:note_id>/correction")
def correction(app: Flask) -> Scene:
    desk = head(app)
    made = acknowledged(desk)
    desk.post(f"/cases/{made.reference}/notes", text="ครั้งแรก", visibility="this_office")
    page = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    path = page.split("/correction")[0].rpartition('action="/desk')[2] + "/correction"
    return Scene(desk, path, {"text": "แก้แล้ว", "number": "1"}, made)


@scene("/cases/<reference>/recordings/<int:recording_id>")
def listening(app: Flask) -> Scene:
    desk, made = head(app), opened_case(office=PROVINCE)
    path = f"/cases/{made.reference}/recordings/{kept_recording(made)}"
    return Scene(desk, path, {"reason": REASON}, made)


def of_handover(step: str, make: Callable[[Desk], HandedOver], **form: Any) -> None:
    """A form that goes to a hand-over of PROVINCE."""

    @scene(f"/handovers/<int:handover_id>/{step}")
    def made(app: Flask) -> Scene:
        receives = step in ("accept", "decline")
        desk = Desk(app, hired("ผู้รับ ทดสอบ", ("operator", DISTRICT))) if receives else head(app)
        given = make(desk)
        return Scene(desk, f"{given.address}/{step}", form, given.made)


def to_decide(desk: Desk) -> HandedOver:
    with transaction() as session:
        change = update(Staff).where(Staff.id == desk.viewer.staff_id)
        session.execute(change.values(phone="+66810000188"))
    return asked(head=desk.viewer)


def rejected_by_key(desk: Desk) -> HandedOver:
    given, by = asked(head=desk.viewer), desk.viewer.staff_id
    with transaction() as session:
        key = {"way": "telephone", "words": None, "now": clock.now()}
        reject(session, given.handover_id, staff_id=by, **key)
    return given


of_handover("approve", to_decide)
of_handover("reject", to_decide, words=REASON)
of_handover("ring", to_decide)
of_handover("reason", rejected_by_key, words=REASON)
of_handover("revoke", to_decide, words=REASON)
of_handover("accept", lambda desk: offered())
of_handover("decline", lambda desk: offered(), words=REASON)


@scene("/callbacks/<int:callback_id>/call")
def call(app: Flask) -> Scene:
    desk, one = Desk(app, operator()), owed()
    return Scene(desk, f"/callbacks/{one.id}/call", {}, one.case)


@scene("/callbacks/<int:callback_id>/decision")
def decision(app: Flask) -> Scene:
    one = undecided("window_open", window_start=None, window_end=None, number=NUMBER)
    form = {"choice": "ring_in_window", "start": "16:00", "end": "18:30", "words": REASON}
    return Scene(Desk(app, operator()), f"/callbacks/{one.id}/decision", form, one.case)


@scene("/callbacks/<int:callback_id>/change")
def change(app: Flask) -> Scene:
    one = owed(number=NUMBER)
    form = {"change": "no_call", "seen": "0", "why": "caller_said", "words": REASON}
    form |= {"day": "2026-11-23", "start": "16:00", "end": "18:30"}
    return Scene(Desk(app, operator()), f"/callbacks/{one.id}/change", form, one.case)


@scene("/office/<code>")
def office(app: Flask) -> Scene:
    return Scene(head(app), f"/office/{PROVINCE}", {"ringing": "work_list"})


@scene("/office/<code>/notes")
def office_notes(app: Flask) -> Scene:
    return Scene(head(app), f"/office/{PROVINCE}/notes", {"visibility": "chain_above"})


@scene("/duty")
def duty(app: Flask) -> Scene:
    return Scene(head(app), "/duty", {"duty": "off", "next": "/desk/callbacks"})


@scene("/language")
def language(app: Flask) -> Scene:
    return Scene(head(app), "/language", {"language": "en", "next": "/desk/cases"})


@scene("/password")
def password(app: Flask) -> Scene:
    desk = head(app)
    kept, me = cheap_hash(PASSWORD), desk.viewer.staff_id
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == me).values(password_hash=kept))
        mine = session.scalars(select(StaffSession.id).where(StaffSession.staff_id == me)).one()
        keep_with_password(session, mine, password_hash=kept)
    form = {"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    return Scene(desk, "/password", form)


@scene("/sign-in")
def sign_in(app: Flask) -> Scene:
    made_person()
    form = {"email": "mali@example.org", "password": PASSWORD, "next": "/desk/cases"}
    return Scene(head(app), "/sign-in", form)


@scene("/sign-out")
def sign_out(app: Flask) -> Scene:
    return Scene(head(app), "/sign-out")


@scene("/rules/edit")
def rules_text(app: Flask) -> Scene:
    form = {"text": "rules: []", "base": "0", "last": "100", "note": REASON, "do": "check"}
    return Scene(centre(app, "admin"), "/rules/edit", form | {"token": "none"})


@scene("/rules/<int:number>/restore")
def restored_rules(app: Flask) -> Scene:
    """The same rules are in force already: these tests must not move the directory."""
    with transaction() as session:
        session.add_all(RoutingRuleVersion(number=one, published_at=clock.now()) for one in (1, 2))
    return Scene(centre(app, "admin"), "/rules/1/restore", {"base": "2", "note": REASON})


@scene("/rules/learned/<int:jurisdiction_id>/end")
def ended_for_good(app: Flask) -> Scene:
    """Not one of the desk's: these tests must not move the directory."""
    return Scene(centre(app, "supervisor"), "/rules/learned/1/end")


@scene("/cases/<reference>/always")
def decided_for_good(app: Flask) -> Scene:
    """The directory names the office by now: these tests must not move it."""
    desk, made = centre(app, "operator"), opened_case(office="HQ", answers={"conflict": "no"})
    why = [{"rule": "area_unknown", "th": "ไม่ทราบเขต", "en": "Not known."}]
    with transaction() as session:
        change = update(Assignment).where(Assignment.case_id == made.case_id)
        session.execute(change.values(candidates=["ESA-9202"], reasons=why))
    assert desk.post(f"/cases/{made.reference}/send", office_code="ESA-9202").status_code == 303
    form = {"district": "9209", "affiliation": "basic", "level": "kindergarten_primary"}
    form["office_code"] = "ESA-9202"
    return Scene(desk, f"/cases/{made.reference}/always", form, made)


def elsewhere_too(desk: Desk) -> int:
    """One more session of the same person; its id."""
    me = desk.viewer.staff_id
    with transaction() as session:
        now = clock.now()
        open_session(session, me, password_hash=PASSWORD_HASH, device="phone", now=now)
    with reading() as session:
        wanted = select(StaffSession.id).where(StaffSession.staff_id == me)
        return list(session.scalars(wanted.order_by(StaffSession.id)))[-1]


@scene("/sessions/<int:session_id>/end")
def end_session(app: Flask) -> Scene:
    desk = head(app)
    return Scene(desk, f"/sessions/{elsewhere_too(desk)}/end")


@scene("/sessions/end-others")
def end_others(app: Flask) -> Scene:
    desk = head(app)
    elsewhere_too(desk)
    return Scene(desk, "/sessions/end-others")


@scene("/notices/<int:notice_id>/seen")
def seen(app: Flask) -> Scene:
    desk = head(app)
    notice_id = told(staff_id=desk.viewer.staff_id)
    return Scene(desk, f"/notices/{notice_id}/seen", {"open": "yes"})


@scene("/notices/seen")
def all_seen(app: Flask) -> Scene:
    desk = head(app)
    return Scene(desk, "/notices/seen", {"notice": str(told(staff_id=desk.viewer.staff_id))})


@scene("/notices/preferences")
def wishes(app: Flask) -> Scene:
    form = {"channel": "email", "quiet": "hours", "start": "22:00", "end": "06:00"}
    return Scene(head(app), "/notices/preferences", form)


@scene("/notices/preferences/order")
def order(app: Flask) -> Scene:
    return Scene(head(app), "/notices/preferences/order", {"move": "email:down"})


@scene("/office/<code>/notices")
def office_address(app: Flask) -> Scene:
    form = {"email": "office@example.org", "line_group": GROUP, "members": "5"}
    return Scene(head(app), f"/office/{PROVINCE}/notices", form)


@scene("/office/<code>/notices/<int:notice_id>/again")
def again(app: Flask) -> Scene:
    notice_id = lost(office_code=PROVINCE)
    return Scene(head(app), f"/office/{PROVINCE}/notices/{notice_id}/again")


def led_case(desk: Desk) -> tuple[Made, int]:
    """A case that the person has, of which an area's office was asked for a part."""
    made = acknowledged(desk)
    with transaction() as session:
        wish = PartWish("เกี่ยวข้องด้วย", office_code=AREA)
        part = ask_part(session, made.case_id, wish, viewer=desk.viewer, now=clock.now())
        return made, part.id


def part_taken(app: Flask) -> tuple[Desk, Made, int]:
    """A part that the person at the desk has."""
    made, part_id = led_case(head(app))
    desk = Desk(app, hired("ครู ทดสอบ", ("head_operator", AREA)))
    with transaction() as session:
        take_on_part(session, part_id, viewer=desk.viewer, now=clock.now())
    return desk, made, part_id


of_case("parts", acknowledged, office=AREA, briefing="เกี่ยวข้องด้วย")


@scene("/cases/<reference>/parts/<int:part_id>/withdraw")
def withdrawing(app: Flask) -> Scene:
    desk = head(app)
    made, part_id = led_case(desk)
    return Scene(
        desk, f"/cases/{made.reference}/parts/{part_id}/withdraw", {"reason": REASON}, made
    )


@scene("/parts/<int:part_id>/take-on")
def taking_part(app: Flask) -> Scene:
    made, part_id = led_case(head(app))
    desk = Desk(app, hired("ครู ทดสอบ", ("operator", AREA)))
    return Scene(desk, f"/parts/{part_id}/take-on", {}, made)


@scene("/parts/<int:part_id>/notes")
def part_note(app: Flask) -> Scene:
    desk, made, part_id = part_taken(app)
    form = {"text": "โทรแล้ว", "visibility": "this_office"}
    return Scene(desk, f"/parts/{part_id}/notes", form, made)


@scene("/parts/<int:part_id>/report")
def part_result(app: Flask) -> Scene:
    desk, made, part_id = part_taken(app)
    return Scene(desk, f"/parts/{part_id}/report", RESULT, made)


def supervisor(app: Flask) -> Desk:
    """A supervisor of the hotline."""
    return Desk(app, hired("ผู้กำกับ ทดสอบ", ("supervisor", "HQ")))


def told_story(desk: Desk, *made: Made) -> int:
    """A story with these cases in it; its id."""
    with transaction() as session:
        now, me = clock.now(), desk.viewer.staff_id
        wish = StoryWish("น้ำท่วม", "Flood", "V", "V3", ("9209",))
        story = open_story(session, wish, staff_id=me, now=now)
        for one in made:
            join(session, story.id, one.case_id, staff_id=me, now=now)
        return story.id


@scene("/stories/new")
def new_story(app: Flask) -> Scene:
    made = opened_case()
    form = {"case": made.reference, "title_th": "น้ำท่วม", "title_en": "Flood"}
    return Scene(supervisor(app), "/stories/new", form, made)


@scene("/stories/<int:story_id>/join")
def joining(app: Flask) -> Scene:
    desk, made = supervisor(app), opened_case()
    return Scene(desk, f"/stories/{told_story(desk)}/join", {"case": made.reference}, made)


@scene("/stories/<int:story_id>/leave")
def leaving(app: Flask) -> Scene:
    desk, made = supervisor(app), opened_case()
    return Scene(desk, f"/stories/{told_story(desk, made)}/leave", {"case": made.reference}, made)


@scene("/stories/<int:story_id>/announcement")
def announcing(app: Flask) -> Scene:
    desk = supervisor(app)
    form = {"th": "ทราบเรื่องแล้ว", "en": "We know.", "hours": "2", "announce": "yes"}
    return Scene(desk, f"/stories/{told_story(desk)}/announcement", form)


@scene("/stories/<int:story_id>/silence")
def silencing(app: Flask) -> Scene:
    desk = supervisor(app)
    return Scene(desk, f"/stories/{told_story(desk)}/silence")


@scene("/stories/<int:story_id>/end")
def ending(app: Flask) -> Scene:
    desk = supervisor(app)
    return Scene(desk, f"/stories/{told_story(desk)}/end")


def of_directory(rule: str, path: str = "", **form: Any) -> None:
    """A form of the directory, sent by who looks after the whole of it."""

    @scene(f"/directory/{rule}")
    def made(app: Flask) -> Scene:
        return Scene(looks_after_all(app), f"/directory/{path or rule}", form)


NEW_OFFICE = {"code": "P-92", "type": "partner", "name_th": "สภ.ทดสอบ", "parent_code": "HQ"}
of_directory("new", kind="office", province_code="92", phone="075 218 012", **NEW_OFFICE)
of_directory("files", lines="district_code,on\n9209,no\n")
of_directory("<office_code>/hours", f"{PROVINCE}/hours", **{"day-1": "08:30-16:30"})
of_directory("<office_code>/switch", f"{PROVINCE}/switch", on="no", reason=REASON)
of_directory("rollout/<province_code>", "rollout/92", turn="9209-off", reason=REASON)
of_directory(
    "<office_code>/links",
    f"{PROVINCE}/links",
    affiliation="other",
    district_code="9209",
    valid_from="2026-11-20",
    basis="หนังสือ",
    ends_others="yes",
)


def looks_after_all(app: Flask) -> Desk:
    """Who may change every office."""
    return Desk(app, hired("ผู้ดูแล ทดสอบ", ("admin", "HQ")))


def hidden(desk: Desk, path: str) -> dict[str, str]:
    """What a page has hidden in its form, but for the token."""
    page = desk.get(path).get_data(as_text=True)
    return dict(re.findall(r'name="(mark|digest|stamp)" value="([^"]*)"', page))


@scene("/directory/<office_code>/facts")
def directory_facts(app: Flask) -> Scene:
    desk = looks_after_all(app)
    form = {"cluster": "สหวิทยาเขต", "phone": "075 218 012"}
    path = f"/directory/{PROVINCE}"
    return Scene(desk, f"{path}/facts", form | hidden(desk, f"{path}/edit"))


@scene("/directory/files/<int:upload_id>")
def directory_upload(app: Flask) -> Scene:
    desk = looks_after_all(app)
    answer = desk.post("/directory/files", lines="district_code,on\n9209,no\n")
    path = answer.headers["Location"].removeprefix("/desk")
    return Scene(desk, path, hidden(desk, path))
