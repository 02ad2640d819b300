"""What can be changed in place: which names stand for values that others may alter."""

import ast
from collections.abc import Sequence

from gan_pipelines.incremental.code.chains import last_name
from gan_pipelines.incremental.code.finding import Origin
from gan_pipelines.incremental.code.modules import Unit
from gan_pipelines.incremental.code.occurrences import is_harmless_method
from gan_pipelines.incremental.code.resolving import Name, Resolution, Resolver

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITION = FUNCTION | ast.ClassDef
_ASSIGNMENT = ast.Assign | ast.AnnAssign

_IMMUTABLE_RESULTS = {
    *("ParamSpec", "TypeVar", "TypeVarTuple", "NewType", "getLogger", "namedtuple", "compile", "frozenset", "tuple"),
    *("int", "float", "str", "bool", "bytes", "object", "len", "Path", "PurePath"),
}
_TYPE_MAKERS = {"Annotated", "Callable", "ClassVar", "Final", "Literal", "NDArray", "Optional", "TypeAlias", "Union"}
_TYPES = {"dict", "list", "tuple", "set", "frozenset", "type", "Iterable", "Iterator", "Mapping", "Sequence"}
_PYTHONS_OWN = {"Counter", "OrderedDict", "defaultdict", "deque", "dict", "frozenset", "list", "set", "sorted", "tuple"}
_LITERAL = ast.Constant | ast.JoinedStr | ast.Dict | ast.List | ast.Set | ast.Tuple | ast.DictComp | ast.ListComp


