"""What only a live object tells of the code behind it: bound arguments, closures, the state of an instance."""

import ast
import functools
import hashlib
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from gan_pipelines.incremental.code.finding import Origin, installed_top
from gan_pipelines.incremental.code.modules import Module, Unit
from gan_pipelines.incremental.code.normal_form import literal, text_digest
from gan_pipelines.incremental.code.reaching import Reach
from gan_pipelines.incremental.code.resolving import Resolver
from gan_pipelines.incremental.errors import UnfingerprintableError
from gan_pipelines.incremental.values import Canonical, as_text

_DEEPEST = 50
_LONGEST_BITS = 4096
_LONGEST_BYTES = 64
_LONGEST_TEXT = 500
_REDUCTION = 4
"""The protocol of `copyreg` in which objects tell what they consist of; the latest that keeps data in one piece."""

_NESTED = "<"
"""Stands in the qualified names of what is defined within a function."""


class Description:
    """Describes live objects, and adds the code that they lead to to what is reached.

    Args:
        resolver: The project's modules.
        reach: Is added to.
        project: Paths inside are described relative to it.
    """

    def __init__(self, resolver: Resolver, reach: Reach, project: Path) -> None:
        self._resolver = resolver
        self._reach = reach
        self._project = project
        self._around: dict[int, int] = {}
        self._done: dict[int, tuple[Canonical, object]] = {}  # with the objects, so that no other gets their ids

    def of(self, function: object) -> tuple[dict[str, str], str | None]:
        """Returns texts that are equal for equal objects, by name; and why there can be none, or None."""
        values: dict[str, str] = {}
        for name, value in self._parts(function):
            try:
                values[name] = as_text(self._describe(value, 0))
            except UnfingerprintableError as error:
                return values, f"{name} is {error}"
        return values, None

    def _parts(self, function: object) -> Iterator[tuple[str, object]]:
        """Yields what a callable consists of, with names for people."""
        if isinstance(function, functools.partial):
            yield from self._parts(function.func)
            for position, argument in enumerate(function.args):
                yield f"argument {position} of the partial", argument
            for name, argument in function.keywords.items():
                yield f"argument {name} of the partial", argument
        elif isinstance(function, types.MethodType):
            yield from self._parts(function.__func__)
            yield "the instance", function.__self__
        else:
            yield "the function", function

    def _describe(self, value: object, depth: int) -> Canonical:
        if isinstance(value, int) and value.bit_length() > _LONGEST_BITS:  # Python does not write it in decimal
            return ["int", text_digest(literal(int(value)))]
        if value is None or type(value) in {bool, int, float, str}:
            return value
        if isinstance(value, bytes):
            return ["bytes", value.hex() if len(value) <= _LONGEST_BYTES else hashlib.sha256(value).hexdigest()]
        if isinstance(value, PurePath):
            return ["path", *self._path(value)]
        if depth > _DEEPEST:
            raise UnfingerprintableError(f"more than {_DEEPEST} objects deep")
        if id(value) in self._around:
            return ["around", depth - self._around[id(value)]]
        if id(value) not in self._done:
            self._around[id(value)] = depth
            described = self._describe_new(value, depth + 1)
            del self._around[id(value)]
            text = as_text(described)
            self._done[id(value)] = (described if len(text) <= _LONGEST_TEXT else ["digest", text_digest(text)]), value
        return self._done[id(value)][0]

    def _describe_new(self, value: object, depth: int) -> Canonical:
        if type(value) in {list, tuple, dict, set, frozenset}:
            return self._collection(value, depth)
        if isinstance(value, types.ModuleType):
            return self._module(value)
        name = _defined_as(value)
        if name is not None and self._add_defined(*name):
            return ["defined", ":".join(name)]
        if isinstance(value, types.FunctionType):
            return self._function(value, depth)
        if isinstance(value, type):
            return self._class(value, depth)
        return self._reduced(value, depth)

    def _collection(self, value: Any, depth: int) -> Canonical:  # noqa: ANN401  any of Python's own collections
        parts = (
            ([key, entry] for key, entry in value.items()) if isinstance(value, dict) else ([entry] for entry in value)
        )
        entries = [[self._describe(each, depth) for each in part] for part in parts]
        is_ordered = not isinstance(value, set | frozenset)
        return [type(value).__name__, *(entries if is_ordered else sorted(entries, key=as_text))]

    def _path(self, path: PurePath) -> list[str]:
        if path.is_relative_to(self._project):
            return ["of the project", path.relative_to(self._project).as_posix()]
        return [path.as_posix()]

    def _module(self, module: types.ModuleType) -> Canonical:
        if self._resolver.module(module.__name__) is not None:
            self._reach.add_module(module.__name__, "a live object")
        elif not self._add_external(module.__name__):
            raise UnfingerprintableError(f"the module {module.__name__}, whose source is unknown")
        return ["module", module.__name__]

    def _add_defined(self, module_name: str, qualified: str) -> bool:
        """Adds what a module defines; returns whether the definition tells everything about it."""
        if self._resolver.finder.origin(module_name) is not Origin.PROJECT:
            return self._add_external(module_name)
        module = self._resolver.module(module_name)
        name = qualified.partition(".")[0]
        if module is None or not module.units_of(name):
            return False
        self._reach.add_name((module_name, name))
        return True

    def _function(self, function: types.FunctionType, depth: int) -> Canonical:
        """Describes a function that no name of a module leads to: by the code around it, and what it encloses."""
        code = function.__code__
        described: list[Canonical] = ["function", code.co_qualname]
        module = self._module_of(code, function.__module__)
        if module is not None:
            described += [module.name, *self._place(module, code)]
        enclosed = {
            name: _content(cell) for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True)
        }
        described.append([[name, self._describe(value, depth)] for name, value in enclosed.items()])
        if _NESTED in code.co_qualname:
            described.append(self._describe([function.__defaults__, function.__kwdefaults__], depth))
        wrapped = getattr(function, "__wrapped__", None)
        if wrapped is not None:
            described.append(self._describe(wrapped, depth))
        return described

    def _module_of(self, code: types.CodeType, module_name: str) -> Module | None:
        """Returns the module of the project that a function comes from; None for others, whose packages are added.

        Raises:
            UnfingerprintableError: It comes from no file.
        """
        file = Path(os.path.realpath(code.co_filename))
        if file.is_file():
            name = self._resolver.finder.name_of(file)
            if name is None:
                self._add_external(installed_top(file) or "sys")
                return None
            module = self._resolver.module(name)
            if module is None or module.path != file:
                raise UnfingerprintableError(
                    f"the function {code.co_qualname} of {file}, which {name} does not lead to"
                )
            return module
        module = self._resolver.module(module_name)
        if module is None and not self._add_external(module_name):
            raise UnfingerprintableError(f"the function {code.co_qualname}, whose source is in no file")
        return module

    def _place(self, module: Module, code: types.CodeType) -> Iterator[Canonical]:
        """Adds the statement that defines a function; yields what tells the function from others in it."""
        top = code.co_qualname.partition(".")[0]
        unit = module.unit_at(code.co_firstlineno)
        if module.units_of(top):
            self._reach.add_name((module.name, top))
        elif unit is not None:
            self._reach.add_unit(unit)
        else:
            self._reach.add_module(module.name, f"the definition of {code.co_qualname}")
        units = [unit] if unit is not None else module.units_of(top)
        if sum(_count_functions(each, code.co_name) for each in units) != 1:
            yield _instructions(code)

    def _class(self, kind: type, depth: int) -> Canonical:
        """Describes a class that no name of a module leads to, such as one that a function defines."""
        described: list[Canonical] = ["class", kind.__module__, kind.__qualname__]
        described.append([self._describe(base, depth) for base in kind.__bases__])
        module = self._resolver.module(kind.__module__)
        name = kind.__qualname__.partition(".")[0]
        if module is None and self._add_external(kind.__module__):
            return described
        if module is None:
            raise UnfingerprintableError(f"the class {kind.__qualname__}, whose source is unknown")
        if module.units_of(name):
            self._reach.add_name((module.name, name))
        else:
            self._reach.add_module(module.name, f"the definition of {kind.__qualname__}")
        for member in vars(kind).values():
            function = getattr(member, "__func__", member)
            if isinstance(function, types.FunctionType):
                described.append(self._describe(function, depth))
        return described

    def _reduced(self, value: object, depth: int) -> Canonical:
        """Describes an instance by its class and its state."""
        kind = type(value)
        try:
            reduced = value.__reduce_ex__(_REDUCTION)
        except Exception as error:
            raise UnfingerprintableError(f"a {kind.__module__}.{kind.__qualname__}, whose state is unknown") from error
        described: list[Canonical] = ["instance", self._describe(kind, depth)]
        wrapped = getattr(value, "__wrapped__", None)
        if isinstance(wrapped, types.FunctionType):
            described.append(self._describe(wrapped, depth))
        if isinstance(reduced, str):
            return [*described, reduced]
        for part in reduced:
            is_stream = hasattr(part, "__next__")
            described.append(self._describe(list(part) if is_stream else part, depth))
        return described

    def _add_external(self, module_name: str) -> bool:
        """Adds the package of a module, and those that the module itself imports, which the package may not require.

        Returns:
            Whether the module was installed; if not, its code is no package's.
        """
        finder = self._resolver.finder
        origin = finder.origin(module_name)
        if origin is not Origin.PACKAGE or module_name == "__main__":
            return origin is Origin.PYTHON
        files = [
            getattr(sys.modules.get(name), "__file__", None) for name in (module_name, module_name.partition(".")[0])
        ]
        file = files[0] or files[1]
        if file is None or installed_top(Path(file)) is None:
            return False
        for name in {module_name, *_imports_of_file(file)}:
            if finder.origin(name) is Origin.PACKAGE:
                self._reach.packages.add(name.partition(".")[0])
        return True


