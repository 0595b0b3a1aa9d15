"""What posts, skills, changes and signatures of people are called, in the reader's language."""

from collections.abc import Iterable

from agents.profile_words import POSTS, SKILLS, words_of
from webapp.console.case_words import in_language
from webapp.console.language import gettext, marked

CHANGES = {
    "added": marked("Added, as %(role)s at %(office)s"),
    "changed": marked("Name, telephone or profile changed"),
    "role_given": marked("Role given: %(role)s at %(office)s"),
    "role_taken": marked("Role taken: %(role)s at %(office)s"),
    "password_given": marked("A one-time password was made"),
    "closed": marked("Account closed; cases passed on: %(cases)s"),
    "opened": marked("Account opened again"),
    "training_added": marked("Course added"),
    "qualified": marked("Checklist changed"),
    "undertaking_recorded": marked("Undertaking on paper recorded"),
    "practice_given": marked("May practise from now on"),
    "practice_taken": marked("Practises no longer"),
    "loaded": marked("Changed by a file"),
}


def post_word(code: str | None) -> str:
    """What a post is called."""
    return in_language(words_of(POSTS, code)) if code else ""


def posts() -> list[tuple[str, str]]:
    """Every post to choose from, in the order of the data file."""
    return [(code, post_word(code)) for code in POSTS.order]


def languages() -> list[tuple[str, str]]:
    """Every language to choose from, in the order of the data file."""
    return [(code, skill_word(code)) for code in SKILLS.order]


def skill_word(code: str) -> str:
    """What a skill is called; a tag of one's own words stands for itself."""
    return in_language(words_of(SKILLS, code))


def own_skills(skills: Iterable[str]) -> list[str]:
    """The tags that are not of the list."""
    return [one for one in skills if one not in SKILLS]


def change_word(kind: str, **values: str) -> str:
    """What was done to an account."""
    return gettext(CHANGES[kind]) % values if kind in CHANGES else kind
