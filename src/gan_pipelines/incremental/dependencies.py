"""What a node depends on: everything that can change what comes out of it."""

import ast
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from kedro.io import AbstractDataset, CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from gan_pipelines.incremental.code import Codebase, CodeFingerprint
from gan_pipelines.incremental.digests import MISSING, Digests
from gan_pipelines.incremental.errors import UnfingerprintableError
from gan_pipelines.incremental.keys import Parts
from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.names import is_parameter, prefixed, slots, stripped
from gan_pipelines.incremental.packages import Installed
from gan_pipelines.incremental.project_files import (
    data_files,
    environment_variables,
    ignored_environment_variables,
    source_files,
    source_roots,
)
from gan_pipelines.incremental.storage import Declared, Entry, Files, Memory, Opaque, Scratch, describe
from gan_pipelines.incremental.values import canonical, digest

NEVER = "cache-never"
"""The tag of nodes that always run."""

_LOADING_HOOKS = {"before_node_run", "after_node_run", "after_dataset_loaded", "before_dataset_saved"}
"""Hooks that are handed the data, and can change it."""


class Dependencies:
    """Finds what the nodes of a pipeline depend on.

    The code is read once, when this is made: what is edited while a node runs belongs to the next run.

    Args:
        project: The project's folder.
        pipeline: The nodes.
        catalog: Their datasets.
        codebase: The project's code.
        hooks: Plugins whose hooks are called around nodes.
        digests: Of files.
        loaded: What Python has loaded of the code.
    """

    def __init__(
        self,
        project: Path,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        codebase: Codebase,
        hooks: Iterable[object],
        digests: Digests,
        loaded: LoadedCode,
    ) -> None:
        self.project = project
        self._loaded = loaded
        self._edited = loaded.edited()
        self._modules = loaded.note_loaded()
        self._catalog = catalog
        self._codebase = codebase
        self._digests = digests
        around = (*hooks, type(catalog))  # those of other packages only look on
        self._around = [
            codebase.fingerprint(each) for each in around if codebase.fingerprint(_definition(each)).symbols
        ]
        self._data_files = data_files(project)
        self._environment = environment_variables(project)
        self._ignored = frozenset(ignored_environment_variables(project))
        self._installed = Installed()
        self._entries: dict[str, Entry] = {}
        self._types: dict[type, CodeFingerprint] = {}
        self._texts: dict[str, str] = {}
        self._produced = {stripped(name) for name in pipeline.all_outputs()}
        self._consumed = {stripped(name) for name in pipeline.all_inputs()}
        self.coarse: dict[str, tuple[str, ...]] = {}
        self._fixed = {node.name: self._fixed_parts(node) for node in pipeline.nodes}

    def entry(self, name: str) -> Entry:
        """Returns what is known of a catalog entry."""
        if name not in self._entries:
            self._entries[name] = describe(name, self._catalog, self.project)
        return self._entries[name]

    def is_produced(self, name: str) -> bool:
        """Whether a node of the pipeline makes this dataset."""
        return stripped(name) in self._produced

    def why_always(self, node: Node) -> str | None:
        """Returns why a node runs in every run, whatever happens; None if it does not."""
        return next(self._objections(node), None)

    def parts(self, node: Node, contents: Mapping[str, str]) -> Parts:
        """Returns all that a node depends on.

        Args:
            node: One that `why_always` has no objection against.
            contents: Of the inputs that are not read from a disk, by name.
        """
        fixed = self._fixed[node.name]
        assert isinstance(fixed, dict)  # noqa: S101  narrows the type: `why_always` returned None
        inputs = {
            slot: {"name": name, "content": contents[name] if name in contents else self.content(name)}
            for slot, name in slots(node._inputs).items()
            if not is_parameter(name)
        }
        return {**fixed, "inputs": inputs}

    def content(self, name: str) -> str:
        """Returns the digest of what an entry holds now."""
        storage = self.entry(name).storage
        if isinstance(storage, Declared):
            return digest(["declared", storage.content])
        if isinstance(storage, Scratch):
            return "scratch"
        if isinstance(storage, Memory):
            return digest(["value", canonical(self._catalog.load(name))])
        assert isinstance(storage, Files)  # noqa: S101  opaque entries have no content; such nodes always run
        return self.content_at(storage, storage.loaded())

    def content_at(self, storage: Files, path: Path | None) -> str:
        """Returns the digest of what a file or folder holds."""
        listing = storage.listing(path)
        if "" in listing:
            return self._digests.content(listing[""])
        if not listing:
            return MISSING
        return digest([[suffix, self._digests.content(file)] for suffix, file in listing.items()])

    def _objections(self, node: Node) -> Iterator[str]:
        """Yields the reasons why a node can never be skipped."""
        fixed = self._fixed[node.name]
        if isinstance(fixed, str):
            yield fixed
        if NEVER in node.tags:
            yield f"it has the tag {NEVER}"
        if node.confirms:
            yield "it confirms what it processed, so that each run sees something else"
        if not node.outputs:
            yield "it has no outputs, so that only what it does on the way counts"
        storages = {name: self.entry(name).storage for name in (*node.inputs, *node.outputs)}
        for name, storage in storages.items():
            if isinstance(storage, Opaque):
                yield f"the content of {name} is unknown: {storage.reason}"
            elif name in node.outputs and isinstance(storage, Memory) and stripped(name) not in self._consumed:
                yield f"its output {name} exists in memory only, and is handed to the caller"

    def _fixed_parts(self, node: Node) -> Parts | str:
        """Returns what does not change during a run, or why a node can never be skipped."""
        function = self._codebase.fingerprint(node.func)
        datasets = {name: self.entry(name) for name in (*node.inputs, *node.outputs) if not is_parameter(name)}
        reached = self._reached(function, datasets.values())
        pickled = [name for name in node.inputs if "Pickle" in type(self.entry(name).dataset).__name__]
        self.coarse[node.name] = (
            *(f"{name} may hold objects of any class: the whole project counts" for name in pickled),
            *dict.fromkeys(reason for found in reached for reason in found.coarse),
        )
        problem = self._code_problem(reached, self._edited)
        if problem is not None:
            return problem
        try:
            parameters = {
                slot: {"name": name, "value": canonical(self._catalog.load(name))}
                for slot, name in slots(node._inputs).items()
                if is_parameter(name)
            }
            for name, entry in datasets.items():
                if entry.is_memory and not self.is_produced(name):
                    canonical(self._catalog.load(name))
        except UnfingerprintableError as error:
            return f"an input cannot be compared: {error}"
        packages = {name for found in reached for name in found.packages}
        variables = {name for package in packages for name in self._environment.get(package, ())}
        variables |= {name for found in reached for name in found.environment} - self._ignored
        return {
            "function": f"{getattr(node.func, '__module__', '')}:{getattr(node.func, '__qualname__', '')}",
            "code": self._with_data_files(
                {
                    identity: [symbol.file, symbol.name, symbol.first_line, symbol.last_line, symbol.digest]
                    for found in reached
                    for identity, symbol in found.symbols.items()
                }
            )
            | (self._everything() if pickled else {}),
            "values": {
                f"{name} ({index})" if index else name: digest(value)  # the node's own come first
                for index, found in enumerate(reached)
                for name, value in found.values.items()
            },
            "parameters": parameters,
            "datasets": {
                slot: {"name": name, "settings": datasets[name].settings, "location": self._location(datasets[name])}
                for slot, name in {**prefixed("in", node._inputs), **prefixed("out", node._outputs)}.items()
                if name in datasets and not datasets[name].is_memory
            },
            "packages": self._installed.versions(packages),
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "environment": {name: self._variable(name) for name in sorted(variables)},
        }

    def expect_workers(self) -> None:
        """Notes that the nodes run in processes which load the code by themselves, later than this one."""
        self._modules.clear()

    def _reached(self, function: CodeFingerprint, entries: Iterable[Entry]) -> list[CodeFingerprint]:
        """Returns the code of a node, of what stands around every node, and of its datasets that are stored."""
        stored = [entry.dataset for entry in entries if not entry.is_memory]
        return [function, *self._around, *(code for dataset in stored for code in self._class_code(dataset))]

    def edited_before_loading(self, parts: Parts) -> str | None:
        """Returns a file of a node's code that was edited after the run began, but maybe before it was loaded."""
        late = {name: path for name, path in self._loaded.edited().items() if name not in self._modules}
        return next((str(late[name]) for name in _modules(parts["code"]) if name in late), None)

    def _code_problem(self, reached: Iterable[CodeFingerprint], edited: Mapping[str, Path]) -> str | None:
        for found in reached:
            if found.unknown:
                return f"its code cannot be compared: {found.unknown}"
            for name in _modules(found.symbols):
                if name in edited:
                    return f"{edited[name]} was edited after Python had loaded it; start anew, or reload in IPython"
        return None

    def _class_code(self, dataset: object) -> list[CodeFingerprint]:
        """Returns the code of a dataset's class, and of the classes of the datasets that it uses itself."""
        inner = [value if isinstance(value, type) else type(value) for value in vars(dataset).values()]
        kinds = [type(dataset), *(kind for kind in inner if issubclass(kind, AbstractDataset))]
        for kind in kinds:
            if kind not in self._types:
                self._types[kind] = self._codebase.fingerprint(kind)
        return [self._types[kind] for kind in kinds]

    def _with_data_files(self, code: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Adds the files that lie among the code and whose names occur in a file that is reached."""
        texts = {symbol[0]: self._text(symbol[0]) for symbol in code.values()} if self._data_files else {}
        found = {
            f"{file}:": [file, "whole file", 1, 1, self._digests.sha256(self.project / file)]
            for file in self._data_files
            if any(Path(file).name in text for text in texts.values())
        }
        return code | found

    def _everything(self) -> dict[str, list[Any]]:
        """Returns all files of the project's code, without regard to comments and formatting."""
        files = [file for root in source_roots(self.project) for file in source_files(root, ".py")]
        names = {file: file.relative_to(self.project).as_posix() for file in files}
        return {
            f"{name}:": [name, "whole file", 1, 1, digest(ast.dump(ast.parse(self._text(name))))]
            for name in names.values()
        }

    def _text(self, file: str) -> str:
        if file not in self._texts:
            self._texts[file] = (self.project / file).read_text("utf8", "replace")
        return self._texts[file]

    def _variable(self, name: str) -> str | None:
        """Returns a variable's value; a digest of one that only the code names, because it may open doors."""
        value = os.environ.get(name)
        is_listed = any(name in names for names in self._environment.values())
        return value if value is None or is_listed else f"sha256 {digest(value)[:16]}"

    def _location(self, entry: Entry) -> str:
        """Returns what of an entry's place may matter: all for a class of the project's, else the name's endings."""
        if isinstance(entry.storage, Scratch):
            return ""
        return entry.location if self._class_code(entry.dataset)[0].symbols else "".join(Path(entry.location).suffixes)


def loading_hooks(hook_manager: Any) -> list[object]:  # noqa: ANN401  pluggy's, or Kedro's empty one
    """Returns the plugins whose hooks are handed the data of nodes."""
    plugins: set[object] = getattr(hook_manager, "get_plugins", set)()
    found = [
        plugin
        for plugin in plugins
        if _LOADING_HOOKS & {caller.name for caller in hook_manager.get_hookcallers(plugin) or ()}
    ]
    return sorted(found, key=lambda plugin: (type(plugin).__module__, type(plugin).__qualname__))


def _modules(symbols: Iterable[str]) -> list[str]:
    return sorted({identity.partition(":")[0] for identity in symbols})


def _definition(plugin: object) -> object:
    return plugin if isinstance(plugin, ModuleType | type) else type(plugin)