def _defined_as(value: object) -> tuple[str, str] | None:
    """Returns the module and name that lead to an object; None if none do."""
    module_name, qualified = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module_name, str) or not isinstance(qualified, str) or module_name == "__main__":
        return None
    found: object = sys.modules.get(module_name)
    for name in qualified.split("."):
        found = vars(found).get(name) if hasattr(found, "__dict__") else None
    return (module_name, qualified) if found is value else None


def _content(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not bound yet
        return "an empty cell"


def _count_functions(unit: Unit, name: str) -> int:
    """Returns how many functions of a name a statement holds; generated ones are held by none."""
    lambdas = [node for node in ast.walk(unit.node) if isinstance(node, ast.Lambda)]
    named = [node for node in ast.walk(unit.node) if getattr(node, "name", None) == name]
    return len(lambdas) if name == "<lambda>" else len(named)


def _instructions(code: types.CodeType) -> Canonical:
    """Describes what a function does, without where it stands."""
    constants = [
        _instructions(each) if isinstance(each, types.CodeType) else _constant(each) for each in code.co_consts
    ]
    return ["code", code.co_code.hex(), list(code.co_names), list(code.co_varnames), constants]


def _constant(value: object) -> str:
    return repr(sorted(map(repr, value))) if isinstance(value, frozenset) else literal(value)


@functools.cache
def _imports_of_file(file: str) -> frozenset[str]:
    """Returns the top-level modules that a file of a package imports; nothing if it is no Python code."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return frozenset(name.partition(".")[0] for name in names)
