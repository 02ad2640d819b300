"""Pipeline of an image GAN: from raw images to a trained and scored generator."""

from collections.abc import Sequence

from kedro.pipeline import Pipeline

from gan_pipelines.pipelines import construction, ingestion, judging, reporting, sampling, scoring, training


def create_pipeline(further_scores: Sequence[str] = (), training_stage: Pipeline | None = None) -> Pipeline:
    """Returns the pipeline of all stages.

    Args:
        further_scores: Catalog names of score reports that only this kind of model has; added to its card.
        training_stage: Replaces the training of an image GAN.
    """
    return sum(
        (stage.create_pipeline() for stage in (ingestion, construction, sampling, judging, scoring)),
        (training_stage or training.create_pipeline()) + reporting.create_pipeline(further_scores),
    )
