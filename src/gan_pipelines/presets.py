"""Presets of a model, and settings for all models of a kind.

The section of a model defines its presets by name in ``presets`` and selects one in ``preset``. Precedence: the section
itself, the preset, the default in the code.
"""

from collections.abc import Mapping
from typing import Any

from gan_pipelines.errors import UserError

_PRESET, _PRESETS = "preset", "presets"
_NAME = "name"
_EVERY = "every"
_EXCLUSIVE_KEYS = ({"epochs", "steps", "stages"}, {"every_epochs", "every_steps", "at_epochs"})
"""Mutually exclusive keys: setting one removes the others of the overridden section."""


def with_presets(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Returns all parameters with the preset of each model merged in; an unknown preset is left to the checks."""
    return {model: _with_preset(section) for model, section in parameters.items()}


def with_common_settings(parameters: Mapping[str, Any], data: Mapping[str, str]) -> dict[str, Any]:
    """Returns the sections of all models, each merged with the section of ``every`` for its kind of training data.

    Args:
        parameters: All parameters; ``every`` is optional and has sections by kind of data.
        data: Kind of training data of each model.

    Raises:
        UserError: If ``every`` is not a section, or has a key that is not a kind of data.
    """
    every = parameters.get(_EVERY) or {}
    kinds = list(dict.fromkeys(data.values()))
    if not isinstance(every, Mapping) or not set(every) <= set(kinds) or not all(map(_is_section, every.values())):
        raise UserError(f"`{_EVERY}` is {every!r}; allowed: sections by kind of training data: {', '.join(kinds)}.")
    filled = {
        model: deep_merge(every[kind], parameters.get(model) or {})
        for model, kind in data.items()
        if every.get(kind) and _is_section(parameters.get(model) or {})
    }
    return {name: section for name, section in {**parameters, **filled}.items() if name != _EVERY}


def _is_section(value: object) -> bool:
    return value is None or isinstance(value, Mapping)


def _with_preset(section: object) -> object:
    if not isinstance(section, Mapping) or not isinstance(section.get(_PRESETS), Mapping):
        return section
    preset = section[_PRESETS].get(section.get(_PRESET))
    return deep_merge(preset, section) if isinstance(preset, Mapping) else section


def deep_merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a deep merge of two sections, in which ``above`` overrides ``below``.

    A key of ``above`` also removes mutually exclusive keys of ``below``, such as ``steps`` and ``epochs``. A section
    with another ``name``, such as another optimizer, is replaced as a whole.
    """
    replaced = {key for keys in _EXCLUSIVE_KEYS if keys & above.keys() for key in keys}
    result = {key: value for key, value in below.items() if key not in replaced}
    for key, value in above.items():
        existing = result.get(key)
        if isinstance(existing, Mapping) and isinstance(value, Mapping) and _have_same_name(existing, value):
            result[key] = deep_merge(existing, value)
        else:
            result[key] = value
    return result


def _have_same_name(below: Mapping[str, Any], above: Mapping[str, Any]) -> bool:
    return _NAME not in above or below.get(_NAME) == above[_NAME]
