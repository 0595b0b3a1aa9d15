"""YAML of files that ship and of flows, read by the parser in C where this PyYAML has it.

The call flow takes a second in pure Python, which every process would pay at its start.
"""

from typing import TYPE_CHECKING, Any

import yaml

__all__ = ["Loader", "load"]

if TYPE_CHECKING:
    from yaml import SafeLoader as Loader
else:
    Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> Any:
    """What the text holds: plain values, lists and mappings; yaml.YAMLError where it is no YAML."""
    return yaml.load(text, Loader)
