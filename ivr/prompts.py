"""What is said at a node: the variant of its text that fits, filled in the caller's language."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.phones import national
from ivr import words
from ivr.conditions import holds
from ivr.nodes import DynamicMenu, Flow, Menu, Node, Texts
from ivr.verbs import Say

BLANK = re.compile(r"\{(\w+?)(?:_(th|en))?\}")


def text_of(texts: Texts, lang: str, flow: Flow) -> str:
    """The text in this language, or in the flow's first language where there is none."""
    return texts.get(lang) or texts.get(flow.default_language, "")


def prompt(node: Node, facts: Mapping[str, Any], flow: Flow) -> str:
    """The node's prompt for this caller, filled."""
    if isinstance(node, DynamicMenu):
        return _options(node, facts, flow)
    lang = facts["lang"]
    template = _variant(node, lang, facts, flow)
    if isinstance(node, Menu) and node.pin_line:
        line = text_of(node.pin_line[facts.get("pin", "given")], lang, flow)
        template = template.replace(f"{{pin_line_{lang}}}", line)
    return fill(template, facts, flow)


def _variant(node: Node, lang: str, facts: Mapping[str, Any], flow: Flow) -> str:
    if facts.get("closed") and f"{lang}_closed" in node.texts:
        return node.texts[f"{lang}_closed"]
    if holds("quiet", facts, flow) and f"{lang}_quiet" in node.texts:
        return node.texts[f"{lang}_quiet"]
    return text_of(node.texts, lang, flow)


def _options(node: DynamicMenu, facts: Mapping[str, Any], flow: Flow) -> str:
    lang = facts["lang"]
    option, last = node.texts[f"{lang}_option"], node.texts[f"{lang}_last"]
    spoken = []
    for index, district in enumerate(facts["candidates"][: node.max_options], start=1):
        key = str(index)
        template = option.replace("{key_th}", words.digits(key, "th")).replace("{key}", key)
        spoken.append(fill(template, {**facts, "district": district}, flow))
    joint = ". " if lang == "en" else " "
    return joint.join([*spoken, fill(last, facts, flow)])


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
    fixed = _district_values(district) if district else {}

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


BLANKS: dict[str, Callable[[Mapping[str, Any], str, Flow], str]] = {
    "last4": lambda facts, lang, _: words.digits(facts["caller"][-4:], lang),
    "number": _number,
    "code": _spelt("code"),
    "pin": _spelt("given_pin"),
    "ref": lambda facts, lang, flow: words.digits(
        facts["reference"], lang, flow.spoken.reference_groups
    ),
    "position": lambda facts, lang, _: words.number(facts.get("position", 1), lang),
    "retention": lambda _, lang, flow: flow.spoken.retention[lang],
    "status": lambda facts, lang, flow: flow.status_words[facts["followed_status"]][lang],
    "date": lambda facts, lang, _: str(facts[f"followed_since_{lang}"]),
}


def said(text: str, facts: Mapping[str, Any]) -> Say:
    """A text in the caller's language."""
    return Say(text, str(facts["lang"]))
