"""Pages: templates with the layout around them, in the reader's language, never stored."""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, g, make_response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from jinja2 import StrictUndefined
from markupsafe import Markup

from webapp.console import bp, forgery
from webapp.console.dates import (
    era_year,
    month_name,
    short_day,
    thai_date,
    thai_day,
    thai_moment,
    thai_time,
)
from webapp.console.language import LANGUAGES, current_language, gettext, ngettext
from webapp.console.menu import counts, menu

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Content-Language": "",
}
FOR_A_YEAR = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
# Python's own table lacks it, and a machine may have no other.
mimetypes.add_type("font/woff2", ".woff2")


def page(template: str, *, status: int = 200, **values: Any) -> Response:
    """Render a template below templates/console, such as "home.html"; `values` are its names."""
    return make_response(render_template(f"console/{template}", **values), status)


def prepare(state: BlueprintSetupState) -> None:
    """Teach the application's templates our language, dates, files and forms."""
    environment = state.app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    install = environment.install_gettext_callables  # type: ignore[attr-defined]
    install(gettext, ngettext, newstyle=True)
    environment.globals.update(
        thai_date=thai_date,
        thai_day=thai_day,
        thai_time=thai_time,
        thai_moment=thai_moment,
        short_day=short_day,
        month_name=month_name,
        era_year=era_year,
        asset=asset,
        named=named,
        csrf_field=csrf_field,
    )


def surroundings() -> dict[str, Any]:
    """What the layout shows around every page."""
    language, person = current_language(), g.get("person")
    items = menu(person)
    return {
        "language": language,
        "other_languages": {code: name for code, name in LANGUAGES.items() if code != language},
        "person": person,
        "menu": items,
        "menu_counts": counts(person, items),
        "this_page": request.full_path.rstrip("?") if request.method == "GET" else "",
    }


def finish(response: Response) -> Response:
    """Headers of a page; those of a file that is asked for by its own hash."""
    if request.endpoint == f"{bp.name}.static":
        by_hash = request.args.get("v")
        response.headers["Cache-Control"] = FOR_A_YEAR if by_hash else FOR_A_DAY
        return response
    for name, value in HEADERS.items():
        response.headers[name] = value or current_language()
    return forgery.remember_visit(response)


def csrf_field() -> Markup:
    """The hidden field that every form of ours holds."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(
        forgery.FIELD, forgery.token()
    )


def asset(name: str) -> str:
    """The address of a file below static/ with the hash of what it holds."""
    return url_for("desk.static", filename=name, v=_hash_of(name))


def named(thing: Any) -> str:
    """The name of an office or place in the reader's language; its Thai one where none is."""
    return str(getattr(thing, f"name_{current_language()}", "") or thing.name_th)


@cache
def _hash_of(name: str) -> str:
    path = Path(str(bp.static_folder)) / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
