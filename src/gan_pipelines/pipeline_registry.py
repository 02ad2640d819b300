"""The project's pipelines: stages that are wired once, under the namespace of each model."""

from typing import get_args

from kedro.pipeline import Pipeline

from gan_pipelines.pipelines import (
    comparison,
    construction,
    headlines,
    ingestion,
    judging,
    points,
    reporting,
    sampling,
    scoring,
    training,
)
from gan_pipelines.pipelines.comparison.selection import compared_models
from gan_pipelines.pipelines.parameters import ImageGAN


def register_pipelines() -> dict[str, Pipeline]:
    """Returns every pipeline by the name that ``kedro run --pipeline`` takes."""
    image_gans = {model: Pipeline(_image_gan(), namespace=model) for model in get_args(ImageGAN)}
    models = compared_models()
    return {
        **image_gans,
        "headlines": Pipeline(headlines.create_pipeline(), namespace="headlines"),
        "quadratic_gan": Pipeline(points.create_pipeline(), namespace="quadratic_gan"),
        "compare": sum((image_gans[model] for model in models), comparison.create_pipeline(models)),
        "__default__": image_gans["dcgan"],
    }


def _image_gan() -> Pipeline:
    """Joins the stages of a GAN on images, from raw data to the model card."""
    stages = (ingestion, construction, training, sampling, judging, scoring, reporting)
    return sum((stage.create_pipeline() for stage in stages), Pipeline([]))
