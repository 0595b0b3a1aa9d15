"""Every form and address of the console with what strangers send (reliability.md B44–B52).

The walks follow the URL map: a form that is new and has no scene makes the first test fail. The
rest is tried elsewhere: sign-in and passwords (B53, B54) in tests/console/test_bad_sign_ins.py,
sound (B57, B63) in test_bad_listening.py, words, receivers and hours (B58, B60, B61) in
test_bad_words.py, telephone numbers (B62) in tests/agents/test_bad_phones.py, the API in
tests/webapp/test_bad_inputs.py, smuggling and slow readers (B64) in
tests/system/test_voice_apart.py.

Files of offices (B55, B59) are tried in tests/directory and tests/routing, files of people in
tests/agents/test_people_as_files.py, and sound comes from the provider alone (B56 in
tests/recordings).
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import time_machine
from flask import Flask
from itsdangerous import URLSafeSerializer
from sqlalchemy import delete, select, update

from agents.models import Staff, StaffRole
from agents.roster_models import ShiftRow
from calls.warning_models import DirectoryWarning
from cases.exclusions import exclude_office
from cases.models import Case
from cases.part_asking import ask_part
from cases.part_rules import PartWish
from cases.reference import new_reference
from core import clock
from core.database import Base, reading, transaction
from core.runtime import Runtime
from tests.console.callback_people import FRIDAY, owed
from tests.console.notice_people import lost
from tests.console_cases.flow_scenes import published
from tests.console_cases.handing import PROVINCE, asked, taken_case
from tests.console_cases.hostile import (
    CONTROL,
    HUGE,
    MARKUP,
    NUMBERS,
    SQL,
    WILD,
    arguments,
    assert_harmless,
    assert_plain_page,
    filled,
    rows,
    rules,
)
from tests.console_cases.limit_scenes import limited
from tests.console_cases.people import Desk, hired, kept_recording
from tests.console_cases.people_scenes import colleague
from tests.console_cases.roster_scenes import day_off, own_absence, own_shift, own_warning
from tests.console_cases.scenes import (
    AREA,
    HEAD,
    MAKERS,
    Scene,
    acknowledged,
    clock_stop,
    deadline_rule,
    elsewhere_too,
    told_story,
)
from tests.support.databases import COUNTRY, Databases
from webapp.console import forgery
from webapp.console.case_filters import to_mark

Hire = Callable[..., Desk]
FORMS = sorted(MAKERS)
BAD_FORM = "ใช้แบบฟอร์มนี้ไม่ได้"
FIELDS = (
    *(
        "again",
        "called",
        "chair",
        "channel",
        "forget",
        "line_group",
        "members",
        "move",
        "notice",
        "open",
    ),
    *("quiet", "choice", "code", "current", "done", "draft", "duty", "email"),
    *("child_safe", "end", "for_whom", "from", "kind", "language", "measures", "new", "next"),
    *("number", "office", "office_code", "password", "people", "places_seen", "reason"),
    *("referral", "ringing"),
    *("seen", "start", "steps", "text", "visibility", "words", "affiliation", "base", "district"),
    *("do", "last", "level", "note", "token"),
    *("amount", "hazard", "severity", "step", "stop_reason", "unit", "until", "valid_from"),
    *("name", "phone", "role", "post", "skill", "other_skills", "deputy", "course", "trained_on"),
    *("signed_on", "agreed", "content", "digest", "what", "phones", "order", "appointed", "ends"),
    *("always_on_duty", "no_phone", "briefing", "district_code", "chosen"),
    *("case", "title_th", "title_en", "th", "en", "hours", "announce", "preview"),
    *("mark", "cluster", "name_th", "parent_code", "basis", "on", "turn", "count", "link"),
    *("day-1", "day-7", "valid_to", "ends_others", "type", "lines", "stamp"),
    *("staff", "cover", "starts", "ends", "repeats", "on_holidays", "first", "week", "file"),
    *("day", "year", "name_en", "call", "sure", "practises", "change", "why"),
    *("intent", "school"),
)
ASKED = (
    *("next", "code", "kept", "changed", "called", "seen", "decided", "v", "waiting", "status"),
    *("severity", "group", "office", "since", "after", "page", "limit", "sort", "q", "search"),
    *("type", "place", "district", "province", "affiliation", "level", "school", "staff", "danger"),
    *("language", "day", "time", "at", "against", "from", "published", "ended"),
    *("case", "joined", "left", "words", "state", "below", "before", "kind"),
    *("days", "version", "size", "told", "gone"),
)
# What everybody who is signed in may look at: where an office stands is no secret.
# What belongs to an office and to no case: whoever is excluded from a case still has it.
OF_THE_OFFICE = {"code", "office_code", "staff_id", "warning_id", "change_id"}
OPEN = ("/directory/<office_code>", "/directory/rollout/<province_code>")
# What says the same to everybody who may open nothing there, and is no 404: a link in a message.
LEADS_ON = ("/about/<reference>",)


def _shut(rule: str) -> int:
    """What an address answers to those for whom nothing is there."""
    return 303 if rule in LEADS_ON else 404


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    """Ten in the morning of a working day in Thailand."""
    with time_machine.travel(FRIDAY):
        yield


@pytest.fixture
def runtime(databases: Databases, request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """The shared database; one of their own for forms that change the directory."""
    callspec = getattr(request.node, "callspec", None)
    rule = str(callspec.params.get("rule", "")) if callspec else ""
    own = databases.private(COUNTRY) if rule.startswith("/directory") else databases.shared()
    with own as made:
        yield made


@pytest.fixture
def owner(desk_of: Hire) -> Desk:
    """A head operator, who may open every page."""
    return desk_of(HEAD)


def belongings(desk: Desk) -> dict[str, Any]:
    """Something of everything that an address can name, at the person's own office."""
    case = acknowledged(desk)
    published()
    desk.post(f"/cases/{case.reference}/notes", text="ความลับ", visibility="this_office")
    page = desk.get(f"/cases/{case.reference}").get_data(as_text=True)
    return {
        "reference": case.reference,
        "note_id": page.split("/correction")[0].rpartition("/")[2],
        "recording_id": kept_recording(case),
        "callback_id": owed(office=PROVINCE, case=case).id,
        "handover_id": asked(head=desk.viewer).handover_id,
        "session_id": elsewhere_too(desk),
        "stop_id": clock_stop(case.case_id, begun=False),
        "rule_id": deadline_rule(desk),
        "notice_id": lost(office_code=PROVINCE, reference=case.reference),
        "part_id": own_part(),
        "story_id": told_story(desk, case),
        "code": PROVINCE,
        "staff_id": colleague(),
        "office_code": PROVINCE,
        "province_code": PROVINCE[-2:],
        "upload_id": 987_654,
        "kind": "offices",
        "what": "sent",
        "number": 1,
        "jurisdiction_id": 1,
        "shift_id": own_shift(desk),
        "absence_id": own_absence(desk),
        "warning_id": own_warning(),
        "change_id": day_off(desk, PROVINCE),
        "limit_id": limited(),
        "node": "welcome",
    }


