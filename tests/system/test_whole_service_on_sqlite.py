"""What SQLite does otherwise (one web process, the service's own Valkey) keeps the same promises.

In one file, so that one worker alone starts that service.
"""

import pytest

from tests.ground.test_stack import (
    test_a_call_in_becomes_a_case_at_the_right_office,
    test_a_killed_web_process_comes_back_with_the_case_kept,
    test_each_test_finds_no_case_and_no_ring_of_the_one_before,
    test_readiness_tells_a_dead_broker,
)
from tests.notices.test_notices_in_the_stack import (
    test_an_emergency_is_in_the_outbox_within_seconds,
)
from tests.system.test_callers_at_the_same_time import (
    test_eight_callbacks_due_at_once_are_made_once_each_and_nothing_was_locked,
    test_eight_calls_at_once_are_eight_cases_and_no_caller_hears_an_apology,
)
from tests.system.test_recording_is_kept import (
    test_a_recording_is_stored_then_gone_upstream_and_comes_out_as_sound_with_a_trace,
)
from tests.system.test_repeated_and_lost_webhooks import (
    test_every_webhook_twice_is_answered_alike_and_keeps_the_same_rows,
)
from tests.system.test_what_becomes_of_a_call import (
    test_a_call_without_a_key_is_a_silent_event_and_no_case,
    test_an_ordinary_call_is_a_case_at_its_office_whose_operator_calls_back_once,
    test_hanging_up_before_the_question_leaves_a_decision_that_somebody_is_told_of,
    test_in_danger_a_person_is_rung_after_two_keys_and_talks,
)

__all__ = [
    "test_a_call_in_becomes_a_case_at_the_right_office",
    "test_a_call_without_a_key_is_a_silent_event_and_no_case",
    "test_a_killed_web_process_comes_back_with_the_case_kept",
    "test_a_recording_is_stored_then_gone_upstream_and_comes_out_as_sound_with_a_trace",
    "test_an_emergency_is_in_the_outbox_within_seconds",
    "test_an_ordinary_call_is_a_case_at_its_office_whose_operator_calls_back_once",
    "test_each_test_finds_no_case_and_no_ring_of_the_one_before",
    "test_eight_callbacks_due_at_once_are_made_once_each_and_nothing_was_locked",
    "test_eight_calls_at_once_are_eight_cases_and_no_caller_hears_an_apology",
    "test_every_webhook_twice_is_answered_alike_and_keeps_the_same_rows",
    "test_hanging_up_before_the_question_leaves_a_decision_that_somebody_is_told_of",
    "test_in_danger_a_person_is_rung_after_two_keys_and_talks",
    "test_readiness_tells_a_dead_broker",
]
pytestmark = pytest.mark.backends("sqlite")
