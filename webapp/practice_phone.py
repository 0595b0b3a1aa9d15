"""`phone call`: phones the practice service as a caller would and prints what happened."""

import time
from collections.abc import Callable
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from calls.queries import callbacks_of_case
from cases.models import Case, CaseCall
from core import clock, runtime
from core.database import reading
from core.errors import HotlineError
from core.settings import Settings
from webapp import case_text, practice_line
from webapp.practice_callers import Caller, callers
from webapp.practice_line import new_number

LONGEST_CALLBACK_S = 40
LOOK_EVERY_S = 0.2
ON_ITS_WAY = ("due", "claimed", "dialling_operator", "dialling_caller", "connected")

phone_group = AppGroup("phone", help="A practice telephone: it rings nobody real.")


@phone_group.command("call")
@click.option("--keys", default="", help='What the caller presses, such as "2 1 1 - 92160 r5".')
@click.option(
    "--scenario", type=click.Choice(list(callers())), help="Phone as one of the prepared callers."
)
@click.option(
    "--say", multiple=True, help="What the caller says where words are listened to, in turn."
)
@click.option("--hangup-after", type=int, help="Hang up after hearing so many prompts.")
@click.option("--lang", type=click.Choice(("th", "en")), default="th", show_default=True)
@click.option("--from", "caller", help="The caller's number; some made-up one, if left out.")
@click.option("--to-the-end", is_flag=True, help="Fail unless a case and a kept callback follow.")
def phone_call(
    *,
    keys: str,
    scenario: str | None,
    say: tuple[str, ...],
    hangup_after: int | None,
    lang: str,
    caller: str | None,
    to_the_end: bool,
) -> None:
    """Phone the running practice service and print conversation, case, reasons and callback.

    In --keys a space is a pause, "-" stays silent at one prompt, "r5" speaks for five seconds at
    the recording, "s" says the next of --say, "h" hangs up; a bare word of digits is pressed as
    one.
    """
    settings = runtime.current().settings
    if not settings.is_practice:
        raise click.ClickException("the practice telephone needs TELEPHONY=practice")
    if scenario is not None:
        if keys:
            raise click.UsageError("a prepared caller has keys of its own")
        prepared = callers()[scenario]
        _introduce(prepared, lang)
        keys = prepared.script(call_before(prepared))
    before = _known_sids(settings)
    caller = caller or new_number()
    order = {"from": caller, "keys": keys, "hangup_after": hangup_after, "speech": list(say)}
    call = _phone(settings, order | ({"lang": lang} if lang != "th" else {}))
    _print_conversation(call)
    reference = _case_of(call["sid"])
    if reference is None:
        click.echo("\nNo case: nothing was told in this call.")
        if to_the_end:
            raise click.ClickException("the practice call left no case")
        return
    click.echo("")
    _await_callback(reference)
    for sid in _known_sids(settings) - before - {call["sid"]}:
        _print_callback(_ask(settings, f"/{sid}"))
    with reading() as session:
        click.echo(case_text.describe(session, reference))
    if to_the_end and not _is_kept(reference):
        raise click.ClickException("the practice callback was not kept")


def call_before(caller: Caller) -> str | None:
    """Make the call that a prepared caller has made before; its case's reference."""
    if caller.before is None:
        return None
    return phone_and_wait(callers()[caller.before].keys)


def _introduce(caller: Caller, language: str) -> None:
    story = caller.story(language)
    for text in (story.who, story.story, story.look_for):
        click.echo(text)
    click.echo("")


def phone_and_wait(keys: str) -> str | None:
    """Phone the hotline as some made-up caller; the case's reference once the case is whole."""
    settings = runtime.current().settings
    call = _phone(settings, {"from": new_number(), "keys": keys})
    reference = _case_of(call["sid"])
    if reference is not None:
        _until(lambda: not _is_open(reference))
    return reference


def _phone(settings: Settings, order: dict[str, Any]) -> dict[str, Any]:
    sid = _ask(settings, "", order)["sid"]
    call: dict[str, Any] = _ask(settings, f"/{sid}", until_over=True)
    return call


def _known_sids(settings: Settings) -> set[str]:
    """The calls that stand on their own: a Dial's legs are told with the call that made them."""
    found = _ask(settings, "")
    return {one["sid"] for one in found if one["parent_sid"] is None}


def _ask(
    settings: Settings, path: str, order: dict[str, Any] | None = None, *, until_over: bool = False
) -> Any:
    try:
        return practice_line.ask(settings, path, order, until_over=until_over)
    except HotlineError as error:
        raise click.ClickException(str(error)) from None


def _print_conversation(call: dict[str, Any]) -> None:
    click.echo(f"A call to the hotline, {call['sid']}")
    _print_lines(call)


def _print_callback(call: dict[str, Any]) -> None:
    click.echo(f"The callback rings the office's operator, {call['sid']}")
    _print_lines(call)
    for child in call["children"]:
        click.echo(f"… and the caller, {child['sid']}")
        _print_lines(child)
    click.echo("")


def _print_lines(call: dict[str, Any]) -> None:
    for line in call["transcript"]:
        click.echo(f"{line['at']:7.1f} s  {line['who']:<10} {line['text']}")


def _case_of(sid: str) -> str | None:
    with reading() as session:
        return session.scalar(
            select(Case.reference)
            .join(CaseCall, CaseCall.case_id == Case.id)
            .where(CaseCall.call_sid == sid)
        )


def _await_callback(reference: str) -> None:
    """Give a callback that is due now the time to ring; one that is due later is only shown."""
    _until(lambda: not _is_on_its_way(reference))


def _until(is_so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + LONGEST_CALLBACK_S
    while time.monotonic() < give_up and not is_so():
        time.sleep(LOOK_EVERY_S)


def _is_open(reference: str) -> bool:
    """Whether the call that made the case still goes on."""
    with reading() as session:
        finished = select(Case.finished_at).where(Case.reference == reference)
        return session.scalars(finished).one() is None


def _is_kept(reference: str) -> bool:
    with reading() as session:
        case = session.scalars(select(Case).where(Case.reference == reference)).one()
        states = {file.callback.state for file in callbacks_of_case(session, case.id)}
    return states == {"done"}


def _is_on_its_way(reference: str) -> bool:
    with reading() as session:
        case = session.scalars(select(Case).where(Case.reference == reference)).one()
        found = [file.callback for file in callbacks_of_case(session, case.id)]
        is_open = case.finished_at is None
    now = clock.now()
    return is_open or any(
        one.state in ON_ITS_WAY and (one.due_at is None or one.due_at <= now) for one in found
    )
