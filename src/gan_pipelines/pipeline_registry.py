"""The project's pipelines: stages that are wired once, under the namespace of each model."""

from typing import get_args

from kedro.pipeline import Pipeline

from gan_pipelines.pipelines import (
    codes,
    comparison,
    construction,
    coupling,
    headlines,
    ingestion,
    judging,
    labels,
    points,
    reporting,
    sampling,
    scoring,
    training,
)
from gan_pipelines.pipelines.comparison.selection import selected
from gan_pipelines.pipelines.parameters import ImageGAN

_OWN_STAGES: dict[str, tuple[Pipeline, tuple[str, ...]]] = {
    "conditional_gan": (labels.create_pipeline(), ("label_scores",)),
    "infogan": (codes.create_pipeline(), ("code_scores",)),
}
"""What some models have beside the stages of all, and their scores for the model card."""


def register_pipelines() -> dict[str, Pipeline]:
    """Returns every pipeline by the name that ``kedro run --pipeline`` takes."""
    image_gans = {model: Pipeline(_image_gan(model), namespace=model) for model in get_args(ImageGAN)}
    compared = selected()
    return {
        **image_gans,
        "headlines": Pipeline(headlines.create_pipeline(), namespace="headlines"),
        "quadratic_gan": Pipeline(points.create_pipeline(), namespace="quadratic_gan"),
        "compare": sum(
            (image_gans[model] for model in compared.models),
            comparison.create_pipeline(compared.models, compared.ranked_models),
        ),
        "__default__": image_gans["dcgan"],
    }


def _image_gan(model: str) -> Pipeline:
    """Joins the stages of a GAN on images, from raw data to the model card."""
    if model == "cogan":
        return coupling.create_pipeline()
    stages = (ingestion, construction, training, sampling, judging, scoring)
    joined = sum((stage.create_pipeline() for stage in stages), Pipeline([]))
    of_its_own, further_scores = _OWN_STAGES.get(model, (Pipeline([]), ()))
    return joined + of_its_own + reporting.create_pipeline(further_scores)
