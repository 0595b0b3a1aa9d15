"""Thai or English: kept with the person, before sign-in with the browser."""

from flask import Response, abort, g, make_response, redirect, request, url_for

from agents.sessions import choose_language
from core.database import transaction
from webapp.console import bp, cookies
from webapp.console.guard import local_page, open_to_all
from webapp.console.language import LANGUAGES


@bp.post("/language")
@open_to_all
def choose() -> Response:
    """Take the language that was chosen and go back to the page."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    answer = make_response(
        redirect(local_page(request.form.get("next")) or url_for("desk.home"), 303)
    )
    if g.person is None:
        cookies.write(answer, cookies.LANGUAGE, language)
        return answer
    with transaction() as session:
        choose_language(session, g.person.staff_id, language)
    return answer
