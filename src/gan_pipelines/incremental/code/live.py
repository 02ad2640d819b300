"""Description of live objects: bound arguments, closures and instance state, which source code does not show."""

import functools
import hashlib
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from gan_pipelines.incremental.code.finding import Origin, Resolver, installed_top
from gan_pipelines.incremental.code.modules import Module
from gan_pipelines.incremental.code.reaching import Reach
from gan_pipelines.incremental.code.statements import literal, text_digest
from gan_pipelines.incremental.errors import UnfingerprintableError
from gan_pipelines.incremental.values import Canonical, as_text

_MAX_DEPTH = 50
_REDUCE_PROTOCOL = 4
"""Pickle protocol for `__reduce_ex__`; the latest without out-of-band buffers."""
_LOCAL = "<"
"""Part of ``<locals>`` and ``<lambda>`` in qualified names of local functions."""


class Description:
    """Describes live objects, with paths relative to the project, and adds their code to `reach`."""

    def __init__(self, resolver: Resolver, reach: Reach, project: Path) -> None:
        self._resolver = resolver
        self._reach = reach
        self._project = project
        self._in_progress: dict[int, int] = {}  # depth by object id
        self._described: dict[int, tuple[Canonical, object]] = {}  # holds the objects so that their ids stay unique

    def of(self, function: object) -> tuple[dict[str, str], str | None]:
        """Returns canonical texts of a callable's parts by label, and None or the reason why it cannot be described."""
        values: dict[str, str] = {}
        for name, value in self._parts(function):
            try:
                values[name] = as_text(self._describe(value, 0))
            except UnfingerprintableError as error:
                return values, f"{name} is {error}"
        return values, None

    def _parts(self, function: object) -> Iterator[tuple[str, object]]:
        """Yields the parts of a callable with their labels."""
        if isinstance(function, functools.partial):
            yield from self._parts(function.func)
            for name, argument in (*enumerate(function.args), *function.keywords.items()):
                yield f"argument {name} of the partial", argument
        elif isinstance(function, types.MethodType):
            yield from self._parts(function.__func__)
            yield "the instance", function.__self__
        else:
            yield "the function", function

    def _describe(self, value: object, depth: int) -> Canonical:
        if value is None or type(value) in {bool, float, str}:
            return value
        if type(value) is int:
            return ["int", literal(value)]
        if isinstance(value, bytes):
            return ["bytes", hashlib.sha256(value).hexdigest()]
        if isinstance(value, PurePath):
            is_own = value.is_relative_to(self._project)
            return ["path", is_own, (value.relative_to(self._project) if is_own else value).as_posix()]
        if depth > _MAX_DEPTH:
            raise UnfingerprintableError(f"more than {_MAX_DEPTH} objects deep")
        if id(value) in self._in_progress:
            return ["within itself", depth - self._in_progress[id(value)]]
        if id(value) not in self._described:
            self._in_progress[id(value)] = depth
            described = self._describe_new(value, depth + 1)
            del self._in_progress[id(value)]
            self._described[id(value)] = ["digest", text_digest(as_text(described))], value
        return self._described[id(value)][0]

    def _describe_new(self, value: object, depth: int) -> Canonical:
        if type(value) in {list, tuple, dict, set, frozenset}:
            return self._collection(value, depth)
        if isinstance(value, types.ModuleType):
            return self._module(value)
        name = _defined_as(value)
        if name is not None and self._add_by_name(*name):
            return ["defined", ":".join(name)]
        if isinstance(value, types.FunctionType):
            return self._function(value, depth)
        return self._class(value, depth) if isinstance(value, type) else self._instance(value, depth)

    def _collection(self, value: Any, depth: int) -> Canonical:  # noqa: ANN401  any of Python's own collections
        parts = value.items() if isinstance(value, dict) else ([entry] for entry in value)
        entries = [[self._describe(each, depth) for each in part] for part in parts]
        is_ordered = not isinstance(value, set | frozenset)
        return [type(value).__name__, *(entries if is_ordered else sorted(entries, key=as_text))]

    def _module(self, module: types.ModuleType) -> Canonical:
        if self._resolver.module(module.__name__) is not None:
            self._reach.add_module(module.__name__, "a live object holds it")
        elif not self._add_external(module.__name__):
            raise UnfingerprintableError(f"the module {module.__name__}, whose source is unknown")
        return ["module", module.__name__]

    def _add_by_name(self, module_name: str, qualified: str) -> bool:
        """Adds a module-level definition; returns whether it describes the object completely."""
        if self._resolver.finder.origin(module_name) is not Origin.PROJECT:
            return self._add_external(module_name)
        name = (module_name, qualified.partition(".")[0])
        self._reach.add_name(name)
        return bool(self._resolver.units(name))

    def _function(self, function: types.FunctionType, depth: int) -> Canonical:
        """Describes a function without a module-level name by its code and closure."""
        code = function.__code__
        described: list[Canonical] = ["function", code.co_qualname]
        module = self._module_of(code, function.__module__)
        if module is not None:
            self._add_definition(module, code.co_qualname, code.co_firstlineno)
            described += [module.name, _instructions(code)]
        empty = types.CellType()  # variable that is not bound yet
        held = ["empty" if cell == empty else cell.cell_contents for cell in function.__closure__ or ()]
        if _LOCAL in code.co_qualname:
            held += [function.__defaults__, function.__kwdefaults__]
        held.append(getattr(function, "__wrapped__", None))
        return [*described, list(code.co_freevars), self._describe(held, depth)]

    def _module_of(self, code: types.CodeType, module_name: str) -> Module | None:
        """Returns the function's module in the project; None for one of another package, which is added.

        Raises:
            UnfingerprintableError: If no file has its source.
        """
        file = Path(os.path.realpath(code.co_filename))
        if not file.is_file():
            module = self._resolver.module(module_name)
            if module is None and not self._add_external(module_name):
                raise UnfingerprintableError(f"the function {code.co_qualname}, whose source is in no file")
            return module
        name = self._resolver.finder.name_of(file)
        if name is None:
            self._add_external(installed_top(file) or "sys")
            return None
        if self._resolver.finder.find(name) != file:
            raise UnfingerprintableError(f"the function {code.co_qualname} of {file}, which is not the file of {name}")
        return self._resolver.module(name)

    def _add_definition(self, module: Module, qualified: str, line: int = 0) -> None:
        """Adds the top-level statement that defines a function or class."""
        top = qualified.partition(".")[0]
        if top in module.bound:
            self._reach.add_name((module.name, top))
        elif units := [unit for unit in module.units if unit.first_line <= line <= unit.last_line]:
            self._reach.add_unit(units[0])
        else:
            self._reach.add_module(module.name, f"{qualified} is defined there")

    def _class(self, kind: type, depth: int) -> Canonical:
        """Describes a class without a module-level name, such as a local one."""
        module = self._resolver.module(kind.__module__)
        members: list[object] = []
        if module is not None:
            self._add_definition(module, kind.__qualname__)
            members = [getattr(member, "__func__", member) for member in vars(kind).values()]
        elif not self._add_external(kind.__module__):
            raise UnfingerprintableError(f"the class {kind.__qualname__}, whose source is unknown")
        functions = [member for member in members if isinstance(member, types.FunctionType)]
        return ["class", kind.__module__, kind.__qualname__, self._describe([kind.__bases__, functions], depth)]

    def _instance(self, value: object, depth: int) -> Canonical:
        kind = type(value)
        try:
            reduced = value.__reduce_ex__(_REDUCE_PROTOCOL)
        except Exception as error:
            raise UnfingerprintableError(f"a {kind.__module__}.{kind.__qualname__}, whose state is unknown") from error
        wrapped = getattr(value, "__wrapped__", None)
        held: list[Any] = [kind, wrapped if isinstance(wrapped, types.FunctionType) else None]
        held += [reduced] if isinstance(reduced, str) else reduced
        return [
            "instance",
            *(self._describe(list(part) if hasattr(part, "__next__") else part, depth) for part in held),
        ]

    def _add_external(self, module_name: str) -> bool:
        """Adds the package of a module and those that the module imports; returns whether the module is installed."""
        origin = self._resolver.finder.origin
        if origin(module_name) is not Origin.PACKAGE or module_name == "__main__":
            return origin(module_name) is Origin.PYTHON
        top = module_name.partition(".")[0]
        files = (getattr(sys.modules.get(name), "__file__", None) for name in (module_name, top))
        file = next(filter(None, files), None)
        if file is None or installed_top(Path(file)) is None:
            return False
        self._reach.packages |= {name for name in {top, *_used_in(module_name)} if origin(name) is Origin.PACKAGE}
        return True


def _defined_as(value: object) -> tuple[str, str] | None:
    """Returns the module and qualified name of an object; None if they do not lead to it."""
    module_name, qualified = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module_name, str) or not isinstance(qualified, str) or module_name == "__main__":
        return None
    found: object = sys.modules.get(module_name)
    for name in qualified.split("."):
        found = vars(found).get(name) if hasattr(found, "__dict__") else None
    return (module_name, qualified) if found is value else None


def _instructions(code: types.CodeType) -> Canonical:
    """Describes a function's bytecode without line numbers; one statement may contain several functions."""
    constants = [_instructions(each) if isinstance(each, types.CodeType) else literal(each) for each in code.co_consts]
    return ["code", code.co_code.hex(), list(code.co_names), list(code.co_varnames), constants]


def _used_in(module_name: str) -> set[str]:
    """Returns the top-level modules of the objects in a loaded module."""
    values = vars(sys.modules[module_name]).values() if module_name in sys.modules else ()
    names = (
        value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", "") for value in values
    )
    return {name.partition(".")[0] for name in names if isinstance(name, str)}
