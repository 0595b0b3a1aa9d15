"""Who may practise beside the real telephone: given by an administrator, shown, and taken away."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select, update

from agents.models import Staff
from agents.profile_models import StaffChange
from cases.models import Case
from cases.part_asking import ask_part
from cases.part_rules import PartWish
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime, configure, current
from tests.console.callback_people import owed
from tests.console_cases.handing import DISTRICT, PROVINCE, REASON, asked, offered, taken_case
from tests.console_cases.people import Desk, hired, opened_case
from tests.support.beside import beside
from webapp.practice_line import MOST_HELD, waiting_for_a_call

Hire = Callable[..., Desk]
AREA = "ESA-9202"
ADMIN = ("admin", "HQ")
CROWDED, DOWN = "Many people practise", "Start the practice service again."
MARK = '<span class="tag">Practice</span>'


class Practising(BaseHTTPRequestHandler):
    """A practice provider at which more people phone than may at one time, and that takes none."""

    health = b'{"active": 30, "calls": 31}'

    def do_GET(self) -> None:
        """Its health."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.health)))
        self.end_headers()
        self.wfile.write(self.health)

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def crowded(runtime: Runtime) -> Iterator[None]:
    """A service with a practice phone beside it, at which many practise."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Practising)
    thread = Thread(target=server.serve_forever)
    thread.start()
    settings = beside(runtime.settings).model_copy(update={"practice_port": server.server_port})
    configure(settings, runtime.engine)
    yield
    configure(runtime.settings, runtime.engine)
    server.shutdown()
    thread.join()
    server.server_close()


def text(desk: Desk, path: str) -> str:
    """A page, which must be there."""
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def practises(staff_id: int) -> bool:
    """What the person's row says."""
    with reading() as session:
        return session.scalars(select(Staff.practises).where(Staff.id == staff_id)).one()


def begun(desk: Desk, caller: str = "") -> str:
    """What a trainee reads whose call the provider does not take."""
    answer = desk.post("/phone/calls", caller=caller, how="script")
    assert answer.status_code == 503
    return str(answer.get_data(as_text=True))


@pytest.mark.usefixtures("crowded")
def test_the_practice_phone_is_for_trainees_alone_and_an_administrator_says_who_is_one(
    app: Flask, desk_of: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(app, hired("ผู้ฝึก ทดสอบ", ("operator", AREA), language="en"))
    me = desk.viewer.staff_id
    admin, head = desk_of(ADMIN, language="en"), desk_of(("head_operator", AREA))
    made = opened_case(office=AREA)
    with transaction() as session:
        session.execute(update(Case).values(is_practice=True))
    case = f"/cases/{made.reference}"
    assert desk.get("/phone").status_code == desk.get(case).status_code == 404
    assert desk.post("/phone/calls").status_code == 404
    assert 'href="/desk/phone"' not in text(desk, "/")

    assert head.post(f"/people/{me}/practice", practises="yes").status_code == 400
    assert f"/people/{me}/practice" not in text(head, f"/people/{me}")
    assert "Does not practise here" in text(admin, f"/people/{me}")
    assert not practises(me)
    assert admin.post(f"/people/{me}/practice", practises="yes").status_code == 303
    assert "May practise from now on" in text(admin, f"/people/{me}")

    assert practises(me)
    assert "Practice: nobody is called." in text(desk, "/phone")
    assert 'href="/desk/phone"' in text(desk, "/")
    assert MARK in text(desk, case)
    assert made.reference in text(desk, "/cases")
    for other in (head, desk_of(("supervisor", "HQ"))):
        assert other.get("/phone").status_code == other.get(case).status_code == 404
        assert made.reference not in text(other, "/cases")
    assert CROWDED in begun(desk)
    monkeypatch.setattr(Practising, "health", b"<p>Somebody else's page</p>")
    assert DOWN in begun(desk)
    monkeypatch.setattr(Practising, "health", b'{"active": 0, "calls": 31}')
    with ExitStack() as waiting:
        for _ in range(MOST_HELD):
            waiting.enter_context(waiting_for_a_call(current().settings))
        assert CROWDED in begun(desk, "follow-up")
        assert DOWN in begun(desk, "pupil")
    assert DOWN in begun(desk, "follow-up")

    assert admin.post(f"/people/{me}/practice", practises="").status_code == 303
    assert desk.get("/phone").status_code == desk.get(case).status_code == 404
    with reading() as session:
        kinds = session.scalars(select(StaffChange.kind).where(StaffChange.staff_id == me))
        assert list(kinds) == ["practice_given", "practice_taken"]


@dataclass(frozen=True)
class Work:
    """All that can wait for one person: cases of these references, and pages below /desk."""

    references: tuple[str, ...]
    pages: tuple[str, ...]


def work_for(desk: Desk) -> Work:
    """A hand-over to approve and one to accept, a case, a part, a callback and a decision."""
    me, asker = desk.viewer, hired("ผู้ขอ ทดสอบ", ("operator", PROVINCE))
    approval, own = asked(asker=asker, head=me), taken_case(me)
    offer = offered(asker=asker)
    owed(office=PROVINCE, case=own)
    decision = owed(office=PROVINCE, case=approval.made, state="decision")
    with transaction() as session:
        wish = PartWish(REASON, office_code=DISTRICT)
        ask_part(session, own.case_id, wish, viewer=me, now=clock.now())
    references = (approval.made.reference, offer.made.reference, own.reference)
    return Work(references, (f"/callbacks/{decision.id}/decision", approval.address))


@pytest.mark.usefixtures("crowded")
def test_a_trainee_tells_practised_from_real_on_every_page_and_finds_the_real_first(
    app: Flask,
) -> None:
    roles = (("head_operator", PROVINCE), ("operator", PROVINCE), ("operator", DISTRICT))
    desk = Desk(app, hired("ผู้ฝึก ทดสอบ", *roles, language="en"))
    practised, real = work_for(desk), work_for(desk)
    of_practice = Case.reference.in_(practised.references)
    with transaction() as session:
        session.execute(update(Case).where(of_practice).values(is_practice=True))
        session.execute(
            update(Staff).where(Staff.id == desk.viewer.staff_id).values(practises=True)
        )
    for path, lists in (("/", 3), ("/callbacks", 2), ("/parts", 1)):
        found = [
            (MARK in row, one in practised.references)
            for row in text(desk, path).split("<li")
            for one in (*practised.references, *real.references)
            if one in row
        ]
        assert found == [(False, False), (True, True)] * lists, path
    assert [MARK in text(desk, path) for path in practised.pages] == [True, True]
    assert [MARK in text(desk, path) for path in real.pages] == [False, False]
