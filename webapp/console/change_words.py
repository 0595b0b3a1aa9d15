"""Stopping or moving a callback in plain words: what each choice does, why something was refused.

The keys are those of calls.change_rules; a test holds the two together.
"""

from webapp.console.callback_words import DECISION_REFUSALS
from webapp.console.language import gettext, marked

AT_ONCE = "at_once"
# choice: its name, and one sentence on what it does.
CHOICES = {
    "keep": (
        marked("It stays as it is"),
        marked("The call is made as it was promised."),
    ),
    "at_once": (
        marked("Call at once"),
        marked("The caller is in danger and asks for a call now, whatever the hour."),
    ),
    "other_hours": (
        marked("Call in other hours that the caller names"),
        marked("Only hours that the caller has told you. The place in the line is kept."),
    ),
    "no_call": (
        marked("No call any more"),
        marked("Nobody is called. The case goes on, and the reason is kept with your name."),
    ),
}
WHYS = {
    "caller_said": marked("The caller wants no call"),
    "talked": marked("Everything was said when we talked"),
    "not_safe": marked("A call would put the caller in danger"),
    "other": marked("Something else, as written below"),
}
OWN_REFUSALS = {
    "being_called": marked(
        "Somebody is calling at this moment. See how it ends; then you can still change it."
    ),
    "not_waiting": marked("This callback does not wait any more. This is how it stands now."),
    "changed_since": marked(
        "Somebody has changed or decided about this callback since. This is how it stands now."
    ),
    "change": marked("Choose what is to be done."),
    "why_missing": marked("Choose why nobody is to be called."),
    "words_missing": marked("Write in a few words why. It is needed here, for the child's sake."),
    "now_without_danger": marked("“At once” is only for danger. Choose a day and hours."),
    "day_missing": marked("Choose the day from the list."),
    "day_format": marked("Choose the day from the list."),
    "day_past": marked("This day is over. Choose another one."),
    "day_far": marked("This day is too far ahead. Choose an earlier one."),
    "day_over": marked("These hours are over for today. Choose later ones, or another day."),
}
# The same words as for a person's own choice of hours.
SHARED = (
    *("still_calling", "words_too_long", "window_missing", "window_format", "window_order"),
    *("window_too_short", "window_outside_safe_hours", "no_common_hour"),
)
REFUSALS = OWN_REFUSALS | {rule: DECISION_REFUSALS[rule] for rule in SHARED}
OTHER_REFUSAL = marked("This cannot be changed like this.")
ABOUT_WORDS = frozenset({"words_missing", "words_too_long"})


def choice_texts(choice: str) -> tuple[str, str]:
    """A choice's name, and what it does."""
    name, help_text = CHOICES[choice]
    return gettext(name), gettext(help_text)


def why_text(why: str) -> str:
    """A reason for calling nobody."""
    return gettext(WHYS[why])


def refusal_text(rule: str) -> str:
    """Why the change was not made."""
    return gettext(REFUSALS.get(rule, OTHER_REFUSAL))


def field_of(rule: str) -> str:
    """Which part of the form a refusal is about."""
    if rule in ABOUT_WORDS:
        return "words"
    if rule == "why_missing":
        return "why"
    is_about_hours = rule.startswith(("window_", "day_")) or rule == "no_common_hour"
    return "hours" if is_about_hours else "change"
