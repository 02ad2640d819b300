"""What a function's result depends on in the code of a project: five rules, told in ``docs/incremental_runs.md``."""

from gan_pipelines.incremental.code.codebase import Codebase
from gan_pipelines.incremental.code.finding import Origin
from gan_pipelines.incremental.code.reaching import CodeFingerprint, Symbol

__all__ = ["CodeFingerprint", "Codebase", "Origin", "Symbol"]
