"""A step of a case from its form to its answer: taken by who may, told where it cannot be."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.access import standing
from cases.errors import CaseRefused, IllegalTransition, StaleCase
from core.database import transaction
from webapp.console.case_door import VIEW, OpenedFile, open_to_change, refused, stale

Step = Callable[[Session, OpenedFile], object]


def done(
    reference: str,
    name: str,
    step: Step,
    *,
    place: str = "top",
    typed: str = "",
    form: Any = None,
    gone: str = "sent",
) -> Answer:
    """Take a step for who may, then the case as it is; a case that is out of sight now is told."""
    try:
        with transaction() as session:
            opened = open_to_change(session, reference, name)
            step(session, opened)
            session.flush()
            still_seen = standing(session, opened.viewer, opened.case_id).may(VIEW)
    except CaseRefused as refusal:
        return refused(reference, place, refusal, typed=typed, form=form)
    except (StaleCase, IllegalTransition):
        return stale(reference)
    address = url_for("desk.one_case", reference=reference)
    if not still_seen:
        address = url_for("desk.out_of_sight", what=gone)
    return redirect(address, HTTPStatus.SEE_OTHER)
