"""Base classes of all parameter sections."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class ParameterModel(BaseModel):
    """Frozen section of the parameters, validated before a run.

    Unknown keys, text in place of numbers, infinity and NaN are rejected.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class PresetParameters(ParameterModel):
    """Parameters of a pipeline, with optional presets."""

    preset: str | None = None
    """Name of the preset in `presets` that sets the missing parameters. Default: no preset."""
    presets: dict[str, dict[str, Any]] = {}
    """Presets by name, each a section with some of the parameters."""

    @model_validator(mode="after")
    def _preset_is_there(self) -> "PresetParameters":
        if self.preset is not None and self.preset not in self.presets:
            raise ValueError(f"`preset` is {self.preset!r}; allowed: {', '.join(self.presets) or 'none is defined'}")
        return self
