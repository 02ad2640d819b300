"""The project's pipelines: each model's, by its name, and the comparison."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from kedro.pipeline import Pipeline

from gan_pipelines.models.declarations import MODELS
from gan_pipelines.pipelines import codes, comparison, coupling, headlines, images, labels, points
from gan_pipelines.pipelines.comparison.selection import selected

_OF_KINDS: dict[str, Callable[[], Pipeline]] = {
    "images": images.create_pipeline,
    "labels": labels.create_pipeline,
    "codes": codes.create_pipeline,
    "coupling": coupling.create_pipeline,
    "points": points.create_pipeline,
    "headlines": headlines.create_pipeline,
}


class _LatePipelines(Mapping[str, Pipeline]):
    """Pipelines by name, each joined when it is first asked for: a run asks for one of many."""

    def __init__(self, makers: Mapping[str, Callable[[], Pipeline]]) -> None:
        self._makers = {name: cache(maker) for name, maker in makers.items()}

    def __getitem__(self, name: str) -> Pipeline:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def register_pipelines() -> Mapping[str, Pipeline]:
    """Returns every pipeline by the name that ``kedro run --pipeline`` takes."""
    compared = selected()

    def compare() -> Pipeline:
        models = (registered[model] for model in compared.models)
        return sum(models, comparison.create_pipeline(compared.models, compared.ranked_models))

    registered = _LatePipelines(
        {
            **{model: partial(_pipeline, model) for model in MODELS},
            "compare": compare,
            "__default__": lambda: registered["dcgan"],
        }
    )
    return registered


def _pipeline(model: str) -> Pipeline:
    return Pipeline(_OF_KINDS[MODELS[model].kind.pipeline](), namespace=model)
