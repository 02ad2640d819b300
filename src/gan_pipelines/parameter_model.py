"""The base of every parameter section: frozen, strict, and closed to unknown keys."""

from pydantic import BaseModel, ConfigDict


class ParameterModel(BaseModel):
    """A section of the parameters, checked before anything runs.

    Unknown keys, text where a number is meant, and infinite or undefined numbers are refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
