"""The first page: whose desk this is, and what waits there."""

from flask import Response

from core import clock
from core.database import reading
from webapp.console import bp
from webapp.console.case_words import word
from webapp.console.guard import SIGNED_IN, action, current_person
from webapp.console.home_page import home_page
from webapp.console.pages import page


@bp.get("/")
@action(SIGNED_IN)
def home() -> Response:
    """What waits for the person, the most urgent first; what the person is at which office."""
    with reading() as session:
        shown = home_page(session, current_person(), now=clock.now())
    return page("home.html", shown=shown, duty=shown.duty, word=word)
