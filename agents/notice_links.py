"""Where the link of a message leads: a page of the console, which asks for sign-in.

An address holds the case's reference and no token: what of it the reader may open (the hand-over
that waits for an answer, the case, a part of it, nothing any more) is decided there, each time.
"""

from collections.abc import Sequence
from urllib.parse import quote

from agents.models import Notice
from agents.notice_policy import current_policy
from core import runtime

DESK = "/desk/"
WARNINGS = "warnings"
ABOUT = {"case", "handover"}


def page_url(notices: Sequence[Notice]) -> str:
    """The page of the one case that a message is about, or of the warnings; else the desk."""
    base = runtime.current().settings.public_url
    references = {notice.reference for notice in notices}
    pages = {current_policy().template(notice.template).page for notice in notices}
    reference = references.pop() if len(references) == 1 else None
    if pages == {WARNINGS}:
        return f"{base}{DESK}{WARNINGS}"
    if reference is None or not pages <= ABOUT:
        return f"{base}{DESK}"
    return f"{base}{DESK}about/{quote(reference, safe='')}"
