"""Why a shift, an absence or a day off is refused, in the reader's language."""

from agents.errors import RosterRefused
from agents.roster_wishes import text_of
from webapp.console.language import current_language


def refusal_text(refusal: RosterRefused) -> str:
    """The refusal as the reader understands it."""
    text = text_of(refusal)
    return text.th if current_language() == "th" else text.en
