"""Ways to reach code by other means than its name."""

from gan_pipelines.incremental.code.occurrences import Occurrence

_SEARCHES = {
    *("builtins.__import__", "builtins.eval", "builtins.exec", "imp", "importlib.__import__"),
    *("importlib.import_module", "importlib.machinery", "importlib.reload", "importlib.util", "pkgutil"),
    *("pydoc.locate", "runpy", "sys.modules"),
}
_IMPORTING = {
    *("builtins.__import__", "importlib.__import__", "importlib.import_module", "importlib.util.find_spec"),
}
_DOCSTRINGS = {"inspect.getdoc", "builtins.help", "pydoc"}
_SOURCES = {
    *(f"inspect.{name}" for name in ("findsource", "getblock", "getcomments", "getsource", "getsourcelines")),
    "linecache",
}
_OWN_MODULE = {"builtins.globals", "builtins.vars", "builtins.dir"}
_ENVIRONMENT = {"os.environ", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "os.getenv"}


def is_search(external: str, occurrence: Occurrence) -> bool:
    """Whether this can end at any code of the project; to import or find a module by a constant name cannot."""
    if external in _IMPORTING and occurrence.is_called:
        return not occurrence.arguments or occurrence.arguments[0] is None
    if external == "importlib" or external.rpartition(".")[2] == "load_obj":
        return True
    return _is_or_is_in(external, _SEARCHES)


def reads_docstrings(external: str) -> bool:
    """Whether this gives the docstrings of code."""
    return _is_or_is_in(external, _DOCSTRINGS)


def reads_source(external: str) -> bool:
    """Whether this gives the text of code."""
    return _is_or_is_in(external, _SOURCES)


def is_search_in_own_module(external: str, occurrence: Occurrence) -> bool:
    """Whether this can end at any name of the module that it stands in."""
    return external in _OWN_MODULE and not occurrence.arguments


def environment_variable(external: str, occurrence: Occurrence) -> str | None:
    """Returns the environment variable that is read; None if there is none, or its name is not constant."""
    return occurrence.arguments[0] if external in _ENVIRONMENT and occurrence.arguments else None


def _is_or_is_in(external: str, names: set[str]) -> bool:
    parts = external.split(".")
    return any(".".join(parts[:count]) in names for count in (1, 2))