def own_part() -> int:
    """A part at the person's own office of a case that another one leads."""
    lead = hired("ผู้ดูแล ทดสอบ", ("operator", AREA))
    made = taken_case(lead, office=AREA)
    with transaction() as session:
        wish = PartWish("ความลับ", office_code=PROVINCE)
        return ask_part(session, made.case_id, wish, viewer=lead, now=clock.now()).id


def test_every_form_of_the_console_is_tried(app: Flask) -> None:
    assert rules(app, "POST") == FORMS


def stolen(app: Flask, made: Any, kind: str) -> tuple[str, dict[str, Any]]:
    """The address and what is sent by who does not have the token of this very session."""
    own = made.desk._token()
    another = Desk(app, hired("คนอื่น ทดสอบ", HEAD))._token()
    same_key = URLSafeSerializer(str(app.secret_key), salt=forgery.SALT).dumps("session:987654")
    tokens = {"foreign": another, "of another session": same_key, "changed": own.swapcase()}
    if kind == "in the address":
        return f"{made.path}?{forgery.FIELD}={own}", {"data": made.form}
    if kind == "as json":
        return made.path, {"json": {forgery.FIELD: own} | made.form}
    if kind == "as text":
        body = urlencode({forgery.FIELD: own} | made.form)
        return made.path, {"data": body, "content_type": "text/plain"}
    if kind == "twice":
        form = {forgery.FIELD: [another, own]} | made.form
        return made.path, {"data": form}
    if kind == "in the header":
        form = {forgery.FIELD: own} | made.form
        return made.path, {"data": form, "headers": {forgery.HEADER: another}}
    return made.path, {"data": made.form | {forgery.FIELD: tokens.get(kind, "")}}


