"""Type aliases of catalog entries for node signatures, and node tags.

Kedro evaluates the type hints of every node when it loads the parameters. At run time, types of heavy packages are
therefore `Any`, so that listing or planning a pipeline does not import TensorFlow.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras
    import pandas as pd
    from plotly.graph_objects import Figure as PlotlyFigure

    KerasModel: TypeAlias = keras.Model
    DataFrame: TypeAlias = pd.DataFrame
    Figure: TypeAlias = PlotlyFigure
else:
    KerasModel = DataFrame = Figure = Any

Arrays: TypeAlias = dict[str, NDArray[Any]]
"""Arrays by name."""

TRAINS_TOGETHER = "trains-together"
"""Tag of nodes that all processes of a cluster run together."""

PURE = "cache-pure"
"""Tag of nodes whose outputs depend only on inputs, parameters and code, not on the name of the model.

Incremental runs reuse the outputs of such a node across models. Do not tag a node that draws random numbers without a
seed, or whose outputs contain a model name, path, time or machine.
"""
