"""What a user can say about where points of a plane come from."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel


class PointsParameters(ParameterModel):
    """The section ``<model>.points``."""

    source: Literal["parabola", "csv"] = "parabola"
    """(x, x²) with x uniform in [-0.5, 0.5], or a CSV file with the columns `x` and `y`."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """The CSV file, relative to the current directory."""
    count: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    """Points of the parabola."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Decides the points of the parabola and the split."""
    heldout_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Share kept away from training."""

    @model_validator(mode="after")
    def _path_fits_the_source(self) -> "PointsParameters":
        if (self.source == "csv") != (self.path is not None):
            raise ValueError(
                "the source 'csv' needs `path`, a file with the columns `x` and `y`; the source 'parabola' takes none"
            )
        return self