class State:
    """Tells what can be changed in place.

    Args:
        resolver: The project.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def units(self, name: Name) -> Sequence[Unit]:
        """Returns the statements that bind a name."""
        module = self._resolver.module(name[0])
        return module.units_of(name[1]) if module else ()

    def is_definition(self, name: Name) -> bool:
        """Whether a name stands for a function or class."""
        return any(isinstance(unit.node, _DEFINITION) for unit in self.units(name))

    def is_mutable(self, name: Name) -> bool:
        """Whether the value of a name can be changed in place by whoever is handed it."""
        return any(self._binds_mutable(unit) for unit in self.units(name))

    def holds_state(self, name: Name) -> bool:
        """Whether others can change what a name gives: a value, a cached result, or what instances share."""
        return self.is_mutable(name) or any(self._remembers(unit) for unit in self.units(name))

    def shared_by_instances(self, unit: Unit) -> set[Name]:
        """Returns the class that a statement defines, if its instances share a value that can be changed."""
        return (
            {(unit.module, unit.node.name)} if isinstance(unit.node, ast.ClassDef) and self._remembers(unit) else set()
        )

    def is_changed_by_call(self, name: Name, rest: tuple[str, ...]) -> bool:
        """Whether to call what a name stands for, or a method of it, may change its value."""
        if not rest:
            return self.is_mutable(name) and not self._is_made_elsewhere(name)
        if is_harmless_method(rest[-1]) and (self._is_pythons_own(name) or self.is_definition(name)):
            return False
        return not self._has_method(name, rest[-1]) and (self.is_mutable(name) or self.is_definition(name))

    def _has_method(self, name: Name, method: str) -> bool:
        """Whether a name is a class that inherits from the project only, or has the method itself: its code counts."""
        nodes = [unit.node for unit in self.units(name)]
        return bool(nodes) and all(
            isinstance(node, ast.ClassDef)
            and (not node.bases or any(isinstance(each, FUNCTION) and each.name == method for each in node.body))
            for node in nodes
        )

    def _remembers(self, unit: Unit) -> bool:
        """Whether a function may give the same value twice, or a class has a value that its instances share."""
        node = unit.node
        if isinstance(node, FUNCTION):
            defaults = [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]
            return bool(node.decorator_list) or not all(self._is_immutable(unit.module, each) for each in defaults)
        body = node.body if isinstance(node, ast.ClassDef) else []
        values = [each.value for each in body if isinstance(each, _ASSIGNMENT) and each.value is not None]
        return any(
            not self._is_setting(unit.module, each) and not self._is_immutable(unit.module, each) for each in values
        )

    def _is_setting(self, module: str, value: ast.expr) -> bool:
        """Whether a class gets a value from a package, for each instance, or as plain data: nobody changes these."""
        if not isinstance(value, ast.Call):
            return False
        externals = self._externals(module, value.func)
        if externals:
            is_of_packages = all(self._resolver.finder.origin(name) is Origin.PACKAGE for name in externals)
            return externals == ["dataclasses.field"] or is_of_packages
        found = self._found(module, value.func)
        units = [unit for name, rest in found.names for unit in self.units(name) if not rest] if found else []
        return bool(units) and all(_is_plain_data(unit.node) for unit in units)

    def _is_made_elsewhere(self, name: Name) -> bool:
        """Whether a package made a value: what it makes for calls, such as partial functions, calls do not change."""
        return all(
            isinstance(unit.node, _ASSIGNMENT)
            and isinstance(unit.node.value, ast.Call)
            and last_name(unit.node.value.func) != "cast"
            and bool(self._externals(unit.module, unit.node.value.func))
            for unit in self.units(name)
        )

    def _externals(self, module: str, function: ast.expr) -> list[str]:
        """Returns what a function is called outside the project; nothing if it may be of the project."""
        found = self._found(module, function)
        return found.externals if found and not found.names and not found.modules else []

    def _found(self, module: str, function: ast.expr) -> Resolution | None:
        attributes: list[str] = []
        while isinstance(function, ast.Attribute):
            attributes.insert(0, function.attr)
            function = function.value
        if not isinstance(function, ast.Name):
            return None
        return self._resolver.resolve(self._resolver.loaded[module], (function.id, tuple(attributes)))

    def _is_pythons_own(self, name: Name) -> bool:
        """Whether a value is of one of Python's own types, so that the names of its methods tell what they do."""
        return all(
            isinstance(unit.node, _ASSIGNMENT)
            and (
                isinstance(unit.node.value, _LITERAL)
                or (isinstance(unit.node.value, ast.Call) and last_name(unit.node.value.func) in _PYTHONS_OWN)
            )
            for unit in self.units(name)
        )

    def _binds_mutable(self, unit: Unit) -> bool:
        node = unit.node
        if isinstance(node, _DEFINITION):
            return False
        if isinstance(node, _ASSIGNMENT):
            return node.value is not None and not self._is_immutable(unit.module, node.value)
        return True

    def _is_immutable(self, module: str, value: ast.expr) -> bool:
        if isinstance(value, ast.Constant | ast.Lambda | ast.JoinedStr | ast.Compare):
            return True
        if isinstance(value, ast.Call):
            is_cast = last_name(value.func) == "cast" and len(value.args) > 1
            is_immutable = last_name(value.func) in _IMMUTABLE_RESULTS
            return self._is_immutable(module, value.args[1]) if is_cast else is_immutable
        if isinstance(value, ast.Subscript):
            return last_name(value.value) in _TYPE_MAKERS | _TYPES
        if isinstance(value, ast.Name):
            return bool(self.units((module, value.id))) and not self._is_mutable_alias(module, value.id)
        is_compound = isinstance(value, ast.BinOp | ast.UnaryOp | ast.Tuple | ast.BoolOp | ast.IfExp)
        operands = [child for child in ast.iter_child_nodes(value) if isinstance(child, ast.expr)]
        return is_compound and all(self._is_immutable(module, operand) for operand in operands)

    def _is_mutable_alias(self, module: str, name: str) -> bool:
        """Whether a name is bound to another than a plain definition or constant; one step is enough to tell."""
        nodes = [unit.node for unit in self.units((module, name))]
        return not all(
            isinstance(node, _DEFINITION) or (isinstance(node, _ASSIGNMENT) and isinstance(node.value, ast.Constant))
            for node in nodes
        )


def _is_plain_data(node: ast.stmt) -> bool:
    """Whether a statement is a class without methods of its own."""
    return isinstance(node, ast.ClassDef) and not any(isinstance(each, FUNCTION) for each in node.body)
