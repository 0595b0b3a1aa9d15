"""Callbacks in plain words: why a person is needed, what a choice does, why something was refused.

The keys are those of calls.call_rules and calls.decision_rules; a test holds the two together.
"""

from webapp.console.language import gettext, marked

# Why no rule could decide; "stopped" stands for the state of the same name.
REASONS = {
    "unanswered": marked(
        "The caller did not answer the question whether we may call back. Silence is no permission."
    ),
    "number_missing": marked("The caller wishes a call, but no number is known."),
    "number_unconfirmed": marked(
        "The caller gave another number but did not confirm it. It may be somebody else's."
    ),
    "number_not_dialable": marked(
        "The number cannot be called: it is no Thai fixed or mobile number, or it is our own."
    ),
    "number_in_directory": marked(
        "The number belongs to an office or to somebody who works with us. "
        "Think about who may pick up before you choose."
    ),
    "window_open": marked("The caller allowed a call but named no safe time."),
    "now_without_danger": marked(
        "The caller asked to be called at once, which holds only while there is danger."
    ),
    "no_common_hour": marked("No hour that is safe for the caller lies within our calling hours."),
    "tries_spent": marked(
        "We have tried as often as the rules allow and did not reach the caller."
    ),
    "wrong_person": marked("Another person answered and said that it was not their call."),
    "stopped": marked("Whoever answered asked us not to call again."),
    "not_now": marked("The caller said that it was not a good moment and named no other time."),
    "provider_refused": marked("The telephone company refused to make the call several times."),
    "case_over": marked(
        "The case was closed or put aside before the call was made. "
        "Open the case again if the caller is to be called."
    ),
    "account_gone": marked(
        "The telephone account that the call came in by is no longer in use here."
    ),
}
LEFT_ALONE = marked(
    "Nobody of the office is on duty in the hours that are safe for the caller. "
    "Put somebody on duty for them, or call from this list."
)
OTHER_REASON = marked("The rules do not say what to do here.")

# choice: its name, and one sentence on what it does.
CHOICES = {
    "ring": (
        marked("Call again"),
        marked("The callback goes back to the list and rings within the caller's own hours."),
    ),
    "ring_in_window": (
        marked("Call in hours that I choose"),
        marked(
            "The callback rings in these hours only. Choose them by what you know of the caller."
        ),
    ),
    "other_way": (
        marked("Reach the child in another way"),
        marked("Nobody is called. Your office looks after the child, as you write down below."),
    ),
    "no_call": (
        marked("No call"),
        marked("Nobody is called. The case stays open, and the reason is kept with it."),
    ),
}

CALL_REFUSALS = {
    "already_ringing": marked("Somebody is calling already. This is how it stands now."),
    "not_waiting": marked("This callback does not wait any more. This is how it stands now."),
    "no_phone": marked("No telephone number of yours is known. Your administrator adds it."),
    "you_are_on_the_phone": marked("Your telephone is busy with another call. End that one first."),
    "number_busy": marked(
        "This line is in a call with us already. Please try again in some minutes."
    ),
    "enough_today": marked("This line was called often enough today. It may ring again tomorrow."),
    "not_now_line": marked("This line cannot be called now. Please try again later."),
    "no_common_hour": marked("No hour is known in which it is safe to call."),
    "other_day": marked("The caller asked to be called on a later day. It is too early."),
    "too_early": marked("It is too early: the caller's safe time has not begun yet."),
    "too_late_today": marked("The caller's safe time is over for today."),
}
OTHER_CALL_REFUSAL = marked("The call cannot be made now.")

DECISION_REFUSALS = {
    "still_calling": marked(
        "The caller is still on the line. Please decide when the call is over."
    ),
    "choice": marked("Choose what is to be done."),
    "words_missing": marked("Write in a few words why, or what is done instead."),
    "words_too_long": marked("Please shorten your words: at most 2,000 characters fit."),
    "window_missing": marked("Choose from when until when the caller may be called."),
    "window_format": marked("Choose both times from the lists."),
    "window_order": marked("The end must be later than the beginning."),
    "window_too_short": marked("The hours must be at least one hour long."),
    "window_outside_safe_hours": marked("These hours lie outside the hours in which we call."),
    "window_outside_wish": marked("These hours lie outside the time that the caller named."),
    "no_common_hour": marked("No hour that is safe for the caller lies within our calling hours."),
}
OTHER_DECISION_REFUSAL = marked("This cannot be decided like this.")
# The times are wrong, not the words.
ABOUT_WINDOW = frozenset(
    rule for rule in DECISION_REFUSALS if rule.startswith("window_") or rule == "no_common_hour"
)
ABOUT_WORDS = frozenset({"words_missing", "words_too_long"})


def reason_text(state: str, reason: str | None) -> str:
    """Why a person must decide."""
    key = "stopped" if state == "stopped" else reason
    return gettext(REASONS.get(key or "", OTHER_REASON))


def call_refusal_text(rule: str) -> str:
    """Why the call was not made."""
    return gettext(CALL_REFUSALS.get(rule, OTHER_CALL_REFUSAL))


def decision_refusal_text(rule: str) -> str:
    """Why the decision was not kept."""
    return gettext(DECISION_REFUSALS.get(rule, OTHER_DECISION_REFUSAL))


def choice_texts(choice: str) -> tuple[str, str]:
    """A choice's name, and what it does."""
    name, help_text = CHOICES[choice]
    return gettext(name), gettext(help_text)
