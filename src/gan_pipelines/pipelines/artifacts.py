"""Types of catalog entries, for the signatures of nodes, and tags of nodes.

Kedro reads the hints of every node when it loads the parameters. At run time those of heavy packages are therefore
plain `Any`, so that listing or planning a pipeline does not import TensorFlow.
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
"""The tag of nodes in which all processes of a cluster take part."""

PURE = "cache-pure"
"""The tag of nodes whose outputs are a function of inputs, parameters and code alone, whatever the model is called.

Incremental runs restore what such a node computed for one model to every other. It must not be given to a node that
draws without a seed, or that tells a name, a place, a time or a machine.
"""
