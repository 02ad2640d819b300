"""Presets: settings that belong together, chosen by one parameter; and settings for many models at once.

A model's section holds them by name in ``presets``, and the name of one in ``preset``. What the section itself says
counts before the preset, and the preset before the defaults of the code.
"""

from collections.abc import Mapping
from typing import Any

from gan_pipelines.errors import UserError

_CHOICE, _CHOICES = "preset", "presets"
_NAME = "name"
_EVERY = "every"
_ALTERNATIVES = ({"epochs", "steps"}, {"every_epochs", "every_steps", "at_epochs"})
"""Keys of which one counts: whoever gives one means it instead of the others."""


def with_presets(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Returns all parameters with each model's preset filled in; a preset that is not there is left to the checks."""
    return {model: _filled_in(section) for model, section in parameters.items()}


def for_every(parameters: Mapping[str, Any], data: Mapping[str, str]) -> dict[str, Any]:
    """Returns the sections of all models, each with what ``every`` says for the data that the model learns from.

    Args:
        parameters: With or without a section ``every``, which has a section for a kind of data.
        data: What each model learns from.

    Raises:
        UserError: ``every`` is no section, or has a key that is no kind of data.
    """
    every = parameters.get(_EVERY) or {}
    kinds = list(dict.fromkeys(data.values()))
    if not isinstance(every, Mapping) or not set(every) <= set(kinds) or not all(map(_is_section, every.values())):
        raise UserError(f"`{_EVERY}` is {every!r}; allowed: sections by what models learn from: {', '.join(kinds)}.")
    filled = {
        model: merged(every[kind], parameters.get(model) or {})
        for model, kind in data.items()
        if every.get(kind) and _is_section(parameters.get(model) or {})
    }
    return {name: section for name, section in {**parameters, **filled}.items() if name != _EVERY}


def _is_section(value: object) -> bool:
    return value is None or isinstance(value, Mapping)


def _filled_in(section: object) -> object:
    if not isinstance(section, Mapping) or not isinstance(section.get(_CHOICES), Mapping):
        return section
    preset = section[_CHOICES].get(section.get(_CHOICE))
    return merged(preset, section) if isinstance(preset, Mapping) else section


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Returns one section of two, key by key; the keys of ``above`` count.

    A key of ``above`` also replaces those of ``below`` that say the same in another way, such as steps and epochs.
    Sections whose ``name`` differs are of different kinds, such as two optimizers; nothing of the lower one is kept.
    """
    replaced = {key for keys in _ALTERNATIVES if keys & above.keys() for key in keys}
    result = {key: value for key, value in below.items() if key not in replaced}
    for key, value in above.items():
        present = result.get(key)
        if isinstance(present, Mapping) and isinstance(value, Mapping) and _are_alike(present, value):
            result[key] = merged(present, value)
        else:
            result[key] = value
    return result


def _are_alike(below: Mapping[str, Any], above: Mapping[str, Any]) -> bool:
    return _NAME not in above or below.get(_NAME) == above[_NAME]
