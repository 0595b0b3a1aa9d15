"""Where a report would go, at any moment, and why: the same answer for the command and the page."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from routing.directory import Directory, current_directory
from routing.queries import with_school
from routing.rule_versions import rules_at
from routing.rules import Decision, Question, choose_office


@dataclass(frozen=True)
class Explained:
    """A question as it was asked, the directory that it was asked of, and the answer."""

    question: Question
    directory: Directory
    decision: Decision


def explain(session: Session, question: Question) -> Explained:
    """Ask now what would happen at `question.at`, or happened then.

    Jurisdictions, rules and hours are those in force at that moment; offices and switches are as
    they are now. The office above a school is looked up.
    """
    directory = current_directory(session)
    if question.at is not None:
        directory = rules_at(session, directory, question.at)
    question = with_school(session, question)
    return Explained(question, directory, choose_office(question, directory))
