"""Pipeline registry: one pipeline for each model, and the comparison."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from kedro.pipeline import Pipeline

from gan_pipelines.models.declarations import MODELS
from gan_pipelines.pipelines import (
    codes,
    comparison,
    coupling,
    growing,
    headlines,
    images,
    labels,
    paired_translation,
    points,
    reference,
    stackgan,
    stackgan_v2,
    super_resolution,
    unpaired_translation,
)
from gan_pipelines.pipelines.comparison.selection import selected

_PIPELINES: dict[str, Callable[[], Pipeline]] = {
    "images": images.create_pipeline,
    "labels": labels.create_pipeline,
    "codes": codes.create_pipeline,
    "coupling": coupling.create_pipeline,
    "reference": reference.create_pipeline,
    "growing": growing.create_pipeline,
    "stackgan": stackgan.create_pipeline,
    "stackgan_v2": stackgan_v2.create_pipeline,
    "paired_translation": paired_translation.create_pipeline,
    "unpaired_translation": unpaired_translation.create_pipeline,
    "super_resolution": super_resolution.create_pipeline,
    "points": points.create_pipeline,
    "headlines": headlines.create_pipeline,
}
"""By the folders that `Kind` names. Listed, not imported by these names: the code of each node stays known."""


class _LazyPipelines(Mapping[str, Pipeline]):
    """Pipelines by name, each built on first access, since a run uses one of many."""

    def __init__(self, functions: Mapping[str, Callable[[], Pipeline]]) -> None:
        self._makers = {name: cache(function) for name, function in functions.items()}

    def __getitem__(self, name: str) -> Pipeline:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def register_pipelines() -> Mapping[str, Pipeline]:
    """Returns all pipelines by their names in ``kedro run --pipeline``."""
    selection = selected()

    def compare() -> Pipeline:
        pipelines = (registered[model] for model in selection.models)
        return sum(pipelines, comparison.create_pipeline(selection.models, selection.ranked_models))

    registered = _LazyPipelines(
        {
            **{model: partial(_pipeline, model) for model in MODELS},
            "compare": compare,
            "__default__": lambda: registered["dcgan"],
        }
    )
    return registered


def _pipeline(model: str) -> Pipeline:
    return Pipeline(_PIPELINES[MODELS[model].kind.pipeline](), namespace=model)
