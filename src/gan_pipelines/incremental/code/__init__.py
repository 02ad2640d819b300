"""Fingerprints of code: all that a function reaches in the project, read from the files and not imported."""

from gan_pipelines.incremental.code.codebase import Codebase
from gan_pipelines.incremental.code.fingerprints import CodeFingerprint, Symbol

__all__ = ["CodeFingerprint", "Codebase", "Symbol"]
