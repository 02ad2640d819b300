"""Parameters of the sources of 2D points."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel


class PointsParameters(ParameterModel):
    """The section ``<model>.points``."""

    source: Literal["parabola", "csv"] = "parabola"
    """``parabola``: (x, x²) with x uniform in [-0.5, 0.5]; ``csv``: a CSV file with the columns `x` and `y`."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """CSV file, relative to the current directory; required by ``csv``."""
    count: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    """Number of points of the parabola."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Seed of the points of the parabola and the split."""
    heldout_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Fraction of the points held out from training."""

    @model_validator(mode="after")
    def _validate_path(self) -> "PointsParameters":
        if (self.source == "csv") != (self.path is not None):
            raise ValueError(
                "the source 'csv' needs `path`, a file with the columns `x` and `y`; "
                "the source 'parabola' does not accept one"
            )
        return self
