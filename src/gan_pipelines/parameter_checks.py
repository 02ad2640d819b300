"""Validation of all parameters before a run; one error lists every problem."""

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

_MAXIMUM_VALUE_LENGTH = 60
_TYPE_NAMES: dict[object, str] = {
    NoneType: "null",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    dict: "a section",
}
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
        parameters: All loaded parameters, with overrides; keys that start with ``_`` are YAML templates and ignored.
        models: Parameter model of each top-level key. A missing or empty section counts as ``{}``.
        requested: Names of the models in the pipeline.

    Raises:
        UserError: If a parameter is invalid; lists each problem with its full key, the value found, what is allowed
            and where to change it.
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
    title = "1 invalid parameter:" if len(lines) == 1 else f"{len(lines)} invalid parameters:"
    place = (
        f"Change this in {', '.join(files)}, in your environment's file of that name, or with --params=<key>=<value>."
    )
    return "\n".join([title, *(f"  - {line}" for line in lines), place])


def _unknown_model(key: object, models: Mapping[str, type[ParameterModel]], requested: Collection[str]) -> str:
    """Returns the problem of an unknown top-level key, which may be a section without its model's name."""
    intended = {name: name for name in models}
    for name in models:
        if name in requested:
            intended |= {section: f"{name}.{section}" for section in models[name].model_fields}
    return f"`{key}` is not known{_did_you_mean(key, intended)}; allowed: {', '.join(models)}"


def _section_problems(name: str, section: object, model: type[ParameterModel]) -> list[str]:
    try:
        model.model_validate(section)
    except ValidationError as error:
        # Each branch of a union reports its own errors, which may result in equal lines.
        return list(dict.fromkeys(_problem_line(name, section, model, details) for details in error.errors()))
    return []


def _problem_line(name: str, section: object, model: type[ParameterModel], details: ErrorDetails) -> str:
    """Returns the line for an error of pydantic."""
    kind, location, found = details["type"], details["loc"], details["input"]
    key, allowed = _key(name, section, location), _type_at(model, location)
    if kind == "extra_forbidden":
        names = _field_names(_type_at(model, location[:-1]))
        return f"`{key}` is not known{_did_you_mean(location[-1], names)}; allowed: {', '.join(names)}"
    if kind == "missing":
        return f"`{key}.{location[-1]}` is missing; allowed: {_allowed_values(allowed)}"
    if kind.startswith("union_tag"):
        return _discriminator_problem(key, _models(allowed), details["ctx"])
    if kind in ("value_error", "assertion_error", "invalid_key"):
        return f"`{key}`: {details.get('ctx', {}).get('error', details['msg'])}"
    hint = _did_you_mean(found, _choices(allowed)) if isinstance(found, str) else ""
    return f"`{key}` is {_found(found)}{hint}; allowed: {_allowed_values(allowed)}"


def _discriminator_problem(key: str, branches: Iterable[type[BaseModel]], context: Mapping[str, Any]) -> str:
    """Returns the line for a missing or invalid discriminator of a union of sections."""
    discriminator = context["discriminator"].strip("'")
    choices = [choice for branch in branches for choice in _choices(branch.model_fields[discriminator])]
    found = f"is {_found(context['tag'])}{_did_you_mean(context['tag'], choices)}" if "tag" in context else "is missing"
    return f"`{key}.{discriminator}` {found}; allowed: {_one_of(choices)}"


def _key(name: str, section: object, location: Iterable[Any]) -> str:
    """Returns the dotted key of a location, without the steps that pydantic adds, such as the branch of a union."""
    keys = [name]
    value: Any = section
    for step in location:
        if (isinstance(value, Mapping) and step in value) or (isinstance(value, list) and isinstance(step, int)):
            keys.append(str(step))
            value = value[step]
    return ".".join(keys)


def _found(value: object) -> str:
    if isinstance(value, Mapping):
        return "a section"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    text = repr(value)
    shortened = text if len(text) <= _MAXIMUM_VALUE_LENGTH else f"{text[: _MAXIMUM_VALUE_LENGTH - 3]}..."
    return f"the text {shortened}" if isinstance(value, str) else shortened


def _did_you_mean(found: object, intended: Mapping[str, str] | Iterable[object]) -> str:
    nearest = difflib.get_close_matches(str(found), map(str, intended), n=1)
    if not nearest:
        return ""
    name = intended[nearest[0]] if isinstance(intended, Mapping) else nearest[0]
    return f", did you mean `{name}`?"


def _type_at(annotation: object, location: Sequence[int | str]) -> object:
    """Returns the field or type at a location of pydantic."""
    if not location:
        return annotation
    step, rest = location[0], location[1:]
    models = _models(annotation)
    if len(models) > 1:
        for model in models:
            if any(step in _choices(field) for field in model.model_fields.values()):
                return _type_at(model, rest)
    for model in models:
        if step in model.model_fields:
            return _type_at(model.model_fields[str(step)], rest)
    elements = [get_args(part)[-1] for part, _ in _alternatives(annotation) if get_origin(part) in (list, tuple, dict)]
    return _type_at(elements[0] if elements else annotation, rest)


def _alternatives(annotation: object, constraints: Sequence[object] = ()) -> Iterator[tuple[object, Sequence[object]]]:
    """Yields the members of a field or union type, each with its constraints."""
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


def _models(annotation: object) -> list[type[BaseModel]]:
    return [part for part, _ in _alternatives(annotation) if isinstance(part, type) and issubclass(part, BaseModel)]


def _field_names(annotation: object) -> list[str]:
    return list(dict.fromkeys(name for model in _models(annotation) for name in model.model_fields))


def _choices(annotation: object) -> list[object]:
    literals = (part for part, _ in _alternatives(annotation) if get_origin(part) is Literal)
    return [choice for literal in literals for choice in get_args(literal)]


def _allowed_values(annotation: object) -> str:
    """Returns the allowed values of a field or type: ``a whole number of at least 1, or null``."""
    choices, names = _choices(annotation), _field_names(annotation)
    others = [
        " ".join([_TYPE_NAMES.get(get_origin(part) or part, "a list"), *_describe_constraints(constraints)])
        for part, constraints in _alternatives(annotation)
        if get_origin(part) is not Literal and not _models(part)
    ]
    sections = [f"a section with keys of {', '.join(names)}"] if names else []
    return ", or ".join([*([_one_of(choices)] if choices else []), *sections, *others])


def _one_of(choices: Sequence[object]) -> str:
    return f"{'one of ' if len(choices) > 1 else ''}{', '.join(map(str, choices))}"


def _describe_constraints(constraints: Sequence[object]) -> list[str]:
    words = [
        template.format(getattr(constraint, name))
        for constraint in constraints
        for name, template in _CONSTRAINTS.items()
        if hasattr(constraint, name)
    ]
    return [" and ".join(words)] if words else []
