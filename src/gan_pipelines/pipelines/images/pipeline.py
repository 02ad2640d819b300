"""Pipeline of an image GAN: from raw images to a trained and scored generator."""

from collections.abc import Sequence

from kedro.pipeline import Pipeline

from gan_pipelines.pipelines import construction, ingestion, judging, reporting, sampling, scoring, training


def create_pipeline(further_scores: Sequence[str] = ()) -> Pipeline:
    """Returns the pipeline of all stages.

    Args:
        further_scores: Catalog names of score reports that only this kind of model has; added to its card.
    """
    return sum(
        (stage.create_pipeline() for stage in (ingestion, construction, training, sampling, judging, scoring)),
        reporting.create_pipeline(further_scores),
    )
