"""Keys: digests of all that a node depends on."""

from collections.abc import Iterable
from typing import Any

from gan_pipelines.incremental.values import Canonical, digest

Parts = dict[str, Any]
"""What a node depends on, as JSON; the digest of the parts is its key."""


def key_of(parts: Parts) -> str:
    """Returns the digest of all that counts among a node's parts; names and line numbers do not."""
    counted = {
        **parts,
        "code": {identity: symbol[-1] for identity, symbol in sorted(parts["code"].items())},
        "parameters": {slot: entry["value"] for slot, entry in sorted(parts["parameters"].items())},
        "inputs": {slot: entry["content"] for slot, entry in sorted(parts["inputs"].items())},
        "datasets": {slot: [entry["settings"], entry["location"]] for slot, entry in sorted(parts["datasets"].items())},
        "values": dict(sorted(parts["values"].items())),
    }
    return digest([[name, counted[name]] for name in sorted(counted)])


def key_continued_over(parts: Parts, names: Iterable[str]) -> str:
    """Returns a key that changes neither with parameters of these names nor with what the code runs on.

    Work that goes on with other packages or environment variables has to tell by itself that it did.
    """
    left_out = set(names)

    def rest(value: Canonical) -> Canonical:
        if isinstance(value, list) and value and value[0] == "dict":
            return ["dict", *([key, rest(entry)] for key, entry in value[1:] if key not in left_out)]
        return value

    parameters = {slot: {**entry, "value": rest(entry["value"])} for slot, entry in parts["parameters"].items()}
    return key_of({**parts, "parameters": parameters, "packages": {}, "python": "", "environment": {}})
