"""The service as it runs: its processes, its broker and its health."""

import pytest
import requests

from tests.support.stack import Stack

SAYS_ALL = "2 1 1 3 1 92160 1 2 2 * 3"


def test_a_call_in_becomes_a_case_at_the_right_office(stack: Stack) -> None:
    call = stack.phone(SAYS_ALL)
    [case] = stack.api(f"/cases?call_sid={call['sid']}")["items"]
    assert case["office"]["code"] == "ESA-9202"
    assert stack.api(f"/calls/{call['sid']}")["status"] == "completed"


def test_each_test_finds_no_case_and_no_ring_of_the_one_before(stack: Stack) -> None:
    stack.phone(SAYS_ALL)
    assert len(stack.api("/cases")["items"]) == 1
    assert stack.ledger() == []


def test_a_killed_web_process_comes_back_with_the_case_kept(stack: Stack) -> None:
    call = stack.phone(SAYS_ALL)
    stack.kill("web")
    with pytest.raises(requests.ConnectionError):
        stack.api("/cases")
    stack.start_missing()
    assert len(stack.api(f"/cases?call_sid={call['sid']}")["items"]) == 1


def test_readiness_tells_a_dead_broker(stack: Stack) -> None:
    assert requests.get(stack.url("/readyz"), timeout=10).status_code == 200
    stack.kill_broker()
    stack.wait_for(lambda: requests.get(stack.url("/readyz"), timeout=10).status_code == 503)
    assert requests.get(stack.url("/healthz"), timeout=10).status_code == 200
