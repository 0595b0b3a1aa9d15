"""Calls of which nothing reached us: the provider's list is compared, and people see each of them.

F03: all web processes were dead; F35: every callback got lost.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
import time_machine
from flask import Flask

from calls.models import Call, Callback, OrphanEvent
from calls.shut_out import shut_out_since
from cases.models import Case, SilentEvent
from core import clock
from core.database import reading
from core.heartbeats import Heartbeat
from core.runtime import Runtime, current
from core.telephony import TwilioTelephony
from ivr import missed, tasks
from tests.webhooks.looking import dump, rows
from tests.webhooks.serving import RemoteCalls, serving
from tests.webhooks.telephone import Caller

pytestmark = pytest.mark.backends("postgresql")
NUMBER = "+66810000077"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def app(runtime: Runtime, remote: RemoteCalls) -> Iterator[Flask]:
    """The service beside a provider that lists its calls; the lists are compared from now on."""
    with serving(runtime.settings.model_copy(update={"twilio_api_base": remote.base})) as made:
        tasks.compare_calls()
        yield made


def sid(number: int) -> str:
    return f"CAfe{number:030x}"


def came_in(remote: RemoteCalls, number: int, at: datetime, **more: str) -> None:
    """A call that the provider alone knows."""
    told = {"sid": sid(number), "status": "completed", "direction": "inbound", "from": NUMBER}
    remote.listed.insert(0, told | {"to": "", "start_time": format_datetime(at)} | more)


def compared(at: datetime) -> datetime:
    """One run of the sweep; until when all is compared."""
    with time_machine.travel(at, tick=False):
        tasks.compare_calls()
    with reading() as session:
        return session.get_one(Heartbeat, missed.SOON.name).at


def test_f03_every_call_of_an_outage_is_on_the_list_of_silent_calls_within_minutes(
    call: Caller, remote: RemoteCalls
) -> None:
    start = clock.now()
    came_in(remote, 1, start + MINUTE)
    came_in(remote, 2, start + 2 * MINUTE, status="no-answer")
    came_in(remote, 3, start + 2 * MINUTE, **{"from": "anonymous", "status": "failed"})
    came_in(remote, 4, start + 2 * MINUTE, direction="outbound-api")
    came_in(remote, 5, start + 3 * MINUTE, status="in-progress")
    remote.listed.append(
        {"sid": call.sid, "status": "completed", "direction": "inbound", "from": NUMBER, "to": ""}
        | {"start_time": format_datetime(start + MINUTE)}
    )
    compared(start + 6 * MINUTE)
    ended = {one.sid: (one.status, one.ended_at is not None) for one in rows(Call)}
    assert ended.pop(call.sid) == ("in_progress", False)
    words = ("completed", "no_answer", "failed")
    assert ended == {sid(number): (word, True) for number, word in enumerate(words, 1)}
    silent = sorted((one.calls, one.caller_fingerprint is not None) for one in rows(SilentEvent))
    assert silent == [(1, False), (2, True)]
    assert (rows(Case), rows(Callback)) == ([], [])
    assert NUMBER[3:] not in str(dump())
    before = dump()
    compared(start + 6 * MINUTE)
    assert dump() == before
    remote.statuses[sid(5)] = "completed"
    with time_machine.travel(start + 7 * MINUTE):
        tasks.ask_orphans()
    assert {one.outcome for one in rows(OrphanEvent)} == {"written"}
    assert sum(one.calls for one in rows(SilentEvent)) == 4


def test_f35_the_comparison_goes_on_where_it_ended_however_long_it_was_away(
    app: Flask, remote: RemoteCalls
) -> None:
    start = clock.now()
    came_in(remote, 1, start + 5 * MINUTE)
    came_in(remote, 2, start + 70 * MINUTE)
    remote.answer = 503
    stood = compared(start + 80 * MINUTE)
    assert (stood <= start, rows(Call)) == (True, [])
    assert len(remote.lists) == len(missed.LOOKS)
    remote.answer = 200
    stood = compared(start + 80 * MINUTE)
    assert [one.sid for one in rows(Call)] == [sid(1)]
    assert start + 59 * MINUTE < stood <= start + 60 * MINUTE
    stood = compared(start + 80 * MINUTE)
    assert {one.sid for one in rows(Call)} == {sid(1), sid(2)}
    assert start + 77 * MINUTE < stood <= start + 78 * MINUTE
    asked = len(remote.lists)
    compared(start + 80 * MINUTE)
    assert len(remote.lists) == asked


def test_what_the_list_did_not_hold_yet_is_found_an_hour_later(
    app: Flask, remote: RemoteCalls
) -> None:
    start = clock.now()
    compared(start + 20 * MINUTE)
    came_in(remote, 1, start + 5 * MINUTE)
    compared(start + 21 * MINUTE)
    assert rows(Call) == []
    compared(start + 75 * MINUTE)
    assert [one.sid for one in rows(Call)] == [sid(1)]


def test_a_list_that_is_full_is_asked_for_in_a_shorter_span(
    app: Flask, remote: RemoteCalls, runtime: Runtime
) -> None:
    start = clock.now()
    for number in range(1, 9):
        came_in(remote, number, start + number * MINUTE)
    settings = runtime.settings.model_copy(update={"twilio_api_base": remote.base})
    whole = missed.Span(start, start + 8 * MINUTE)
    span, found = missed.calls_of(TwilioTelephony(settings), whole, most=4)
    assert span == missed.Span(start, start + 2 * MINUTE)
    assert sorted(one.sid for one in found) == [sid(1), sid(2)][: len(found)]
    assert 1 <= len(found) < 4


def test_f38_an_account_that_is_not_let_in_is_seen_within_a_minute_and_until_it_is_mended(
    app: Flask, remote: RemoteCalls
) -> None:
    """Also while nobody is owed a callback: the list of calls is asked for every minute."""
    start = clock.now()
    account = current().settings.twilio_account_sid
    remote.answer = 401
    compared(start + 6 * MINUTE)
    with reading() as session:
        assert shut_out_since(session, account) == start + 6 * MINUTE
    remote.answer = 200
    compared(start + 7 * MINUTE)
    with reading() as session:
        assert shut_out_since(session, account) is None
