"""The list of cases as a stream: what changes reaches the reader, nothing else does."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from agents.models import StaffRole, StaffSession
from agents.sessions import RENEW_EVERY
from core import clock, service
from core.database import reading, transaction
from core.runtime import Runtime
from core.settings import load_settings
from tests.console.streams import Stream, opened, served
from tests.console_cases.people import Desk, hired, opened_case, owed_callback, token_of
from tests.support.waiting import wait_for
from webapp import doors
from webapp.console import live
from webapp.console.watching import Watch

OFFICE = "ESA-9202"
QUICK = live.Pace(most=4, heartbeat_s=0.1, longest_s=60)
Opens = Callable[..., Stream]


def web_app(runtime: Runtime, pace: live.Pace = QUICK) -> Flask:
    """The console of a process that answers no telephone."""
    made = Flask("live-test", static_folder=None)
    made.secret_key = runtime.settings.secret_key
    doors.register(made, "web")
    if made.extensions[live.STREAMS]:
        made.extensions[live.STREAMS] = live.Streams(pace, Watch(every_s=0.05))
    return made


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """Instead of the one that has no streams."""
    return web_app(runtime)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The console behind a real port."""
    with served(app) as found:
        yield found


def test_a_new_case_and_what_becomes_of_it_reach_an_open_stream(address: str) -> None:
    viewer = hired("มะลิ ตัวอย่าง", ("head_operator", OFFICE), language="en")
    with opened(address, token_of(viewer), waiting="open") as stream:
        assert "No case is open" in stream.part()
        made = opened_case()
        assert "Callback:" not in stream.part_with(f"case-{made.reference}")
        owed_callback(made)
        assert made.reference in stream.part_with("Callback:")


def test_nothing_is_sent_while_the_readers_own_list_stays_the_same(address: str) -> None:
    """Cases of other offices wake the stream; only signs of life come of it."""
    viewer = hired("มะลิ ตัวอย่าง", ("operator", OFFICE))
    with opened(address, token_of(viewer)) as stream:
        stream.part()
        opened_case(office="ESA-4001")
        assert {block[0] for block in stream.beats(5)} == {":"}


def test_an_office_that_must_not_know_gets_nothing_and_the_one_above_it_does(address: str) -> None:
    barred = hired("มะลิ ตัวอย่าง", ("head_operator", OFFICE))
    centre = hired("กมล ตัวอย่าง", ("supervisor", "HQ"))
    with opened(address, token_of(barred)) as closed, opened(address, token_of(centre)) as seen:
        closed.part()
        seen.part()
        made = opened_case(office="OBEC", excluded=OFFICE)
        seen.part_with(made.reference)
        assert {block[0] for block in closed.beats(5)} == {":"}


def test_a_stream_ends_when_its_reader_signs_out(address: str) -> None:
    viewer = hired("มะลิ ตัวอย่าง", ("operator", OFFICE))
    with opened(address, token_of(viewer)) as stream:
        stream.part()
        with transaction() as session:
            session.execute(update(StaffSession).values(revoked_at=clock.now()))
        opened_case()
        assert [block for block in stream.rest() if not block.startswith(":")] == []


def test_a_stream_ends_when_its_readers_roles_change(address: str) -> None:
    viewer = hired("มะลิ ตัวอย่าง", ("operator", OFFICE), ("supervisor", "HQ"))
    with opened(address, token_of(viewer)) as stream:
        stream.part()
        with transaction() as session:
            session.execute(delete(StaffRole).where(StaffRole.role == "supervisor"))
        opened_case(office="ESA-4001")
        assert [block for block in stream.rest() if not block.startswith(":")] == []


def test_an_open_stream_keeps_no_idle_sign_in_alive(address: str) -> None:
    viewer = hired("มะลิ ตัวอย่าง", ("operator", OFFICE))
    token = token_of(viewer)
    long_ago = clock.now() - 2 * RENEW_EVERY
    with transaction() as session:
        session.execute(update(StaffSession).values(seen_at=long_ago))
    with opened(address, token) as stream:
        stream.beats(3)
        with reading() as session:
            assert session.scalar(select(StaffSession.seen_at)) == long_ago
        with transaction() as session:
            session.execute(update(StaffSession).values(idle_until=clock.now()))
        stream.rest()


def test_a_waiting_stream_holds_no_connection_to_the_database(
    app: Flask, address: str, runtime: Runtime
) -> None:
    app.extensions[live.STREAMS] = live.Streams(QUICK, Watch(look=lambda: "the same"))
    viewer = hired("มะลิ ตัวอย่าง", ("operator", OFFICE))
    with opened(address, token_of(viewer)) as stream:
        stream.part()
        wait_for(lambda: runtime.engine.pool.checkedout() == 0)
        stream.beats(1)


