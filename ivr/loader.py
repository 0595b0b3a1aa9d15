"""Reads a flow file into frozen nodes; what does not fit is an error that says where."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.errors import SettingsError
from core.yaml_text import Loader
from ivr.nodes import Flow

FLOW_FILE = Path(__file__).parent / "flows" / "hotline.yaml"
VARIANTS = "head|quiet|closed|holiday|off_hours|announced|short|option|last"
ASKING = {"menu", "any_key", "dynamic_menu", "digits"}


class FlowError(SettingsError):
    """The flow file cannot be used; the message lists every fault with its place.

    `places` holds the same as pairs of a node's name, or the path of a setting, and what is wrong.
    """

    def __init__(self, message: str, places: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__("\n  ".join([message, *(f"{place}: {what}" for place, what in places)]))
        self.places = tuple(places) or (("the flow", message),)


class UniqueKeys(Loader):
    """YAML in which a key stands once: a second "1" would silently replace the first option."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping, or an error at its second key of one name."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                mark = node.value[index][0].start_mark
                raise yaml.constructor.ConstructorError(None, None, f'"{key}" stands twice', mark)
        return super().construct_mapping(node, deep)


def load_flow(source: str) -> Flow:
    """A flow from the text of a flow file; FlowError where its shape is wrong."""
    try:
        raw = yaml.load(source, UniqueKeys)
        return Flow.model_validate(_shaped(raw, _digest(source)))
    except yaml.YAMLError as error:
        raise FlowError(f"the flow is not YAML: {error}") from None
    except ValidationError as error:
        places = [_place(one["loc"], one["msg"]) for one in error.errors()]
        raise FlowError("the flow does not fit:", places) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FlowError(f"the flow lacks a part or has one of the wrong kind: {error}") from None


def _place(path: tuple[str | int, ...], message: str) -> tuple[str, str]:
    """The node and what is wrong in it, or the setting; the kind of the node is left out."""
    words = [str(word) for word in path]
    if words[0] != "nodes" or len(words) < 2:
        return ".".join(words), message
    inside = ".".join(words[3:])
    return words[1], f"{inside}: {message}" if inside else message


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:10]


def _shaped(raw: Mapping[str, Any], digest: str) -> dict[str, Any]:
    shaped = dict(raw)
    shaped["version"] = f"{raw['version']}-{digest}"
    is_text = re.compile(rf"^({'|'.join(raw['languages'])})(_({VARIANTS}))?$")
    shaped["announce"] = _texts(raw["announce"], is_text)
    defaults = {name: shaped.pop(name, {}) for name in ("on_no_input", "on_no_match")}
    shaped["nodes"] = {
        name: _node(_texts({"name": name, **node}, is_text), defaults)
        for name, node in raw["nodes"].items()
    }
    return shaped


def _texts(raw: Mapping[str, Any], is_text: re.Pattern[str]) -> dict[str, Any]:
    """Gather the language keys of a mapping under `texts`."""
    rest = {key: value for key, value in raw.items() if not is_text.match(key)}
    return rest | {"texts": {k: v for k, v in raw.items() if is_text.match(k)}}


def _node(node: dict[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    node = {key: _go(value) if key.startswith("on_") else value for key, value in node.items()}
    tails = {key: node.pop(key) for key in list(node) if key.endswith("_tail")}
    if tails:
        node["tails"] = {key.removesuffix("_tail"): value for key, value in tails.items()}
    if node["type"] in ASKING:
        for exit_name, default in defaults.items():
            if default or exit_name in node:
                node[exit_name] = _exit(default, node.get(exit_name, {}))
    if node["type"] == "digits":
        node = _digits(node)
    if node["type"] == "check":
        node["otherwise"] = node.pop("else")
        node["rules"] = [{"when": rule["if"], **_without(rule, "if")} for rule in node["rules"]]
    return node


def _exit(default: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A node's exit over the default; one that leads elsewhere without a number of tries is taken
    at once."""
    if "next" in own and "after_tries" not in own:
        default = _without(default, "after_tries")
    return {**default, **own}


def _digits(node: dict[str, Any]) -> dict[str, Any]:
    length = node["num_digits"]
    return _without(node, "validate") | {
        "num_digits": length if isinstance(length, list) else [length, length],
        "rule": node["validate"],
        "branch": {name: _go(value) for name, value in node["branch"].items()},
    }


def _go(value: Any) -> Any:
    return {"next": value} if isinstance(value, str) else value


def _without(raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name != key}
