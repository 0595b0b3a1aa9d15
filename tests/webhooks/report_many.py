"""Takes many whole reports in a process of its own, beside the broker that REDIS_URL names.

    REDIS_URL=… DATABASE_URL=… TELEPHONY=practice python -m tests.webhooks.report_many 25

Each report nudges the worker several times; prints how many recordings were registered.
"""

import sys

from core.runtime import configure
from core.settings import load_settings
from recordings.models import Recording
from tests.webhooks.looking import rows
from tests.webhooks.serving import serving
from tests.webhooks.telephone import Caller, Provider, new_sid


def report(provider: Provider) -> None:
    """One call with a story, whose recording is told four times."""
    caller = Caller(provider)
    caller.dial()
    caller.press("2", "1", "1", "3", "5", "*", "2", "1")
    told = {"RecordingSid": new_sid("RE"), "RecordingStatus": "completed"}
    for _ in range(4):
        assert provider.post("/ivr/recording", caller.sid, **told).status_code == 204
    caller.hang_up()


if __name__ == "__main__":
    with serving(configure(load_settings()).settings) as app:
        for _ in range(int(sys.argv[1])):
            report(Provider(app))
        sys.stdout.write(str(len(rows(Recording))))
