"""The web doors, opened once per process: building them costs more than most tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask

from calls import flow_book
from ivr.flow_shelf import FlowShelf
from webapp import doors


@cache
def _made(secret_key: str) -> Flask:
    made = Flask("hotline-test", static_folder=None)
    made.secret_key = secret_key
    # As app.py does it: the console alone cannot read a call flow.
    flow_book.open_book(FlowShelf())
    doors.register(made, "all")
    return made


def web_doors(secret_key: str) -> Iterator[Flask]:
    """All doors of one process; what a test changes of them is put back after it."""
    with put_back(_made(secret_key)) as made:
        yield made


@contextmanager
def put_back(made: Flask) -> Iterator[Flask]:
    """Doors that other tests use after this one."""
    views, config = dict(made.view_functions), dict(made.config)
    try:
        yield made
    finally:
        made.view_functions.clear()
        made.view_functions.update(views)
        made.config.clear()
        made.config.update(config)
