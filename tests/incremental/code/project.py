"""A small project for fingerprints: a node with every kind of code below it."""

import importlib
import sys
from contextlib import contextmanager
from textwrap import dedent

from gan_pipelines.incremental.code import Codebase, CodeFingerprint

FILES = {
    "settings.py": "",
    "pipeline_registry.py": """
        from proj.nodes import train

        def register_pipelines():
            return {"__default__": train}
        """,
    "nodes.py": """
        from functools import partial

        from proj import middle, tools
        from proj.constants import DEFAULT_RATE
        from proj.decorators import logged, scaled
        from proj.models import MODELS, Generator
        from proj.steps import first_step

        LIMIT = 10


        def helper(x):
            return x + LIMIT


        @logged
        def train(data, rate=DEFAULT_RATE):
            \"\"\"Trains.\"\"\"
            from proj.lazy import lazily  # a comment

            return [helper(data), first_step(data), middle.through(data), lazily(data), Generator().run(rate)]


        def chosen(data):
            return MODELS["dcgan"](data)


        def unrelated(x):
            return x


        bound = partial(helper, 3)
        """,
    "constants.py": "DEFAULT_RATE = 1\nOTHER = 2\n",
    "decorators.py": """
        import functools


        def logged(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                return function(*args, **kwargs)

            return wrapper


        def scaled(factor):
            def decorate(function):
                def wrapper(x):
                    return factor * function(x)

                return wrapper

            return decorate
        """,
    "steps.py": "from proj.deep import second_step\n\n\ndef first_step(x):\n    return second_step(x)\n",
    "deep.py": "FACTOR = 3\n\n\ndef second_step(x):\n    return FACTOR * x\n\n\ndef unused_step(x):\n    return x\n",
    "middle.py": "def through(x):\n    return x\n",
    "tools.py": "def tool(x):\n    return x\n",
    "lazy.py": "def lazily(x):\n    return x\n",
    "base.py": "class Base:\n    def run(self, x):\n        return self.step(x)\n",
    "models.py": """
        from proj.base import Base
        from proj.dcgan import dcgan
        from proj.wgan import wgan


        class Generator(Base):
            def step(self, x):
                return x


        MODELS = {"dcgan": dcgan}
        """,
    "dcgan.py": "def dcgan(x):\n    return x\n",
    "wgan.py": "def wgan(x):\n    return x\n",
}


class Project:
    """Files of a package `proj`, and fingerprints of what is in it."""

    def __init__(self, folder, files=FILES):
        self.folder = folder
        self.root = folder / "src"
        for name, text in {"__init__.py": "", **files}.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / "proj" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf8")

    def edit(self, name, old, new):
        path = self.root / "proj" / name
        text = path.read_text(encoding="utf8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf8")

    def append(self, name, text):
        with (self.root / "proj" / name).open("a", encoding="utf8") as stream:
            stream.write(dedent(text))

    @contextmanager
    def importable(self):
        """Makes the package as it is now importable, for the time being."""
        sys.path.insert(0, str(self.root))
        importlib.invalidate_caches()
        try:
            yield
        finally:
            sys.path.remove(str(self.root))
            for name in [name for name in sys.modules if name.partition(".")[0] == "proj"]:
                del sys.modules[name]

    def load(self, name):
        """Returns what a dotted name stands for, such as `nodes.train`."""
        module, _, attribute = name.rpartition(".")
        return getattr(importlib.import_module(f"proj.{module}"), attribute)

    def fingerprint(self, name="nodes.train") -> CodeFingerprint:
        """Returns the fingerprint of what a fresh process finds under a dotted name, or of what a function makes."""
        with self.importable():
            function = name(self) if callable(name) else self.load(name)
            return Codebase(self.folder, [self.root]).fingerprint(function)


def counted(fingerprint):
    """Returns what of a fingerprint decides whether a node runs again."""
    return (
        {identity: symbol.digest for identity, symbol in fingerprint.symbols.items()},
        fingerprint.values,
        fingerprint.packages,
        fingerprint.environment,
        fingerprint.unknown,
    )
