"""The list of people, finding one by e-mail, and adding one."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from agents.accounts import Crowded, hash_of
from agents.errors import StaffRefused
from agents.models import Staff
from agents.people_rules import MANAGE, VIEW, gives
from agents.person import LONGEST_EMAIL, LONGEST_NAME, Person
from agents.sessions import limits
from agents.staffing import hire, known_by_email, new_password
from core import clock
from core.database import reading, transaction
from core.logs import logger
from webapp.console import bp
from webapp.console.case_words import in_language
from webapp.console.guard import action, current_person, may_ever
from webapp.console.language import gettext, marked
from webapp.console.office_page import CODE
from webapp.console.pages import page
from webapp.console.people_door import actor_now, in_reach
from webapp.console.people_list import SHOWN, Filters, PeopleList, people_list
from webapp.console.people_words import posts
from webapp.console.role_names import NAMES, role_name

log = logger(__name__)
NOBODY = marked("Nobody of your offices has this e-mail address.")
BUSY = marked("The service is busy. Please try again.")


@dataclass(frozen=True)
class AddForm:
    """What was typed into the form for a new person, as it was typed."""

    email: str = ""
    name: str = ""
    role: str = ""
    office: str = ""
    deputy: bool = False
    post: str = ""
    phone: str = ""

    @classmethod
    def sent(cls) -> "AddForm":
        """The form of this request; nothing that is far too long comes back."""
        sent = request.form
        return cls(
            email=sent.get("email", "").strip()[: LONGEST_EMAIL + 1],
            name=sent.get("name", "").strip()[: LONGEST_NAME + 1],
            role=sent.get("role", "")[:16],
            office=sent.get("office", "").strip().upper()[:33],
            deputy=sent.get("deputy") == "yes",
            post=sent.get("post", "")[:24],
            phone=sent.get("phone", "").strip()[:40],
        )

    def person(self) -> Person:
        """The same as the services take it."""
        return Person(
            email=self.email,
            name=self.name,
            role=self.role,
            office_code=self.office,
            deputy=self.deputy,
            post=self.post or None,
            phone=self.phone or None,
        )


@bp.get("/people")
@action(VIEW)
def people() -> Response:
    """The people of one's offices and below, by what is asked for."""
    return _list("")


@bp.post("/people/find")
@action(VIEW)
def find_person() -> Answer:
    """On to the person with an e-mail address: a form, because no address may hold one."""
    email = request.form.get("email", "")
    with reading() as session:
        known = known_by_email(session, email) if email.isprintable() else None
        seen = select(Staff.id).where(Staff.id == known, in_reach(session))
        found = session.scalar(seen) if known is not None else None
    if found is None:
        return _list(gettext(NOBODY), status=HTTPStatus.NOT_FOUND)
    return redirect(url_for("desk.person", staff_id=found), HTTPStatus.SEE_OTHER)


@bp.get("/people/add")
@action(MANAGE)
def add_person() -> Response:
    """The form for a new person."""
    office = request.args.get("office", "")
    offices = [code for _, code in current_person().roles]
    return _form(AddForm(office=office if CODE.fullmatch(office) else offices[0]))


@bp.post("/people/add")
@action(MANAGE)
def add_person_submit() -> Response:
    """Add the person; the one-time password is shown on this very page and never again."""
    form, password = AddForm.sent(), new_password()
    if not CODE.fullmatch(form.office):
        return _form(form, rule="office_unknown", text=gettext("There is no such office."))
    try:
        hashed = hash_of(password)
        with transaction() as session:
            by = actor_now(session, form.office)
            staff = hire(session, form.person(), password_hash=hashed, by=by, now=clock.now())
    except StaffRefused as refused:
        return _form(form, rule=refused.rule, text=in_language(refused.text))
    except Crowded:
        return _form(form, rule="", text=gettext(BUSY), status=HTTPStatus.SERVICE_UNAVAILABLE)
    log.info("person added", staff_id=staff.id, role=form.role, office=form.office)
    return shown_once(staff, password)


def shown_once(staff: Staff, password: str) -> Response:
    """The page that shows a one-time password."""
    hours = limits().temporary.total_seconds() // 3600
    return page("people/password.html", staff=staff, password=password, hours=int(hours))


def _list(said: str, *, status: int = HTTPStatus.OK) -> Response:
    filters = Filters.asked()
    with reading() as session:
        shown: PeopleList = people_list(session, filters, now=clock.now())
    return page(
        "people/list.html",
        status=status,
        shown=shown,
        said=said,
        choices=[(code, gettext(text)) for code, text in SHOWN.items()],
        roles=[(code, role_name(code)) for code in NAMES],
        may_add=may_ever(current_person(), MANAGE),
    )


def _form(
    form: AddForm, *, rule: str = "", text: str = "", status: int = HTTPStatus.BAD_REQUEST
) -> Response:
    mine = gives(current_person().roles)
    if not mine:
        abort(HTTPStatus.NOT_FOUND)
    return page(
        "people/add.html",
        status=status if text else HTTPStatus.OK,
        form=form,
        rule=rule,
        text=text,
        roles=[(code, role_name(code)) for code in mine],
        posts=posts(),
    )
