"""Pipeline of an image GAN that grows, and of a reference that does not."""

from kedro.pipeline import Pipeline

from gan_pipelines.pipelines import reference, training
from gan_pipelines.pipelines.growing import nodes


def create_pipeline() -> Pipeline:
    """Returns the pipeline of all stages. The networks of each size are built when the training reaches it."""
    return reference.create_pipeline(training.create_pipeline(nodes.train_in_stages, networks=()))
