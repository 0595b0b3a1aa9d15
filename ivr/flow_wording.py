"""Rules about what is said: every language, keys as they are accepted, blanks that get filled."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Final

from core.spoken import DIGIT_CHARACTERS, spoken_keys
from ivr.entries import RESULTS
from ivr.faults import Fault, FlowRule
from ivr.flow_graph import doors, reached
from ivr.flow_safety import saves
from ivr.flow_texts import PROMPT, Piece, by_place, pieces, pieces_of
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
from ivr.places import DISTRICTS
from ivr.prompts import OFF_HOURS
from ivr.words import lacks

# What a language needs at a node that it speaks at all; the variants of the prompt it may lack.
BESIDE_THE_PROMPT: Final = ("head", "option", "last")
SAYS_NOTHING: Final = (Action, Check)
ENGLISH_KEY: Final = re.compile(r"\bpress (\d)", re.IGNORECASE)
SENTENCE: Final = re.compile(r"[^.?!]+[.?!]*")
OPTION: Final = re.compile(r"\s*[^,].*, press \d\.")
BLANK: Final = re.compile(r"\{\w+\}")
ALWAYS_KNOWN: Final = {"code", "pin", "retention"}
# Said only where the hotline's hours were looked at, which say when they begin again.
OPENS, OFF_HOURS_PARTS = "opens", frozenset(OFF_HOURS.values())
DISTRICT: Final = {"district_kind", "district", "province"}
FURTHER: Final = {f"further_{name}" for name in DISTRICT}
# What is said to a head operator who is rung, and the blanks that are filled there.
APPROVAL_PARTS: Final[Mapping[str, frozenset[str]]] = {
    "question": frozenset({"hazard", "place", "office", "receiver"}),
    "district": frozenset(DISTRICT),
} | dict.fromkeys(
    (
        *("keys", "wrong_key", "approved", "rejected", "left", "too_late", "not_allowed"),
        *("group_V", "group_A", "group_R", "group_U", "group_X"),
        *("no_place", "to_person", "to_committee"),
    ),
    frozenset(),
)
# The same of what is said to somebody who has not seen an urgent notice.
NOTICE_PARTS: Final[Mapping[str, frozenset[str]]] = {
    "one_with_number": frozenset({"ref"}),
    "several": frozenset({"count"}),
    "again_key": frozenset({"minutes"}),
    "again": frozenset({"minutes"}),
} | dict.fromkeys(
    ("one", "heard_key", "repeat_key", "wrong_key", "heard", "left", "over"), frozenset()
)


def missing_languages(flow: Flow) -> Iterator[Fault]:
    """Whatever is said is said in every language."""
    for place, missing in _missing(flow).items():
        parts = ", ".join(dict.fromkeys(missing))
        yield Fault(place, f"no text for {parts}", "write the text in this language too")


def languages_without_words(flow: Flow) -> Iterator[Fault]:
    """Each language has words for digits, numbers, dates and the keys that are pressed."""
    for lang in flow.languages:
        if lacking := lacks(lang):
            yield Fault(
                f"languages.{lang}",
                f"no words for {', '.join(lacking)}",
                "add them to ivr/flows/words.yaml, core/data/digits.yaml and core/data/keys.yaml",
            )


def _missing(flow: Flow) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for piece in pieces(flow):
        for lang in _due(piece, flow):
            if not str(piece.texts.get(lang, "")).strip():
                found.setdefault(piece.place, []).append(f"{lang} ({piece.part})")
    for place, part in _missing_on_legs(flow):
        found.setdefault(place, []).append(f"any language ({part})")
    for name, node in flow.nodes.items():
        there = {piece.part for piece in pieces_of(node)}
        for part in needed_parts(node):
            if part not in there:
                found.setdefault(name, []).append(f"any language ({part})")
    return found


def _due(piece: Piece, flow: Flow) -> tuple[str, ...]:
    """The languages that a piece is needed in: the whole ones, and another where it was begun."""
    if piece.part not in (PROMPT, *BESIDE_THE_PROMPT):
        return flow.whole_languages()
    begun = [lang for lang in flow.languages if lang in _begun(piece.place, flow)]
    return tuple(dict.fromkeys((*flow.whole_languages(), *begun)))


def _begun(place: str, flow: Flow) -> set[str]:
    node = flow.nodes.get(place)
    return {name.partition("_")[0] for name in node.texts} if node else set()


def _missing_on_legs(flow: Flow) -> Iterator[tuple[str, str]]:
    """What nobody says to people who are rung."""
    for part in APPROVAL_PARTS.keys() - flow.approval_leg.keys():
        yield "approval_leg", part
    # A flow may leave the words of a notice's ring out: then the built-in ones are said.
    if flow.notice_leg:
        for part in NOTICE_PARTS.keys() - flow.notice_leg.keys():
            yield "notice_leg", part
    if flow.longest and not flow.live_leg.limit:
        yield "live_leg", "limit"
    if not flow.live_leg.gives_way:
        yield "live_leg", "gives_way"


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
        for lang in flow.whole_languages():
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
            if name == OPENS and piece.part in OFF_HOURS_PARTS:
                continue
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
    leg, _, name = piece.place.partition(".")
    if leg == "approval_leg":
        return APPROVAL_PARTS.get(name, frozenset())
    if leg == "notice_leg":
        return NOTICE_PARTS.get(name, frozenset())
    if piece.place == "live_leg.limit":
        return frozenset({"minutes"})
    if piece.place == "live_leg.language":
        return frozenset({"language"})
    return frozenset({"code"} if piece.place.startswith("callback_legs.caller.") else ())


def _fills(node: AnyNode, name: str) -> bool:
    """Whether passing this node makes the blank known."""
    if name == "ref":
        return saves(node)
    if name == "said_province":
        return isinstance(node, Digits) and node.hears is not None
    if isinstance(node, DynamicMenu):
        return name in (DISTRICT if node.source == DISTRICTS else FURTHER)
    rules = {"number": "thai_dialable_not_premium", "status": "case_pin", "date": "case_pin"}
    rules |= dict.fromkeys(FURTHER, "further_postal_code") | {"school": "known_school_code"}
    if isinstance(node, Digits) and node.rule == "known_school_code" and name in DISTRICT:
        return True
    return isinstance(node, Digits) and node.rule == rules.get(name, "known_postal_code")


RULES: tuple[FlowRule, ...] = (
    missing_languages,
    languages_without_words,
    keys_spoken_as_accepted,
    last_option_and_its_key,
    english_options,
    digits_in_thai,
    unfilled_blanks,
)
