"""Numbers and what was pressed stay in the sealed columns: no log, no address, no message."""

import base64
import json
from collections.abc import Iterator

import redis

from tests.support.stack import Stack
from tests.system.outcome import look, rings, settled
from tests.system.people import new_number

SAYS_ALL = "2 1 1 2 {other}# 1 1 1 92160 1 2 1 r5 * 3"


def ends_of(number: str) -> str:
    """What every spelling of a number has in common."""
    return number.removeprefix("+66")


def logs(stack: Stack) -> str:
    """Everything that our own processes logged."""
    ours = ("web.log", "worker.log", "beat.log")
    return "".join((stack.folder / name).read_text(errors="replace") for name in ours)


def messages(stack: Stack) -> Iterator[str]:
    """Every message that waits in the broker, with its body in the clear."""
    with redis.Redis.from_url(stack.settings.redis_url, decode_responses=True) as client:
        for raw in client.lrange("celery", 0, -1):
            told = json.loads(raw)
            yield raw + base64.b64decode(told["body"]).decode()


def test_no_number_stands_in_a_log_an_address_or_a_message(stack: Stack) -> None:
    caller, other = new_number(), new_number()
    stack.kill_worker()
    keys = SAYS_ALL.format(other=f"0{ends_of(other)}")
    sid = stack.phone(keys, **{"from": caller})["sid"]
    waiting = "".join(messages(stack))
    stack.start_worker()
    stack.wait_for(lambda: look(stack, sid).callback["state"] == "done", 40)
    settled(stack, sid)
    operator, _ = rings(stack)
    addresses = " ".join(one["url"] for one in stack.practice("/practice/webhooks"))
    assert "calls.dial_callback" in waiting
    for number in map(ends_of, (caller, other, operator)):
        assert number not in waiting
        assert number not in addresses
        assert number not in logs(stack)


def test_no_number_stands_readable_in_the_database(stack: Stack) -> None:
    caller, other = new_number(), new_number()
    keys = SAYS_ALL.format(other=f"0{ends_of(other)}")
    settled(stack, stack.phone(keys, **{"from": caller})["sid"])
    with stack.database() as engine, engine.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).scalars()
        rows = [
            str(bytes(value) if isinstance(value, memoryview) else value)
            for name in names.all()
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            for value in row
        ]
    assert [row for row in rows if ends_of(caller) in row or ends_of(other) in row] == []
