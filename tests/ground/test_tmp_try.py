import pytest
BOTH = pytest.mark.backends("postgresql", "sqlite")
@BOTH
def test_call(stack):
    call = stack.phone("2 1 1 1 1 1 92160 1 2 2 * 3")
    print(stack.api(f"/calls/{call['sid']}"))
    cases = stack.api(f"/cases?call_sid={call['sid']}")["items"]
    assert cases[0]["office"]["code"] == "ESA-9202"
    print(stack.api(f"/calls/{call['sid']}")["status"]); stack.wait_for(lambda: stack.ledger(), 20)
    print(stack.ledger())
@BOTH
def test_two(stack):
    assert stack.ledger() == []
    stack.kill_worker(); stack.redis_flush()
    stack.start_worker(crash_at="nothing")
    assert stack.api("/cases")["items"] == []