def test_no_place_left_is_answered_with_nothing_until_a_reader_leaves(runtime: Runtime) -> None:
    """204 is what makes a browser give up; its page goes on asking by itself."""
    app = web_app(runtime, live.Pace(most=1, heartbeat_s=0.1))
    token = token_of(hired("มะลิ ตัวอย่าง", ("operator", OFFICE)))
    with served(app) as address:
        with opened(address, token) as first, opened(address, token) as second:
            first.part()
            assert (second.answer.status_code, second.rest()) == (204, [])

        def fits() -> bool:
            with opened(address, token) as again:
                return again.answer.status_code == 200

        assert wait_for(fits)


def test_looking_at_the_headers_alone_takes_no_place(runtime: Runtime) -> None:
    app = web_app(runtime, live.Pace(most=1))
    desk = Desk(app, hired("มะลิ ตัวอย่าง", ("operator", OFFICE)))
    streams: live.Streams = app.extensions[live.STREAMS]
    assert desk.client.head("/desk/cases/live").status_code == 204
    assert streams.enter()
    assert not streams.enter()
    streams.leave()
    wait_for(lambda: not streams.watch.is_running)


def test_a_stream_ends_after_some_minutes_and_tells_when_to_come_back(runtime: Runtime) -> None:
    app = web_app(runtime, live.Pace(longest_s=0.2))
    token = token_of(hired("มะลิ ตัวอย่าง", ("operator", OFFICE)))
    with served(app) as address, opened(address, token) as stream:
        first, second = stream.rest()
    assert re.fullmatch(r"retry: [1-4]\d{3}", first)
    assert second.startswith("event: part\ndata: ")
    assert stream.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert stream.answer.headers["Cache-Control"] == "no-store"


def test_who_may_see_no_list_gets_no_stream(address: str) -> None:
    admin = hired("กมล ตัวอย่าง", ("admin", "HQ"))
    with opened(address, token_of(admin)) as denied, opened(address, "no session") as unknown:
        assert denied.answer.status_code == 404
        assert unknown.answer.status_code == 303
        denied.rest()


def test_the_page_opens_the_stream_of_the_very_list_it_shows(app: Flask) -> None:
    desk = Desk(app, hired("มะลิ ตัวอย่าง", ("operator", OFFICE)))
    text = desk.get("/cases?waiting=open&severity=urgent").text
    assert 'sse-connect="/desk/cases/live?waiting=open&amp;severity=urgent"' in text
    assert 'hx-trigger="every 5s"' in text


@pytest.mark.backends("sqlite")
def test_sqlite_has_no_stream_and_its_pages_ask_by_themselves(runtime: Runtime) -> None:
    """The address is that of nothing at all, whatever kind of process it is."""
    app = web_app(runtime)
    desk = Desk(app, hired("มะลิ ตัวอย่าง", ("head_operator", OFFICE)))
    answer, unknown = desk.get("/cases/live"), desk.get("/cases/nothing")
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert _without_tokens(answer.text) == _without_tokens(unknown.text)
    page = desk.get("/cases").text
    assert "sse-connect" not in page
    assert 'hx-trigger="every 5s"' in page


def test_a_process_that_answers_the_telephone_too_has_no_stream(runtime: Runtime) -> None:
    app = Flask("all-test", static_folder=None)
    app.secret_key = runtime.settings.secret_key
    doors.register(app, "all")
    desk = Desk(app, hired("มะลิ ตัวอย่าง", ("head_operator", OFFICE)))
    assert desk.get("/cases/live").status_code == 404
    assert "sse-connect" not in desk.get("/cases").text


def test_streams_leave_half_of_the_consoles_threads_to_its_pages(runtime: Runtime) -> None:
    told = {"VOICE_PORT": "8002", "TELEPHONY": "practice", "DATABASE_URL": "postgresql:///x"}
    settings = load_settings(told | {"VAR_DIR": str(runtime.settings.var_dir)})
    [console] = [one for one in service.web(settings) if one.name == "web"]
    threads = int(console.argv[console.argv.index("--threads") + 1])
    assert 0 < live.Pace().most <= threads / 2


def test_lines_of_html_become_lines_of_one_event() -> None:
    assert live.event("<a>\r\n<b>\rc\nd") == (
        "event: part\ndata: <a>\ndata: <b>\ndata: c\ndata: d\n\n"
    )


def _without_tokens(text: str) -> str:
    return re.sub(r'value="[^"]*"', "", text)
