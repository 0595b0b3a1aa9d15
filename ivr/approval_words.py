"""What a head operator hears about a hand-over: a group, a place, two offices, and no more."""

import re
from dataclasses import dataclass
from typing import Final

from ivr import words
from ivr.flow_settings import Texts
from ivr.nodes import Flow

PERSON, COMMITTEE = "person", "committee"
UNKNOWN_GROUP: Final = "X"
DIGITS: Final = re.compile(r"\d+")
LONGEST_NUMBER: Final = 4


@dataclass(frozen=True)
class Name:
    """A name in both languages; `kind` of a district is "khet" or "amphoe"."""

    th: str
    en: str
    kind: str = ""

    def spoken(self, lang: str) -> str:
        """The name as a voice reads it: numbers as words, never digit by digit."""
        text = self.th if lang == "th" else self.en

        def in_words(number: re.Match[str]) -> str:
            if len(number[0]) > LONGEST_NUMBER:
                return words.digits(number[0], lang)
            return words.number(int(number[0]), lang)

        return DIGITS.sub(in_words, text)


@dataclass(frozen=True)
class ApprovalFacts:
    """What may be said of a hand-over: nobody's name, and no words that somebody wrote.

    `receiver` is an office, or None where `kind` says that people are to have the case.
    """

    group: str | None
    district: Name | None
    office: Name
    kind: str
    receiver: Name | None


def question(facts: ApprovalFacts, lang: str, flow: Flow) -> str:
    """The whole question with its keys."""
    texts = flow.approval_leg
    asked = texts["question"][lang].format(
        hazard=_group(facts, texts)[lang],
        place=_place(facts.district, lang, texts),
        office=facts.office.spoken(lang),
        receiver=_receiver(facts, lang, texts),
    )
    return f"{asked} {texts['keys'][lang]}"


def _group(facts: ApprovalFacts, texts: dict[str, Texts]) -> Texts:
    return texts.get(f"group_{facts.group}") or texts[f"group_{UNKNOWN_GROUP}"]


def _place(district: Name | None, lang: str, texts: dict[str, Texts]) -> str:
    if district is None:
        return texts["no_place"][lang]
    kind = words.district_kind(district.kind)
    return texts["district"][lang].format(district_kind=kind, district=district.spoken(lang))


def _receiver(facts: ApprovalFacts, lang: str, texts: dict[str, Texts]) -> str:
    if facts.receiver is not None:
        return facts.receiver.spoken(lang)
    return texts["to_committee" if facts.kind == COMMITTEE else "to_person"][lang]
