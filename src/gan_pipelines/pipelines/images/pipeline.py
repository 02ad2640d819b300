"""From raw images to a trained and scored generator of them."""

from collections.abc import Sequence

from kedro.pipeline import Pipeline

from gan_pipelines.pipelines import construction, ingestion, judging, reporting, sampling, scoring, training


def create_pipeline(further_scores: Sequence[str] = ()) -> Pipeline:
    """Wires every stage.

    Args:
        further_scores: Reports of scores that only this kind of model has, for its card.
    """
    return sum(
        (stage.create_pipeline() for stage in (ingestion, construction, training, sampling, judging, scoring)),
        reporting.create_pipeline(further_scores),
    )
