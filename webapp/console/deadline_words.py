"""Deadlines in words: how long, for which matters, by whose rule."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.deadline_rules import MINUTES, WORKING_MINUTES, Deadline
from cases.models import HazardType
from webapp.console.case_words import in_language, word
from webapp.console.language import gettext, ngettext

HOUR = 60


def deadline_text(deadline: Deadline) -> str:
    """ "15 minutes", "4 office hours", "2 working days", in the reader's language."""
    count = deadline.amount
    in_hours = count % HOUR == 0
    if deadline.unit == MINUTES:
        if in_hours:
            count //= HOUR
            text = ngettext("%(num)d hour", "%(num)d hours", count)
        else:
            text = ngettext("%(num)d minute", "%(num)d minutes", count)
    elif deadline.unit == WORKING_MINUTES:
        if in_hours:
            count //= HOUR
            text = ngettext("%(num)d office hour", "%(num)d office hours", count)
        else:
            text = ngettext(
                "%(num)d minute of office hours", "%(num)d minutes of office hours", count
            )
    else:
        text = ngettext("%(num)d working day", "%(num)d working days", count)
    return text % {"num": count}


def hazard_names(session: Session) -> dict[str, str]:
    """What a rule may be for, by code: all matters, the groups, the types, in their order."""
    kinds = session.scalars(select(HazardType).order_by(HazardType.position, HazardType.code)).all()
    names = {"": gettext("All matters")}
    for group in dict.fromkeys(one.hazard_group for one in kinds):
        names[group] = word("group", group)
    return names | {one.code: f"{one.code} {in_language(one)}" for one in kinds}
