"""Dependencies of nodes that are known before they run."""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from kedro.framework import project as kedro_project
from kedro.io import AbstractDataset, CatalogProtocol
from kedro.io.core import is_parameter
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from gan_pipelines.incremental.code import Codebase, CodeFingerprint
from gan_pipelines.incremental.digests import MISSING, Digests
from gan_pipelines.incremental.errors import UnfingerprintableError
from gan_pipelines.incremental.files import read_json, write_json
from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.packages import Installed, is_missing
from gan_pipelines.incremental.parts import Part, Parts, named
from gan_pipelines.incremental.project import Project
from gan_pipelines.incremental.storage import Declared, Entry, Files, Memory, Opaque, Scratch, describe
from gan_pipelines.incremental.values import canonical, digest, texts_in

NEVER = "cache-never"
"""Tag of nodes that always run."""
PURE = "cache-pure"
"""Tag of nodes that depend on inputs, parameters and code only, so that equal ones share their results."""
_DATA_HOOKS = {"before_node_run", "after_node_run", "after_dataset_loaded", "before_dataset_saved"}

HookManager = Any
"""Pluggy's, or Kedro's null manager."""
_PATH = re.compile(r"[^\n\0]{1,1024}")


class Dependencies:
    """Dependencies of a pipeline's nodes; code is read once, by the constructor.

    Attributes:
        own: Parts of each node except its inputs, or the reason why it always runs.
        code: Fingerprint of each node's function, datasets and hooks.
    """

    def __init__(
        self,
        project: Project,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: HookManager,
        loaded: LoadedCode,
    ) -> None:
        self.project, self.pipeline, self.catalog = project, pipeline, catalog
        self.digests = Digests(project)
        self.installed = Installed()
        self._code_file = project.state / "code.json"
        kept = read_json(self._code_file)
        self._kept = kept if isinstance(kept, dict) else {}
        self.codebase = Codebase(
            project.folder, project.source_roots, project.packages, self._kept, self.digests.sha256
        )
        self._loaded = loaded
        self._edited = loaded.edited()
        self._modules = loaded.note_loaded()
        self._entries: dict[str, Entry] = {}
        self._free_inputs = pipeline.inputs()
        self._consumed = {stripped(name) for name in pipeline.all_inputs()}
        context = list(self._code_of_context((*_plugins_with_data_hooks(hook_manager), type(catalog))))
        self.code = {node.name: self._code_of(node, context) for node in pipeline.nodes}
        self.own = {node.name: self._static_parts(node) for node in pipeline.nodes}

    def save(self) -> None:
        """Writes the caches of digests and parsed code.

        Raises:
            OSError: If they cannot be written.
        """
        self.digests.save()
        if keys := self.codebase.files_read():
            write_json(self._code_file, {key: self._kept[key] for key in keys if key in self._kept})

    def entry(self, name: str) -> Entry:
        """Returns a catalog entry by dataset name."""
        if name not in self._entries:
            self._entries[name] = describe(name, self.catalog, self.project.folder)
        return self._entries[name]

    def place(self, name: str) -> Path | None:
        """Returns the configured path of an entry; None if it has none on a local disk."""
        storage = self.entry(name).storage
        return storage.base if isinstance(storage, Files | Scratch) else None

    def happened(self, found: Mapping[str, Iterable[str]]) -> Parts:
        """Returns the current state of dependencies that were observed while a node ran.

        Args:
            found: Observed dependencies by section: `names` of the project's code that ran or was unpickled but is not
                in `code`, as "module:name"; `packages`; `absent` packages that code tried to import; `folders` of
                `Project.user_folders`; and `files`, listed folders with a trailing slash.
        """
        names, folders = sorted(found["names"]), self.project.user_folders()
        code = self.codebase.of_names([(module, name) for module, _, name in (each.partition(":") for each in names)])
        return {
            "names": {name: [name] for name in names},
            "other_code": symbols_of(code) if names else {},
            "packages": named({name: self.installed.now(name) for name in found["packages"]}),
            "absent": named({name: None if is_missing(name) else "installed" for name in found["absent"]}),
            "folders": named({name: folders[name] for name in found["folders"]}),
            "files": {name: [name.rstrip("/"), self._digest_of(name)] for name in found["files"]},
        }

    def content(self, name: str) -> str:
        """Returns the digest of an entry's current content."""
        storage = self.entry(name).storage
        if isinstance(storage, Declared):
            return digest(["declared", storage.content])
        if isinstance(storage, Scratch):
            return "scratch"
        if isinstance(storage, Memory):
            return digest(["value", canonical(self.catalog.load(name))])
        assert isinstance(storage, Files)  # noqa: S101  nodes with opaque entries always run
        return self.content_at(storage, storage.loaded())

    def content_at(self, storage: Files, path: Path | None) -> str:
        """Returns the content digest of a file or folder."""
        listing = storage.listing(path)
        if "" in listing:
            return self.digests.content(listing[""])
        if not listing:
            return MISSING
        return digest([[suffix, self.digests.content(file)] for suffix, file in listing.items()])

    def expect_workers(self) -> None:
        """Prepares for nodes that run in worker processes, which import the code later."""
        self._modules.clear()

    def edited_before_loading(self, node: Node) -> str | None:
        """Returns a file of a node's code that was edited after the run began, but possibly before its import."""
        late = {name: path for name, path in self._loaded.edited().items() if name not in self._modules}
        return next((str(late[name]) for name in sorted(late.keys() & modules_of(self.code[node.name]))), None)

    def _digest_of(self, name: str) -> str:
        """Returns the digest of a file, or of the names in a folder if `name` ends with a slash."""
        path = self.project.folder / name
        if not name.endswith("/"):
            return self.digests.sha256(path)
        try:
            return digest(sorted(entry.name for entry in path.iterdir() if not entry.name.startswith(".tmp-")))
        except OSError:
            return MISSING

    def _reasons_to_always_run(self, node: Node) -> Iterator[str]:
        """Yields reasons why a node cannot be skipped."""
        code = self.code[node.name]
        if code.unknown:
            yield f"its code cannot be compared: {code.unknown}"
        edited = [self._edited[name] for name in sorted(self._edited.keys() & modules_of(code))]
        yield from (
            f"{file} was edited after it was imported; start a new process, or reload in IPython" for file in edited
        )
        if NEVER in node.tags:
            yield f"it has the tag {NEVER}"
        if node.confirms:
            yield "it confirms its inputs, so each run processes other data"
        if not node.outputs:
            yield "it has no outputs, so it runs for its side effects"
        for name in (*node.inputs, *node.outputs):
            storage = self.entry(name).storage
            if isinstance(storage, Opaque):
                yield f"the content of {name} is unknown: {storage.reason}"
            elif name in node.outputs and isinstance(storage, Memory) and stripped(name) not in self._consumed:
                yield f"its output {name} is in memory only and returned to the caller"

    def _static_parts(self, node: Node) -> Parts | str:
        for objection in self._reasons_to_always_run(node):
            return objection
        code, is_pure = self.code[node.name], PURE in node.tags
        function = f"{getattr(node.func, '__module__', '')}:{getattr(node.func, '__qualname__', '')}"
        outputs = [] if is_pure else [stripped(name) for name in node.outputs]
        parameters = {name: self.catalog.load(name) for name in node.inputs if is_parameter(name)}
        places = {f"in {place}": name for place, name in slots(node._inputs).items()}
        places |= {f"out {place}": name for place, name in slots(node._outputs).items()}
        stored = {place: name for place, name in places.items() if not self.entry(name).is_memory}
        try:
            for name in self._free_inputs & {*node.inputs} - {*parameters, *stored.values()}:
                self.content(name)
            return {
                "function": {"": [f"the node's function, {function}", function]},
                "code": symbols_of(code),
                "values": named({name: digest(value) for name, value in code.values.items()}),
                "parameters": {
                    place: [name.removeprefix("params:"), canonical(parameters[name])]
                    for place, name in places.items()
                    if name in parameters
                },
                "places": named(self._places([*parameters.values()])),
                "outputs": {"": ["names of its outputs", outputs]},
                "datasets": {
                    place: [name, self._configuration(self.entry(name), is_pure)] for place, name in stored.items()
                },
                "python": named({"version": f"{sys.version_info.major}.{sys.version_info.minor}"}),
                "environment": named(self._environment(code)),
            }
        except UnfingerprintableError as error:
            return f"an input cannot be compared: {error}"

    def _code_of(self, node: Node, context: list[CodeFingerprint]) -> CodeFingerprint:
        stored = [self.entry(name) for name in (*node.inputs, *node.outputs) if not self.entry(name).is_memory]
        kinds = [kind for entry in stored for kind in _classes(entry.dataset)]
        texts = texts_in([self.catalog.load(name) for name in node.inputs if is_parameter(name)])
        named_by_texts = self.codebase.of_texts([text for text in texts if "." in text or ":" in text])
        own = self.codebase.fingerprint(node.func)
        return _merged([own, *context, *map(self.codebase.fingerprint, kinds), named_by_texts])

    def _code_of_context(self, context: Iterable[object]) -> Iterator[CodeFingerprint]:
        """Yields the fingerprints of the project's code that all nodes depend on: hooks and catalog class."""
        has_hooks = False
        for each in context:
            kind = each if isinstance(each, ModuleType | type) else type(each)
            found = self.codebase.fingerprint(kind)
            if found.symbols and self.codebase.is_own(kind):
                has_hooks |= each is not kind
                yield found
        if has_hooks and kedro_project.PACKAGE_NAME:  # constructor arguments of the hooks, not their current state
            yield self.codebase.statement(f"{kedro_project.PACKAGE_NAME}.settings", "HOOKS")

    def _places(self, parameters: list[object]) -> dict[str, list[list[str]]]:
        """Returns the existing paths that strings in parameters name, with the digests of files."""
        found: dict[str, list[list[str]]] = {}
        for text in texts_in(parameters):
            if not _PATH.fullmatch(text) or not ("/" in text or os.sep in text or "." in text or text.startswith("~")):
                continue
            expanded = os.path.expanduser(text)  # noqa: PTH111  may hold no home
            paths = {os.path.abspath(expanded), os.path.normpath(self.project.folder / expanded)}  # noqa: PTH100
            existing = sorted(path for path in paths if os.path.exists(path))  # noqa: PTH110
            if existing:
                found[text] = [[self.project.name(path), self.digests.sha256(Path(path))] for path in existing]
        return found

    def _environment(self, code: CodeFingerprint) -> dict[str, str | None]:
        """Returns the values of environment variables; digests for unlisted ones, which may be secrets."""
        listed = {name for package in code.packages for name in self.project.environment_variables.get(package, ())}
        only_named = code.environment - {*self.project.ignored_environment_variables, *listed}
        values = {name: os.environ.get(name) for name in only_named}
        digests = {name: None if value is None else f"sha256 {digest(value)[:16]}" for name, value in values.items()}
        return digests | {name: os.environ.get(name) for name in listed}

    def _configuration(self, entry: Entry, is_pure: bool) -> list[Any]:
        """Returns an entry's settings with the part of its path that may affect its content.

        This is the suffix for library datasets, and the whole path for project classes and those with companion files,
        which may write it into their files; for pure nodes only the name if the class has ``PLACE = "name"``.
        """
        path, place = Path(entry.location), entry.location
        keeps_records = isinstance(entry.storage, Files) and bool(entry.storage.companions)
        if isinstance(entry.storage, Scratch):
            place = ""
        elif not keeps_records and not self.codebase.is_own(type(entry.dataset)):
            place = "".join(path.suffixes)
        elif is_pure and getattr(entry.dataset, "PLACE", "") == "name":
            place = path.name
        return ["dict", ["filepath", place], *(entry.settings or [])[1:]]


