"""Ways to reach code by other means than its name."""

from gan_pipelines.incremental.code.occurrences import Occurrence

_SEARCHES = {
    *("builtins.__import__", "builtins.eval", "builtins.exec", "imp", "importlib.__import__"),
    *("importlib.import_module", "importlib.machinery", "importlib.reload", "importlib.util", "pkgutil"),
    *("pydoc.locate", "runpy", "sys.modules"),
}
_IMPORTING = {"builtins.__import__", "importlib.__import__", "importlib.import_module"}
_OWN_MODULE = {"builtins.globals", "builtins.vars", "builtins.dir"}
_ENVIRONMENT = {"os.environ", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "os.getenv"}


def is_search(external: str, occurrence: Occurrence) -> bool:
    """Whether this can end at any code of the project. To import a module by a constant name is not a search."""
    if external in _IMPORTING and occurrence.is_called:
        return not occurrence.arguments or occurrence.arguments[0] is None
    if external == "importlib" or external.rpartition(".")[2] == "load_obj":
        return True
    parts = external.split(".")
    return any(".".join(parts[:count]) in _SEARCHES for count in (1, 2))


def is_search_in_own_module(external: str, occurrence: Occurrence) -> bool:
    """Whether this can end at any name of the module that it stands in."""
    return external in _OWN_MODULE and not occurrence.arguments


def environment_variable(external: str, occurrence: Occurrence) -> str | None:
    """Returns the environment variable that is read; None if there is none, or its name is not constant."""
    return occurrence.arguments[0] if external in _ENVIRONMENT and occurrence.arguments else None