KINDS = (
    *("missing", "foreign", "of another session", "changed", "in the address", "as json"),
    *("as text", "twice", "in the header"),
)


# What no address takes; the address of nothing answers.
OTHER_METHODS = ("PUT", "PATCH", "DELETE")


def tried_on(rule: str) -> tuple[str, str, str]:
    """The form without a token, and two further ways that take turns from address to address.

    The guard that refuses them is one for all addresses.
    """
    at = 2 * FORMS.index(rule)
    others = KINDS[1:]
    return KINDS[0], others[at % len(others)], others[(at + 1) % len(others)]


def test_no_address_takes_another_method(app: Flask) -> None:
    for method in OTHER_METHODS:
        assert rules(app, method) == []


def assert_only_read(made: Scene, rule: str, app: Flask) -> None:
    """A link or a picture elsewhere must not act for who is signed in."""
    asked_for = f"{made.path}?{urlencode(made.form)}"
    answer = made.desk.get(asked_for)
    assert_harmless(answer)
    if rule not in rules(app, "GET"):
        assert answer.status_code == 404
        assert made.desk.client.head(f"/desk{asked_for}").status_code == 404
    method = OTHER_METHODS[FORMS.index(rule) % len(OTHER_METHODS)]
    sent = made.desk.client.open(f"/desk{made.path}", method=method, data=made.form)
    assert_plain_page(sent, 404)


@pytest.mark.parametrize("rule", FORMS)
def test_a_form_is_taken_from_its_own_page_alone_and_sets_what_it_asks_for_alone(
    rule: str, app: Flask, runtime: Runtime
) -> None:
    """B49, B51: read, sent by strangers, and with the names of our columns beside its fields."""
    made = MAKERS[rule](app)
    sent = {kind: stolen(app, made, kind) for kind in tried_on(rule)}
    before = rows(runtime.engine)
    assert_only_read(made, rule, app)
    for kind, (path, how) in sent.items():
        answer = made.desk.client.post(f"/desk{path}", **how)
        assert_plain_page(answer, 400)
        assert BAD_FORM in answer.get_data(as_text=True), kind
    assert rows(runtime.engine) == before
    assert_nothing_is_smuggled(made, runtime, _found(before))


def spoilt(value: str) -> dict[str, Any]:
    """A form in which every field holds the same."""
    return dict.fromkeys(FIELDS, value)


# Each form's own fields get markup, what cannot be written and what is too long: below.
@pytest.mark.parametrize("value", [SQL[0] + WILD[0], ""])
def test_no_field_takes_anything_for_more_than_words(
    value: str, app: Flask, owner: Desk, runtime: Runtime
) -> None:
    """B44, B45: every field of every form at once; there is no search, and nothing looks alike."""
    things = belongings(owner)
    kept = rows(runtime.engine, without=CHANGING)
    for rule in rules(app, "POST"):
        if rule != "/sign-out":
            assert_harmless(owner.post(filled(rule, things), **spoilt(value)))
    assert rows(runtime.engine, without=CHANGING) == kept
    assert owner.get("/").status_code == 200


