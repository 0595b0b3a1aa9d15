"""The texts of reasons, refusals and findings: complete, in both languages, all of them in use."""

import re
from pathlib import Path

import pytest

from core.errors import HotlineError
from core.processes import ROOT
from routing import checks, csv_tables, reasons
from routing.catalogue import Catalogue
from routing.public_tree import PublicTree

SOURCE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "routing").glob("*.py")))
CATALOGUES = {
    "reasons": reasons.CATALOGUE,
    "refusals": csv_tables.CATALOGUE,
    "findings": checks.CATALOGUE,
}


@pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=CATALOGUES)
def test_every_text_is_used_by_the_code_or_is_a_word_of_the_vocabulary(
    catalogue: Catalogue,
) -> None:
    used = set(re.findall(r'"([a-z_0-9]+)"', SOURCE))
    assert catalogue.keys() <= used


def test_every_reason_that_the_code_gives_has_a_text() -> None:
    given = set(re.findall(r'\breason\(\s*"([a-z_]+)"', SOURCE))
    assert given <= reasons.CATALOGUE.keys()
    refused = set(re.findall(r'\brefuse(?:_line)?\([^"]*?"([a-z_0-9]+)"', SOURCE))
    assert refused <= csv_tables.CATALOGUE.keys()


def test_basis_of_every_public_link_has_thai_words(tree: PublicTree) -> None:
    for basis in {one.basis for one in tree.links}:
        words = reasons.basis_words(basis)
        assert re.search(r"[ก-ฮ]", words.th), basis
        assert not re.search(r"[ก-ฮ]", words.en), basis


def test_basis_from_a_file_stands_for_itself() -> None:
    words = reasons.basis_words("หนังสือ ศธ 04001/1")
    assert (words.th, words.en) == ("หนังสือ ศธ 04001/1", "หนังสือ ศธ 04001/1")
    assert reasons.basis_words("").th == "-"


def test_text_without_its_second_language_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "texts.yaml"
    path.write_text("greeting:\n  th: สวัสดี\n", encoding="utf-8")
    with pytest.raises(HotlineError, match="greeting"):
        Catalogue(path)
