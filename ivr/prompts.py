"""What is said at a node: the variant of its text that fits, filled in the caller's language."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from core.phones import national
from core.spoken import LANGUAGES
from ivr import spoken_times, words
from ivr.conditions import holds
from ivr.flow_settings import Texts
from ivr.nodes import DynamicMenu, Flow, Menu, Node
from ivr.places import PLACES, SAID_PROVINCE

# Which variant of a prompt says why nobody is at the phones by the hotline's hours.
OFF_HOURS: Final = {"holiday": "holiday", "hours": "off_hours"}
BLANK = re.compile(rf"\{{(\w+?)(?:_({'|'.join(LANGUAGES)}))?\}}")


def text_of(texts: Texts, lang: str, flow: Flow) -> str:
    """The text in this language, or in the flow's first language where there is none."""
    return texts.get(lang) or texts.get(flow.default_language, "")


def spoken_language(texts: Texts, lang: str, flow: Flow) -> str:
    """The language that is spoken here: the caller's, or the first one where it has no text.

    Only a language that is spoken in part lacks any (`ivr check`).
    """
    has_text = any(name == lang or name.startswith(f"{lang}_") for name in texts)
    return lang if has_text else flow.default_language


def prompt(node: Node, facts: Mapping[str, Any], flow: Flow) -> str:
    """The node's prompt for this caller, filled."""
    if isinstance(node, DynamicMenu):
        return _options(node, facts, flow)
    lang = str(facts["lang"])
    template = _variant(node, lang, facts, flow)
    if isinstance(node, Menu) and node.pin_line:
        line = text_of(node.pin_line[facts.get("pin", "given")], lang, flow)
        template = template.replace(f"{{pin_line_{lang}}}", line)
    return fill(template, facts, flow)


def _variant(node: Node, lang: str, facts: Mapping[str, Any], flow: Flow) -> str:
    if facts.get("announcement") and f"{lang}_announced" in node.texts:
        return node.texts[f"{lang}_announced"]
    if facts.get("short") and f"{lang}_short" in node.texts:
        return node.texts[f"{lang}_short"]
    off_hours = f"{lang}_{OFF_HOURS.get(facts.get('off_hours', ''))}"
    if off_hours in node.texts:
        return node.texts[off_hours]
    if facts.get("closed") and f"{lang}_closed" in node.texts:
        return node.texts[f"{lang}_closed"]
    if holds("quiet", facts, flow) and f"{lang}_quiet" in node.texts:
        return node.texts[f"{lang}_quiet"]
    return text_of(node.texts, lang, flow)


def _options(node: DynamicMenu, facts: Mapping[str, Any], flow: Flow) -> str:
    lang = facts["lang"]
    option, last = node.texts[f"{lang}_option"], node.texts[f"{lang}_last"]
    offered = facts[PLACES[node.source].candidates][: node.max_options]
    spoken = []
    for index, district in enumerate(offered, start=1):
        key = str(index)
        spelt = words.digits(key, lang)
        template = option.replace(f"{{key_{lang}}}", spelt).replace("{key}", key)
        spoken.append(fill(template, {**facts, "district": district}, flow))
    between = str(words.words_of(lang).get("between_options", " "))
    return between.join([*spoken, fill(last, facts, flow)])


def _district_values(district: Mapping[str, str]) -> dict[str, str]:
    return {
        "district_kind_th": district["kind_th"],
        "district_th": district["th"],
        "district_en": district["en"],
        "province_th": district["province_th"],
        "province_en": district["province_en"],
    }


def fill(template: str, facts: Mapping[str, Any], flow: Flow) -> str:
    """Put the call's facts into the blanks, as words."""
    if "{" not in template:
        return template
    lang = str(facts["lang"])
    district = facts.get("district")
    further, school = facts.get("further"), facts.get("school")
    fixed = _district_values(district) if district else {}
    if further:
        fixed |= {f"further_{name}": said for name, said in _district_values(further).items()}
    if said := facts.get(SAID_PROVINCE):
        fixed |= {"said_province_th": said["th"], "said_province_en": said["en"]}
    if school:
        fixed |= {"school_th": words.without_digits(school["th"]), "school_en": school["en"]}

    def word(match: re.Match[str]) -> str:
        if match[0][1:-1] in fixed:
            return fixed[match[0][1:-1]]
        return BLANKS[match[1]](facts, match[2] or lang, flow)

    return BLANK.sub(word, template)


def _spelt(fact: str, groups: tuple[int, ...] = ()) -> Callable[..., str]:
    return lambda facts, lang, _flow: words.digits(str(facts[fact]), lang, groups)


def _number(facts: Mapping[str, Any], lang: str, _flow: Flow) -> str:
    dialled = national(facts["number"])
    return words.digits(dialled, lang, words.phone_groups(dialled))


def _opens(facts: Mapping[str, Any], lang: str, _flow: Flow) -> str:
    at = datetime.fromisoformat(facts["opens"]["at"])
    return spoken_times.opening(at, facts["opens"]["days_ahead"], lang)


BLANKS: dict[str, Callable[[Mapping[str, Any], str, Flow], str]] = {
    "last4": lambda facts, lang, _: words.digits(facts["caller"][-4:], lang),
    "number": _number,
    "code": _spelt("code"),
    "pin": _spelt("given_pin"),
    "ref": lambda facts, lang, flow: words.digits(
        facts["reference"], lang, flow.spoken.reference_groups
    ),
    "position": lambda facts, lang, _: words.number(facts.get("position", 1), lang),
    "opens": _opens,
    "retention": lambda _, lang, flow: text_of(flow.spoken.retention, lang, flow),
    "status": lambda facts, lang, flow: text_of(
        flow.status_words[facts["followed_status"]], lang, flow
    ),
    "date": lambda facts, lang, _: words.date(
        datetime.fromisoformat(facts["followed_since"]), lang
    ),
}
