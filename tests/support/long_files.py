"""In which order the files of tests are begun.

First those that take longest, the longest first: one of them at the end would leave the other
worker without work. Last those on the whole service, again the longest first: once it was started
for a worker it sweeps until the end of the run, and would take its time from every other test.

Whoever makes another such file adds it here; `make test ARGS=--durations=50` says which are long.
"""

from typing import Final

LONG_FILES: Final = (
    "tests/console_cases/test_bad_inputs.py",
    "tests/console/test_every_page.py",
    "tests/console_cases/test_step_permissions.py",
    "tests/calls/test_callback_storm.py",
    "tests/simulation/test_simulated_days.py",
    "tests/ground/test_serve.py",
)
SERVICE_FILES: Final = (
    "tests/system/test_whole_service_on_sqlite.py",
    "tests/system/test_callback_survives.py",
    "tests/system/test_practice_phone.py",
    "tests/system/test_what_becomes_of_a_call.py",
    "tests/system/test_repeated_and_lost_webhooks.py",
    "tests/system/test_the_desk_story.py",
    "tests/system/test_hang_up_anywhere.py",
    "tests/system/test_voice_apart.py",
    "tests/system/test_whole_conversations.py",
    "tests/system/test_broker_and_workers_fail.py",
    "tests/system/test_callers_at_the_same_time.py",
    "tests/system/test_recording_is_kept.py",
    "tests/system/test_nothing_personal_leaks.py",
    "tests/system/test_approval_by_telephone.py",
    "tests/system/test_notice_by_telephone.py",
    "tests/notices/test_notices_in_the_stack.py",
    "tests/ground/test_stack.py",
)


def place_in_line(file: str) -> int:
    """The smaller the earlier; whatever is in no list keeps its order between the two."""
    if file in SERVICE_FILES:
        return len(LONG_FILES) + 1 + SERVICE_FILES.index(file)
    return LONG_FILES.index(file) if file in LONG_FILES else len(LONG_FILES)
