"""The project's pipelines: stages that are wired once, under the namespace of each model."""

from kedro.pipeline import Pipeline

from gan_pipelines.pipelines import construction, ingestion, judging, reporting, sampling, scoring, training

IMAGE_GANS = ("dcgan",)


def register_pipelines() -> dict[str, Pipeline]:
    """Returns every pipeline by the name that ``kedro run --pipeline`` takes."""
    pipelines = {model: Pipeline(_image_gan(), namespace=model) for model in IMAGE_GANS}
    return {**pipelines, "__default__": pipelines["dcgan"]}


def _image_gan() -> Pipeline:
    """Joins the stages of a GAN on images, from raw data to the model card."""
    stages = (ingestion, construction, training, sampling, judging, scoring, reporting)
    return sum((stage.create_pipeline() for stage in stages), Pipeline([]))
