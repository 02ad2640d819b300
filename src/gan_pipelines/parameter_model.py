"""The base of every parameter section: frozen, strict, and closed to unknown keys."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class ParameterModel(BaseModel):
    """A section of the parameters, checked before anything runs.

    Unknown keys, text where a number is meant, and infinite or undefined numbers are refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class PresetParameters(ParameterModel):
    """The parameters of a pipeline, which may come from a preset."""

    preset: str | None = None
    """Which of the `presets` fills in what is not given."""
    presets: dict[str, dict[str, Any]] = {}
    """Settings that belong together, by name."""

    @model_validator(mode="after")
    def _preset_is_there(self) -> "PresetParameters":
        if self.preset is not None and self.preset not in self.presets:
            raise ValueError(f"`preset` is {self.preset!r}; allowed: {', '.join(self.presets) or 'none is defined'}")
        return self
