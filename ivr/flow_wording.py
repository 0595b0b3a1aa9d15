"""Rules about what is said: every language, keys as they are accepted, blanks that get filled."""

import re
from collections.abc import Iterable, Iterator, Set
from typing import Final

from ivr.entries import RESULTS
from ivr.faults import Fault, FlowRule
from ivr.flow_graph import doors, reached
from ivr.flow_texts import PROMPT, THAI_DIGITS, Piece, by_place, pieces, pieces_of
from ivr.flow_texts import blanks as blanks_of
from ivr.nodes import (
    Action,
    AnyNode,
    Check,
    Digits,
    DynamicMenu,
    Flow,
    Menu,
    Queue,
)

SAYS_NOTHING: Final = (Action, Check)
DIGIT_CHARACTERS: Final = re.compile(r"[0-9๐-๙]")
ENGLISH_KEY: Final = re.compile(r"\bpress (\d)", re.IGNORECASE)
THAI_KEY: Final = re.compile(rf"กด\s*({'|'.join(THAI_DIGITS)})(?!เหลี่ยม)")
SENTENCE: Final = re.compile(r"[^.?!]+[.?!]*")
OPTION: Final = re.compile(r"\s*[^,].*, press \d\.")
BLANK: Final = re.compile(r"\{\w+\}")
ALWAYS_KNOWN: Final = {"code", "pin", "retention"}
DISTRICT: Final = {"district_kind", "district", "province"}


def missing_languages(flow: Flow) -> Iterator[Fault]:
    """Whatever is said is said in every language."""
    for place, missing in _missing(flow).items():
        parts = ", ".join(dict.fromkeys(missing))
        yield Fault(place, f"no text for {parts}", "write the text in this language too")


def _missing(flow: Flow) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for piece in pieces(flow):
        for lang in flow.languages:
            if not str(piece.texts.get(lang, "")).strip():
                found.setdefault(piece.place, []).append(f"{lang} ({piece.part})")
    for name, node in flow.nodes.items():
        there = {piece.part for piece in pieces_of(node)}
        for part in needed_parts(node):
            if part not in there:
                found.setdefault(name, []).append(f"any language ({part})")
    return found


def needed_parts(node: AnyNode) -> tuple[str, ...]:
    """What a node of this type has to say."""
    if isinstance(node, DynamicMenu):
        return ("option", "last")
    return () if isinstance(node, SAYS_NOTHING) else (PROMPT,)


def keys_spoken_as_accepted(flow: Flow) -> Iterator[Fault]:
    """Every numbered key that is named is accepted, and the other way, in every language."""
    for place, here in by_place(flow).items():
        compared = [keys for piece in here for keys in _keys(piece, flow)]
        told: dict[str, list[tuple[str, Set[str]]]] = {
            "says a key that is not accepted": [(lang, a - b) for lang, a, b in compared],
            "accepts a key that is not said": [(lang, b - a) for lang, a, b in compared],
        }
        wrong = {what: _listed(keys) for what, keys in told.items() if _listed(keys)}
        if wrong:
            what = "; ".join(f"{what}: {keys}" for what, keys in wrong.items())
            yield Fault(place, what, "let the text and the options name the same keys")


def _keys(piece: Piece, flow: Flow) -> Iterator[tuple[str, set[str], frozenset[str]]]:
    shared = {flow.keys.repeat, flow.keys.person, flow.keys.back, flow.keys.info}
    for lang, text in piece.texts.items():
        if piece.accepts is None or not text:
            continue
        spoken = spoken_keys(text, lang)
        for tail_lang, tail in piece.tails.get(lang, {}).items():
            spoken |= spoken_keys(tail, tail_lang)
        yield lang, spoken - shared, piece.accepts - shared


def spoken_keys(text: str, lang: str) -> set[str]:
    """The numbered keys that a text tells to press."""
    if lang == "th":
        return {THAI_DIGITS[word] for word in THAI_KEY.findall(text)}
    return set(ENGLISH_KEY.findall(text))


def _listed(found: Iterable[tuple[str, Set[str]]]) -> str:
    return ", ".join(dict.fromkeys(f"{lang} {key}" for lang, keys in found for key in sorted(keys)))