# What a form may write by right: its own step, the trace of it, and what somebody is owed for it.
CHANGING = (
    *("cases", "assignments", "case_people", "timeline_events", "notices", "recording_accesses"),
    *("notice_receipts", "notice_deliveries", "notice_preferences", "office_channels"),
    *("notes", "note_revisions", "note_drafts", "staff_sessions", "sign_in_tries", "callbacks"),
    *("callback_attempts", "handovers", "handover_people", "handover_approvers"),
    *("junk_proposals", "result_reports", "callback_decisions", "part_people", "part_notes"),
    *("clock_stops", "deadline_rules", "late_marks"),
    *("staff", "staff_changes", "staff_skills", "staff_qualifications"),
    *("shifts", "absences", "holiday_changes", "warnings", "number_limits"),
    *("flow_releases", "flow_versions"),
)


@pytest.mark.parametrize("rule", FORMS)
def test_each_field_alone_is_words_and_no_more(rule: str, app: Flask, runtime: Runtime) -> None:
    """One field is spoilt, all others are right, so that what is behind the first refusal runs."""
    made = MAKERS[rule](app)
    assert_harmless(made.send(**dict.fromkeys(made.form, HUGE)))
    with reading() as session:
        people = session.scalars(select(Staff.id).where(Staff.active)).all()
    was_taken = False
    for name in made.form:
        for value in (SQL[1] + MARKUP, CONTROL):
            answer = made.send(**{name: value})
            assert_harmless(answer)
            was_taken |= answer.status_code == 303
    if was_taken:
        assert_harmless(made.desk.get("/"))
    with reading() as session:
        still = select(Staff.id).where(Staff.active)
        assert set(people) <= set(session.scalars(still))


LISTS = ("/cases", "/cases/rows", "/callbacks", "/callbacks/rows", "/office", "/password")


@pytest.mark.parametrize("value", [SQL[0], MARKUP, "a\r\nX-Bad: 1"])
def test_no_address_repeats_what_it_was_asked_with(value: str, app: Flask, owner: Desk) -> None:
    """Every page with every parameter, known and unknown; nothing comes back as markup."""
    things = belongings(owner)
    alone = [urlencode({name: value}) for name in ASKED] if value == MARKUP else []
    for rule in rules(app, "GET"):
        asked_for = f"{urlencode(dict.fromkeys(ASKED, value))}&{quote(value)}"
        for query in [asked_for, *(alone if rule in LISTS else ())]:
            answer = owner.get(f"{filled(rule, things)}?{query}")
            assert_harmless(answer)
            assert "X-Bad" not in answer.headers


# No digits of other scripts: an address takes them for the number that they are.
WORDY = [SQL[0], "%00", "<b-ad>"]


@pytest.mark.parametrize("value", [*WORDY, *NUMBERS[1:3]])
def test_an_address_with_anything_for_a_number_or_a_code_is_not_there(
    value: str, app: Flask, owner: Desk, runtime: Runtime
) -> None:
    """In place of each part of each address, the others being one's own."""
    things = belongings(owner)
    before = rows(runtime.engine)
    for method in ("GET", "POST"):
        send = owner.get if method == "GET" else owner.post
        for rule in rules(app, method):
            for name in arguments(rule):
                # No word is ever taken for a number: the map of addresses itself knows none.
                if f"<int:{name}>" in rule and value in WORDY[1:]:
                    continue
                answer = send(filled(rule, things | {name: quote(value, safe="")}))
                assert_harmless(answer)
                if rule in LEADS_ON:
                    assert answer.status_code == 303
                else:
                    assert_plain_page(answer, 404)
    assert rows(runtime.engine) == before


