"""A story as text that people can read and compare: everything said and done, and what is kept."""

from collections.abc import Iterable
from typing import Any

from tests.system.outcome import Outcome
from tests.system.spoken import masked
from tests.system.stories import Told


def transcript(told: Told) -> str:
    """The whole story; random words have names in curly brackets."""
    lines = ["THE CALL", *_leg(told.call)]
    for leg in told.callbacks:
        lines += ["", f"THE CALLBACK to {leg['to']}", *_leg(leg)]
    lines += ["", "WHAT IS KEPT", *_kept(told.outcome)]
    return masked("".join(f"{line}\n" for line in lines), told.secrets)


def _leg(leg: dict[str, Any], indent: str = "") -> list[str]:
    """The lines of a leg, then each leg that it made, further to the right."""
    lines = [f"{indent}{_who(line)}: {line['text']}" for line in leg["transcript"]]
    for child in leg["children"]:
        lines += [f"{indent}    -- on {child['to']}", *_leg(child, f"{indent}    ")]
    return lines


def _who(line: dict[str, Any]) -> str:
    return f"{line['who']} ({line['lang']})" if line["lang"] else str(line["who"])


def _kept(outcome: Outcome) -> list[str]:
    call = outcome.call
    lines = [
        f"call: {call['status']}, ended by {call['ended_by']}, language {call['language']}",
        *(f"  {node}: {answer}" for node, answer in call["answers"].items()),
    ]
    for case in outcome.cases:
        lines += _case(case)
    for callback in outcome.callbacks:
        lines += _callback(callback)
    return lines if outcome.cases else [*lines, "no case"]


def _case(case: dict[str, Any]) -> list[str]:
    about = ("intent", "hazard_group", "hazard_type", "severity", "status")
    flags = ("danger", "anonymous", "recording_consent")
    step = case["next_step"]
    lines = [
        f"case: {_named(case, about)}",
        f"  {_named(case, flags)}",
        f"  place: {_named(case['place'], case['place'])}",
        f"  office: {case['office']['code']} {case['office']['name_th']}",
        *(f"    {reason['rule']}: {reason['en']}" for reason in case["reasons"]),
        f"  next: {step['what']} by {step['office']['code']}" if step else "  next: nothing",
    ]
    recordings = ("state", "basis", "duration_s")
    return lines + [f"  recording: {_named(one, recordings)}" for one in case["recordings"]]


def _callback(callback: dict[str, Any]) -> list[str]:
    tries = ("number", "outcome", "identity")
    return [
        f"callback: {_named(callback, ('state', 'consent', 'window'))}",
        *(f"  attempt: {_named(one, tries)}" for one in callback["attempts"]),
    ]


def _named(told: dict[str, Any], names: Iterable[str]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_word(told[name])}" for name in names)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)