def last_option_and_its_key(flow: Flow) -> Iterator[Fault]:
    """A menu made from answers says the key of each option, and of the last one."""
    for node in flow.nodes.values():
        if not isinstance(node, DynamicMenu):
            continue
        if node.last_key != str(node.max_options + 1):
            yield Fault(
                node.name,
                f"the last key is {node.last_key} after {node.max_options} options",
                f'write last_key: "{node.max_options + 1}"',
            )
            continue
        for lang in flow.languages:
            option, last = node.texts.get(f"{lang}_option"), node.texts.get(f"{lang}_last")
            if option and not {"key", f"key_{lang}"} & blanks_of(option):
                yield Fault(node.name, f"{lang}_option says no key", "add {key} to it")
            if last and spoken_keys(last, lang) != {node.last_key}:
                yield Fault(node.name, f"{lang}_last says another key", f"say {node.last_key}")


def english_options(flow: Flow) -> Iterator[Fault]:
    """English options are one a sentence: "<what>, press N." """
    for place, texts in _spoken_in("en", flow).items():
        sentences = [one for text in texts for one in SENTENCE.findall(text)]
        options = [one.strip() for one in sentences if ENGLISH_KEY.search(one)]
        wrong = [one for one in options if not _is_option(one)]
        if wrong:
            yield Fault(place, f'"{wrong[0]}" is no option', 'write "<what>, press N."')


def _is_option(sentence: str) -> bool:
    return bool(OPTION.fullmatch(sentence)) and len(ENGLISH_KEY.findall(sentence)) == 1


def digits_in_thai(flow: Flow) -> Iterator[Fault]:
    """A synthetic Thai voice reads digit characters as it likes: numbers are words."""
    for place, texts in _spoken_in("th", flow).items():
        if any(DIGIT_CHARACTERS.search(BLANK.sub("", text)) for text in texts):
            yield Fault(place, "digit characters in a Thai text", "write the number as words")


def _spoken_in(lang: str, flow: Flow) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for place, here in by_place(flow).items():
        found[place] = [text for piece in here for text in piece.spoken(lang)]
    return found


def unfilled_blanks(flow: Flow) -> Iterator[Fault]:
    """Every blank of a text is filled by a question before it, whichever way the call took.

    Left unsaid while a rule is unknown, for what that rule would fill cannot be told.
    """
    if any(isinstance(node, Digits) and node.rule not in RESULTS for node in flow.nodes.values()):
        return
    found: dict[str, dict[str, None]] = {}
    for piece in pieces(flow):
        node = flow.nodes.get(piece.place)
        for name in sorted(_names(piece, flow)):
            known = _is_known_at(node, name, flow) if node else name in _known_on_legs(piece)
            if not known:
                found.setdefault(piece.place, {})[f"{{{name}}}"] = None
    for place, names in found.items():
        what = f"{', '.join(names)} is filled by nobody on some way here"
        yield Fault(place, what, "ask for it before, or leave it out")


def _names(piece: Piece, flow: Flow) -> set[str]:
    """The blanks of a piece, without the language that they may carry."""
    found = {name for text in piece.texts.values() for name in blanks_of(text)}
    return {re.sub(rf"_({'|'.join(flow.languages)})$", "", name) for name in found}


def _is_known_at(node: AnyNode, name: str, flow: Flow) -> bool:
    """Whether what fills this blank is known at a node, whichever way the call took."""
    at_node = {
        "key": isinstance(node, DynamicMenu),
        "pin_line": isinstance(node, Menu) and bool(node.pin_line),
        "last4": node.guard == "caller_id_present",
        "position": isinstance(node, Queue) and node.takes_keys,
    }
    if name in at_node:
        return at_node[name]
    if name in ALWAYS_KNOWN or (name in DISTRICT and isinstance(node, DynamicMenu)):
        return True
    fillers = {one.name for one in flow.nodes.values() if _fills(one, name)}
    around = reached(flow, doors(flow).values(), stop=lambda one: one.name in fillers)
    return bool(fillers) and node.name not in around


def _known_on_legs(piece: Piece) -> frozenset[str]:
    return frozenset({"code"} if piece.place.startswith("callback_legs.caller.") else ())


def _fills(node: AnyNode, name: str) -> bool:
    """Whether passing this node makes the blank known."""
    if name == "ref":
        return isinstance(node, Action) or (isinstance(node, Queue) and node.save_first)
    if isinstance(node, DynamicMenu):
        return name in DISTRICT
    rules = {"number": "thai_dialable_not_premium", "status": "case_pin", "date": "case_pin"}
    return isinstance(node, Digits) and node.rule == rules.get(name, "known_postal_code")


RULES: tuple[FlowRule, ...] = (
    missing_languages,
    keys_spoken_as_accepted,
    last_option_and_its_key,
    english_options,
    digits_in_thai,
    unfilled_blanks,
)