QUERIES = [
    "page=-1",
    "limit=1000000000",
    "offset=99999999999999999999",
    "sort=password_hash",
    "order_by=staff.password_hash",
    "office=%25",
    "office=ESA-9202%00",
    "office=esa-9202",
    "status=received&status[]=closed&sort[]=x",
    "since=2569-11-20",
    "since=9999-12-31T23:59:59-23:59",
    "since=0001-01-01T00:00:00%2B23:59",
    "since=99999-01-01",
    "since=%E0%B9%92%E0%B9%90",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_list_takes_its_own_filters_alone(query: str, owner: Desk) -> None:
    """B45-B47: neither limits nor orders nor wild cards, on the page and where it asks itself."""
    acknowledged(owner)
    assert_plain_page(owner.get(f"/cases?{query}"), 400)
    rest = owner.get(f"/cases/rows?{query}")
    assert (rest.status_code, rest.data) == (400, b"")
    assert owner.get(f"/cases/live?{query}").status_code == 404


def marks() -> list[str]:
    """Marks of a list that nobody was given."""
    first, last = "0001-01-01T00:00:00+14:00|1", "9999-12-31T23:59:59-14:00|1"
    today = datetime(2026, 11, 20, tzinfo=UTC)
    texts = [first, last, "2026-11-20T00:00:00+00:00|-1", "2026-11-20T00:00:00+00:00|" + "9" * 9999]
    texts += ["2026-11-20T00:00:00|1", "2026-11-20T00:00:00+00:00|1|1", "|", "\0|\0", "' OR 1=1|1"]
    made = [_encoded(one) for one in texts]
    return [*made, to_mark(today, 2**31), "=", "%%%%", "é", "A" * 4000]


def _encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("mark", marks(), ids=lambda one: one[:24])
def test_a_mark_that_no_list_gave_is_refused(mark: str, owner: Desk) -> None:
    """B46: a moment that no clock can hold, a number that no row can have."""
    acknowledged(owner)
    address = urlencode({"waiting": "open", "after": mark})
    assert_plain_page(owner.get(f"/cases?{address}"), 400)
    assert owner.get(f"/cases/rows?{address}").status_code == 400


RELATIONS = {"sibling": "DOLE-92", "unrelated": "ESA-9201", "excluded": PROVINCE}


@pytest.mark.parametrize("relation", RELATIONS)
def test_what_belongs_to_others_answers_like_what_is_not_there(
    relation: str, app: Flask, owner: Desk, desk_of: Hire, runtime: Runtime
) -> None:
    """B48: page, part of a page, form, sound; the same status, words and headers."""
    theirs = belongings(owner)
    stranger = desk_of(("head_operator", RELATIONS[relation]))
    if relation == "excluded":
        with transaction() as session:
            for case_id in session.scalars(select(Case.id)).all():
                exclude_office(session, case_id, PROVINCE)
    nothing = dict.fromkeys(theirs, 987_654) | {"reference": new_reference(), "code": "DOLE-9999"}
    nothing |= {"office_code": "DOLE-9999", "kind": "people"}
    before = rows(runtime.engine)
    # What answers HEAD is what answers GET.
    for method in ("GET", "POST", *(("HEAD",) if relation == "excluded" else ())):
        for rule in rules(app, method):
            named = arguments(rule) - {"what"}
            is_own = relation == "excluded" and named & OF_THE_OFFICE
            if not named or is_own or (rule in OPEN and method != "POST"):
                continue
            assert named <= theirs.keys()
            denied, missing = (_told(stranger, method, rule, one) for one in (theirs, nothing))
            assert denied[0] == _shut(rule), rule
            assert denied == missing, rule
    assert rows(runtime.engine) == before


def _told(desk: Desk, method: str, rule: str, values: dict[str, Any]) -> tuple[Any, ...]:
    path = filled(rule, values)
    send = desk.post if method == "POST" else desk.get
    answer = desk.client.head(f"/desk{path}") if method == "HEAD" else send(path)
    length = {"content-length"}
    headers = {name: value for name, value in answer.headers if name.lower() not in length}
    return answer.status_code, answer.get_data(as_text=True).replace(path, "PATH"), headers


@pytest.mark.parametrize("relation", RELATIONS)
def test_no_list_and_no_count_tells_of_what_belongs_to_others(
    relation: str, owner: Desk, desk_of: Hire
) -> None:
    stranger = desk_of(("head_operator", RELATIONS[relation]))
    pages = ("/", "/cases?waiting=open", "/cases/rows?waiting=open", "/callbacks/rows")
    empty = [stranger.get(path).get_data(as_text=True) for path in pages]
    theirs = belongings(owner)
    with transaction() as session:
        for case_id in session.scalars(select(Case.id)).all():
            exclude_office(session, case_id, PROVINCE)
        # Warnings about the office itself and its roster are of no case.
        session.execute(update(DirectoryWarning).values(closed_at=clock.now()))
        session.execute(delete(ShiftRow))
    assert [stranger.get(path).get_data(as_text=True) for path in pages] == empty
    by_office = stranger.get(f"/cases?waiting=open&office={PROVINCE}").get_data(as_text=True)
    assert theirs["reference"] not in by_office
    asked_for = stranger.get(f"/callbacks/rows?called={theirs['callback_id']}")
    nobody = stranger.get("/callbacks/rows?called=987654")
    same = asked_for.get_data(as_text=True).replace(
        f"called={theirs['callback_id']}&", "called=987654&"
    )
    assert same == nobody.get_data(as_text=True)


LONG_AGO = datetime(1999, 9, 9, tzinfo=UTC)


def smuggled(stranger: int) -> dict[str, str]:
    """Columns that no form has, by their names."""
    people = ("staff_id", "author_staff_id", "asked_by", "decided_by", "wanted_staff_id", "id")
    moments = ("closed_at", "opened_at", "decided_at", "due_at", "created_at", "since", "at")
    texts = {
        "role": "auditor",
        "roles": "auditor",
        "from_office_code": "ESA-9201",
        "to_office_code": "ESA-9201",
        "office_id": "ESA-9201",
        "status": "evil-state",
        "state": "evil-state",
        "actor": "staff:987654",
        "severity": "emergency",
        "email": "evil@example.org",
        "active": "0",
        "deputy": "yes",
        "on_call": "yes",
        "is_lead": "0",
        "consent": "1",
        "version": "7777777",
        "tries": "7777777",
        "caller_number": "+66899999999",
        "phone": "+66899999999",
        "password_hash": "evil",
        "way": "telephone",
        "has_recording": "0",
    }
    named = dict.fromkeys(people, str(stranger)) | dict.fromkeys(moments, LONG_AGO.isoformat())
    return named | texts


MARKS = (
    "auditor",
    "ESA-9201",
    "987654",
    "evil",
    "7777777",
    "66899999999",
    "1999, 9, 9",
)


def assert_nothing_is_smuggled(made: Scene, runtime: Runtime, before: list[str]) -> None:
    """The names of our columns beside the form's own fields are taken for nothing."""
    more = smuggled(987_654) | {"office_code": "ESA-9201", "csrf": "x"}
    answer = made.send(**{name: value for name, value in more.items() if name not in made.form})
    assert answer.status_code in (200, 303)
    assert_harmless(answer)
    assert _found(rows(runtime.engine)) == before
    with reading() as session:
        kept = session.scalars(select(Staff).where(Staff.id == made.desk.viewer.staff_id)).one()
        assert (kept.active, kept.on_call) == (True, False)
        held = select(StaffRole.role, StaffRole.office_code, StaffRole.deputy)
        roles = session.execute(held.where(StaffRole.staff_id == kept.id)).all()
    assert [tuple(one) for one in roles] == [(*pair, False) for pair in made.desk.viewer.roles]


def _found(held: dict[str, list[str]]) -> list[str]:
    """Rows in which something that was smuggled stands; a try to sign in is told by its moment."""
    return [
        row
        for name, found in held.items()
        if name != "sign_in_tries"
        for row in found
        if any(mark in row for mark in MARKS)
    ]


# What the same form does when it is sent once more from the page as it was.
ONCE_MORE = {
    409: (
        *("/cases/<reference>/acknowledge", "/cases/<reference>/close"),
        *("/cases/<reference>/handovers", "/cases/<reference>/not-a-case"),
        *("/cases/<reference>/reopen", "/cases/<reference>/report"),
        *(f"/cases/<reference>/{one}" for one in ("refer", "unreachable", "duplicate")),
        "/cases/<reference>/notes/<int:note_id>/correction",
        *(f"/handovers/<int:handover_id>/{one}" for one in ("approve", "reject", "accept")),
        *("/handovers/<int:handover_id>/revoke", "/callbacks/<int:callback_id>/decision"),
        *("/handovers/<int:handover_id>/reason", "/callbacks/<int:callback_id>/change"),
        *("/parts/<int:part_id>/take-on", "/parts/<int:part_id>/report"),
        *("/stories/<int:story_id>/join", "/stories/<int:story_id>/end"),
        "/cases/<reference>/parts/<int:part_id>/withdraw",
    ),
}


@pytest.mark.parametrize("rule", ONCE_MORE[409])
def test_what_is_overtaken_is_told_and_changes_nothing(
    rule: str, app: Flask, runtime: Runtime
) -> None:
    """B50: the second of two tabs, with the page as it was."""
    made = MAKERS[rule](app)
    assert made.send().status_code == 303
    before = rows(runtime.engine)
    answer = made.send()
    assert_plain_page(answer, 409)
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert rows(runtime.engine) == before


def disabled(session: Any, me: int) -> None:
    session.execute(update(Staff).where(Staff.id == me).values(active=False))


def moved(session: Any, me: int) -> None:
    change = update(StaffRole).where(StaffRole.staff_id == me)
    session.execute(change.values(office_code="ESA-9201"))


def demoted(session: Any, me: int) -> None:
    session.execute(update(StaffRole).where(StaffRole.staff_id == me).values(role="action_officer"))


def without_role(session: Any, me: int) -> None:
    session.execute(delete(StaffRole).where(StaffRole.staff_id == me))


def test_a_disabled_person_gets_no_answer_to_any_request(
    app: Flask, owner: Desk, runtime: Runtime
) -> None:
    """B52: the cookie and the token of the form are those of a minute ago."""
    things, token = belongings(owner), owner._token()
    with transaction() as session:
        disabled(session, owner.viewer.staff_id)
    before = rows(runtime.engine)
    public = {"/sign-in", "/language"}
    for rule in set(rules(app, "GET")) - public:
        answer = owner.get(filled(rule, things))
        assert answer.status_code == 303, rule
        assert answer.headers["Location"].startswith("/desk/sign-in"), rule
    for rule in set(rules(app, "POST")) - public:
        form = spoilt("x") | {forgery.FIELD: token}
        answer = owner.client.post(f"/desk{filled(rule, things)}", data=form)
        assert_plain_page(answer, 401)
    assert rows(runtime.engine) == before


@pytest.mark.parametrize("change", [moved, demoted, without_role])
def test_who_was_moved_finds_nothing_of_the_old_office(
    change: Callable[[Any, int], None], app: Flask, owner: Desk, runtime: Runtime
) -> None:
    """B52: from the next request on, with the cookie and the token of before."""
    things, token = belongings(owner), owner._token()
    # Whoever has a case keeps it until it is passed on; here the office alone gives the right.
    with transaction() as session:
        session.execute(delete(Base.metadata.tables["case_people"]))
        change(session, owner.viewer.staff_id)
    before = rows(runtime.engine, without=("staff_sessions",))
    for rule in rules(app, "GET"):
        if rule in OPEN:
            status = 404 if change is without_role else 200
            assert owner.get(filled(rule, things)).status_code == status, rule
        elif arguments(rule) - {"what"}:
            assert owner.get(filled(rule, things)).status_code == _shut(rule), rule
        else:
            html = owner.get(filled(rule, things)).get_data(as_text=True)
            assert things["reference"] not in html, rule
    for rule in rules(app, "POST"):
        if arguments(rule) - {"session_id"}:
            form = {forgery.FIELD: token, **spoilt("x")}
            answer = owner.client.post(f"/desk{filled(rule, things)}", data=form)
            assert answer.status_code == 404, rule
    assert rows(runtime.engine, without=("staff_sessions",)) == before
