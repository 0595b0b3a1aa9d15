"""A case as plain text for a terminal; never with a number or a name."""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from cases.models import CasePlace, HazardType
from cases.queries import case_file
from core.errors import NotFoundError
from core.zones import bangkok
from routing.models import District, Province
from webapp.documents import case_documents

TEMPLATES = Path(__file__).parent / "templates"
UNKNOWN_PLACE = "—"


def _local(moment: datetime) -> str:
    return f"{bangkok(moment):%Y-%m-%d %H:%M}"


# Plain text: nothing here reaches a browser, so nothing is escaped.
_templates = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,
)
_templates.filters["local"] = _local


def describe(session: Session, reference: str) -> str:
    """What, where, whose, why, what next, callbacks and recordings; NotFoundError for none."""
    file = case_file(session, reference)
    if file is None:
        raise NotFoundError("there is no such case")
    case = case_documents(session, [file])[0]
    text = _templates.get_template("cases/show.txt").render(
        case=case,
        type=session.get(HazardType, case.hazard_type) if case.hazard_type else None,
        place=_place(session, file.place),
        confirmed=file.place.confirmed,
        candidates=file.assignment.candidates,
    )
    return text.rstrip()


def _place(session: Session, place: CasePlace) -> str:
    """The place by its names in both languages, as far as it is known."""
    district = session.get(District, place.district_code) if place.district_code else None
    code = district.province_code if district else place.province_code
    province = session.get(Province, code) if code else None
    known = [one for one in (district, province) if one is not None]
    th, en = (" ".join(one.name_th for one in known), ", ".join(one.name_en for one in known))
    parts = [f"{th} / {en}"] if known else []
    parts += [one for one in (place.postal_code, place.school_code) if one]
    return " ".join(parts) or UNKNOWN_PLACE
