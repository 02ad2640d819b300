"""All parameters of a run against their models at once, before anything runs; every problem told in plain words."""

import difflib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from gan_pipelines.errors import UserError
from gan_pipelines.parameter_model import ParameterModel

_LONGEST_VALUE = 60
_NOUNS = {bool: "true or false", int: "a whole number", float: "a number", str: "text", NoneType: "null"}
_CONSTRAINTS = {
    "gt": "above {}",
    "ge": "of at least {}",
    "lt": "below {}",
    "le": "at most {}",
    "multiple_of": "in multiples of {}",
    "min_length": "of length {} or more",
    "max_length": "of length {} or less",
}


def check_parameters(
    parameters: Mapping[str, Any], models: Mapping[str, type[ParameterModel]], requested: Collection[str]
) -> None:
    """Checks the sections of the requested models, and that every top-level key is a model's name.

    Args:
        parameters: All that was loaded, with overrides; keys that start with ``_`` are YAML templates and stay unread.
        models: What stands below each top-level key. An absent or empty section counts as ``{}``.
        requested: Names of the models that are about to run.

    Raises:
        UserError: Lists each problem with its full key, the value found, what is allowed and where to change it.
    """
    sections = {name: {} if parameters.get(name) is None else parameters[name] for name in models if name in requested}
    unknown = [key for key in parameters if key not in models and not str(key).startswith("_")]
    problems = {name: _section_problems(name, section, models[name]) for name, section in sections.items()}
    lines = [
        *(_unknown_model(key, models, requested) for key in unknown),
        *(line for section_lines in problems.values() for line in section_lines),
    ]
    if lines:
        files = [f"conf/base/parameters_{name}.yml" for name, found in problems.items() if found]
        raise UserError(_message(lines, files or ["conf/base/parameters_<model>.yml"]))


def _message(lines: Sequence[str], files: Sequence[str]) -> str:
    title = "A parameter cannot be used:" if len(lines) == 1 else f"{len(lines)} parameters cannot be used:"
    place = f"Change this in {', '.join(files)}, in your environment's file of that name, or with --params=<key>=<value>."
    return "\n".join([title, *(f"  - {line}" for line in lines), place])


def _unknown_model(key: Any, models: Mapping[str, type[ParameterModel]], requested: Collection[str]) -> str:
    """Tells a top-level key that no model has; it may be a section whose model was left out."""
    intended = {name: name for name in models}
    for name in models:
        if name in requested:
            intended |= {section: f"{name}.{section}" for section in models[name].model_fields}
    hint = _did_you_mean(key, intended)
    return f"`{key}` is not known{hint}; allowed: {', '.join(models)}"


def _section_problems(name: str, section: Any, model: type[ParameterModel]) -> list[str]:
    try:
        model.model_validate(section)
    except ValidationError as error:
        # Each branch of a union reports on its own, and each in the same words.
        return list(dict.fromkeys(_problem(name, section, model, details) for details in error.errors()))
    return []


def _problem(name: str, section: Any, model: type[ParameterModel], details: ErrorDetails) -> str:
    """Tells one error of pydantic's."""
    kind, location, context = details["type"], details["loc"], details.get("ctx", {})
    key = _key(name, section, location)
    found = f"is {_found(details['input'])}"
    allowed = _type_at(model, location)
    if kind == "extra_forbidden":
        names = _field_names(_type_at(model, location[:-1]))
        return f"`{key}` is not known{_did_you_mean(location[-1], names)}; allowed: {', '.join(names)}"
    if kind == "missing":
        key, found = f"{key}.{location[-1]}", "is missing"
    elif kind.startswith("union_tag"):
        discriminator = context["discriminator"].strip("'")
        allowed = Union[tuple(part.model_fields[discriminator].annotation for part in _models(allowed))]  # noqa: UP007 - of a tuple known at run time
        details["input"] = context.get("tag")
        key, found = f"{key}.{discriminator}", f"is {_found(context['tag'])}" if "tag" in context else "is missing"
    elif kind in ("value_error", "assertion_error", "invalid_key"):
        return f"`{key}`: {context.get('error', details['msg'])}"
    hint = _did_you_mean(details["input"], [str(choice) for choice in _choices(allowed)])
    return f"`{key}` {found}{hint}; allowed: {_in_words(allowed)}"


