"""Static analysis of the code that a function depends on; the rules are in ``docs/incremental_runs.md``."""

from gan_pipelines.incremental.code.codebase import Codebase
from gan_pipelines.incremental.code.finding import Origin
from gan_pipelines.incremental.code.reaching import CodeFingerprint, Symbol

__all__ = ["CodeFingerprint", "Codebase", "Origin", "Symbol"]
