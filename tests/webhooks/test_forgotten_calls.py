"""Calls whose end, or whose beginning, nobody told: asked after at the provider, and settled."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from calls.models import Call, OrphanEvent
from cases.models import Case
from core import clock
from core.runtime import Runtime
from ivr import tasks
from tests.webhooks.looking import call_row, dump, live, rows, the_case
from tests.webhooks.serving import RemoteCalls, serving
from tests.webhooks.telephone import Caller, Provider

pytestmark = pytest.mark.backends("postgresql")
ENDS = {
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "canceled": "canceled",
    "failed": "failed",
}


@pytest.fixture
def app(runtime: Runtime, remote: RemoteCalls) -> Iterator[Flask]:
    """The service beside a provider that tells an end only when it is asked."""
    with serving(runtime.settings.model_copy(update={"twilio_api_base": remote.base})) as made:
        yield made


def minutes_later(minutes: float) -> None:
    """Both sweeps, as beat runs them, some minutes from now."""
    with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
        tasks.finish_stale_calls()
        tasks.ask_orphans()


@pytest.mark.parametrize("word", ENDS)
def test_a_quiet_call_that_has_ended_is_finished(
    word: str, call: Caller, remote: RemoteCalls
) -> None:
    call.press("2", "1")
    remote.statuses[call.sid] = word
    minutes_later(4)
    row = call_row(call.sid)
    assert row.ended_at is not None
    assert row.status == ENDS[word]
    assert row.ended_by == ("provider" if word == "failed" else "caller")
    assert the_case().finished_at is not None


def test_a_call_that_goes_on_is_left_alone(call: Caller, remote: RemoteCalls) -> None:
    call.press("2", "1")
    remote.statuses[call.sid] = "in-progress"
    minutes_later(4)
    minutes_later(8)
    assert call_row(call.sid).ended_at is None
    assert remote.asked == [call.sid, call.sid]
    assert call.press("1").verbs == ["Gather"]


def test_a_call_that_was_heard_of_lately_is_not_asked_after(
    call: Caller, remote: RemoteCalls
) -> None:
    minutes_later(2)
    assert remote.asked == []
    assert call_row(call.sid).ended_at is None


def test_a_call_that_the_provider_never_had_has_failed(call: Caller, remote: RemoteCalls) -> None:
    call.press("2", "1")
    minutes_later(4)
    assert call_row(call.sid).status == "failed"
    assert the_case().finished_at is not None


@pytest.mark.parametrize("answer", [500, 503, 429, 401])
def test_a_provider_that_does_not_tell_is_asked_again(
    answer: int, call: Caller, remote: RemoteCalls
) -> None:
    call.press("2", "1")
    remote.statuses[call.sid], remote.answer = "completed", answer
    minutes_later(4)
    assert call_row(call.sid).ended_at is None
    remote.answer = 200
    minutes_later(8)
    assert call_row(call.sid).status == "completed"


def test_the_status_that_comes_after_the_sweep_changes_nothing_of_the_case(
    call: Caller, remote: RemoteCalls
) -> None:
    call.press("2", "1")
    remote.statuses[call.sid] = "completed"
    minutes_later(4)
    before = dump()
    call.hang_up()
    after = dump()
    assert {name for name in after if before.get(name) != after[name]} == {"call_events"}


def test_b24_an_end_before_the_beginning_is_no_open_question_any_more(
    provider: Provider, remote: RemoteCalls
) -> None:
    caller = Caller(provider)
    caller.hang_up()
    caller.dial()
    minutes_later(1)
    assert [orphan.outcome for orphan in rows(OrphanEvent)] == ["known"]
    assert len(rows(Call)) == 1


def test_b25_an_ended_call_that_we_only_heard_of_is_written_down_once(
    provider: Provider, remote: RemoteCalls
) -> None:
    caller = Caller(provider)
    caller.hang_up()
    caller.status("ringing")
    remote.statuses[caller.sid] = "completed"
    minutes_later(1)
    minutes_later(9)
    row = call_row(caller.sid)
    assert (row.status, row.ended_at is not None) == ("completed", True)
    assert {orphan.outcome for orphan in rows(OrphanEvent)} == {"written", "known"}
    assert rows(Case) == []
    assert caller.dial().verbs == ["Hangup"]


def test_b25_a_call_that_goes_on_elsewhere_waits_for_its_end(
    provider: Provider, remote: RemoteCalls
) -> None:
    caller = Caller(provider)
    caller.status("in-progress")
    remote.statuses[caller.sid] = "in-progress"
    minutes_later(1)
    assert rows(Call) == []
    assert caller.dial().verbs == ["Gather"]
    minutes_later(5)
    assert [orphan.outcome for orphan in rows(OrphanEvent)] == ["known"]
    assert live(caller.sid).has_ended is False


@pytest.mark.parametrize(("word", "answer"), [("in-progress", 200), ("completed", 503)])
def test_b25_a_call_is_asked_after_until_its_end_is_known(
    word: str, answer: int, provider: Provider, remote: RemoteCalls
) -> None:
    caller = Caller(provider)
    caller.status("ringing")
    remote.statuses[caller.sid], remote.answer = word, answer
    for hour in range(1, 9):
        minutes_later(60 * hour)
    assert rows(Call) == []
    remote.statuses[caller.sid], remote.answer = "completed", 200
    minutes_later(600)
    assert call_row(caller.sid).status == "completed"


def test_b25_a_call_that_nobody_knows_is_given_up_after_a_few_tries(
    provider: Provider, remote: RemoteCalls
) -> None:
    caller = Caller(provider)
    caller.status("ringing")
    for hour in range(1, 8):
        minutes_later(60 * hour)
    assert [orphan.outcome for orphan in rows(OrphanEvent)] == ["unknown"]
    assert len(remote.asked) == 5
    assert rows(Call) == []


def test_a_written_down_call_keeps_no_number(provider: Provider, remote: RemoteCalls) -> None:
    caller = Caller(provider)
    caller.hang_up()
    remote.statuses[caller.sid] = "completed"
    minutes_later(1)
    assert call_row(caller.sid).caller_number is None
    assert caller.number not in str(dump())