def _classes(dataset: object) -> list[type]:
    """Returns the classes of a dataset and of the datasets that it wraps."""
    inner = [value if isinstance(value, type) else type(value) for value in vars(dataset).values()]
    return [type(dataset), *(kind for kind in inner if issubclass(kind, AbstractDataset))]


def _merged(found: list[CodeFingerprint]) -> CodeFingerprint:
    return CodeFingerprint(
        symbols={identity: symbol for each in found for identity, symbol in each.symbols.items()},
        values={
            f"{name} ({index})" if index else name: value
            for index, each in enumerate(found)
            for name, value in each.values.items()
        },
        packages=frozenset(name for each in found for name in each.packages),
        environment=frozenset(name for each in found for name in each.environment),
        imported=frozenset(name for each in found for name in each.imported),
        coarse=tuple(dict.fromkeys(reason for each in found for reason in each.coarse)),
        unknown=next((each.unknown for each in found if each.unknown), None),
    )


def modules_of(code: CodeFingerprint) -> set[str]:
    """Returns the modules of a fingerprint's statements."""
    return {identity.partition(":")[0] for identity in code.symbols}


def symbols_of(code: CodeFingerprint) -> dict[str, Part]:
    """Returns a fingerprint's statements as parts: label, file, first and last line, digest."""
    return {
        identity: [f"{found.file}: {found.name}", found.file, found.first_line, found.last_line, found.digest]
        for identity, found in code.symbols.items()
    }


def _plugins_with_data_hooks(hook_manager: HookManager) -> list[object]:
    """Returns the plugins with hooks that receive nodes' data and may change it."""
    plugins = sorted(getattr(hook_manager, "get_plugins", set)(), key=lambda each: f"{type(each)}")
    callers = {plugin: hook_manager.get_hookcallers(plugin) or () for plugin in plugins}
    return [plugin for plugin, hooks in callers.items() if _DATA_HOOKS & {hook.name for hook in hooks}]


def slots(names: str | list[str] | dict[str, str] | None) -> dict[str, str]:
    """Returns the datasets of a node's inputs or outputs by slot: index or key."""
    if isinstance(names, dict):
        return dict(names)
    return {str(index): name for index, name in enumerate([names] if isinstance(names, str) else names or [])}


def stripped(name: str) -> str:
    """Returns a dataset's name without the suffix of a transcoded one."""
    return name.partition("@")[0]