def _key(name: str, section: Any, location: Iterable[int | str]) -> str:
    """Joins the steps of a location that are keys of the user's; pydantic adds its own, such as a union's branch."""
    keys, value = [name], section
    for step in location:
        is_index = isinstance(value, list | tuple) and isinstance(step, int)
        if is_index or (isinstance(value, Mapping) and step in value):
            keys.append(str(step))
            value = value[step]
    return ".".join(keys)


def _found(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a section"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    text = repr(value)
    shortened = text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."
    return f"the text {shortened}" if isinstance(value, str) else shortened


def _did_you_mean(found: Any, intended: Mapping[str, str] | Sequence[str]) -> str:
    nearest = difflib.get_close_matches(str(found), intended, n=1) if found is not None else []
    if not nearest:
        return ""
    name = intended[nearest[0]] if isinstance(intended, Mapping) else nearest[0]
    return f", did you mean `{name}`?"


def _type_at(annotation: Any, location: Sequence[int | str]) -> Any:
    """Follows a location of pydantic's to the field or type that stands there."""
    if not location:
        return annotation
    step, rest = location[0], location[1:]
    models = _models(annotation)
    if len(models) > 1:
        branches = [model for model in models if step in _choices(Union[tuple(model.model_fields.values())])]
        if branches:
            return _type_at(branches[0], rest)
    for model in models:
        if step in model.model_fields:
            return _type_at(model.model_fields[str(step)], rest)
    elements = [get_args(part)[-1] for part, _ in _alternatives(annotation) if get_origin(part) in (list, tuple, dict)]
    return _type_at(elements[0] if elements else annotation, rest)


def _alternatives(annotation: Any, constraints: Sequence[Any] = ()) -> Iterator[tuple[Any, Sequence[Any]]]:
    """Unfolds a field or type into its simple types, each with its constraints."""
    if isinstance(annotation, FieldInfo):
        yield from _alternatives(annotation.annotation, annotation.metadata)
    elif get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        yield from _alternatives(inner, [each for note in notes for each in getattr(note, "metadata", [note])])
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _alternatives(part, constraints)
    else:
        yield annotation, constraints


def _models(annotation: Any) -> list[type[BaseModel]]:
    return [part for part, _ in _alternatives(annotation) if isinstance(part, type) and issubclass(part, BaseModel)]


def _field_names(annotation: Any) -> list[str]:
    return list(dict.fromkeys(name for model in _models(annotation) for name in model.model_fields))


def _choices(annotation: Any) -> list[Any]:
    literals = (part for part, _ in _alternatives(annotation) if get_origin(part) is Literal)
    return [choice for literal in literals for choice in get_args(literal)]


def _in_words(annotation: Any) -> str:
    choices = [str(choice) for choice in _choices(annotation)]
    names = _field_names(annotation)
    others = [
        " ".join([_NOUNS.get(part, "a list"), *_constraints_in_words(constraints)])
        for part, constraints in _alternatives(annotation)
        if get_origin(part) is not Literal and not _models(part)
    ]
    words = [
        *([", ".join(choices) if len(choices) == 1 else f"one of {', '.join(choices)}"] if choices else []),
        *([f"a section with the keys {', '.join(names)}"] if names else []),
        *others,
    ]
    return ", or ".join(words)


def _constraints_in_words(constraints: Sequence[Any]) -> list[str]:
    words = [
        template.format(getattr(constraint, name))
        for constraint in constraints
        for name, template in _CONSTRAINTS.items()
        if hasattr(constraint, name)
    ]
    return [" and ".join(words)] if words else []
