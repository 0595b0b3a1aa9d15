"""The reader's language: English in the code, Thai from the catalogues in translations/th.

Every .po file there counts; they are read once, as they are, so that nothing has to be compiled.
"""

import gettext as standard
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import g, has_request_context

from webapp.console import cookies

FOLDER = Path(__file__).parents[1] / "translations"
LANGUAGES = {"th": "ไทย", "en": "English"}
FIRST = "th"


def current_language() -> str:
    """The signed-in person's language, else what the visitor chose, else Thai."""
    if not has_request_context():
        return FIRST
    person = g.get("person")
    wanted = person.language if person else cookies.read(cookies.LANGUAGE)
    return wanted if wanted in LANGUAGES else FIRST


def gettext(message: str) -> str:
    """A text in the reader's language."""
    return catalogue(current_language()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """A text with a number in the reader's language."""
    return catalogue(current_language()).ngettext(one, many, count)


def marked(message: str) -> str:
    """Mark a text for the catalogue where it is only kept; it is translated where it is shown."""
    return message


@cache
def catalogue(language: str) -> standard.NullTranslations:
    """All translations of one language; texts that have none stay English."""
    found = standard.NullTranslations()
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            source = read_po(file, locale=language)
        compiled = BytesIO()
        write_mo(compiled, source)
        compiled.seek(0)
        translations = standard.GNUTranslations(compiled)
        translations.add_fallback(found)
        found = translations
    return found
