"""Pipeline of an image GAN and of the reference that it is compared with."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import images
from gan_pipelines.pipelines.artifacts import PURE, TRAINS_TOGETHER
from gan_pipelines.pipelines.inputs import LATENTS, parameter_inputs, same_names
from gan_pipelines.pipelines.reference import nodes
from gan_pipelines.pipelines.reporting.nodes import draw_sample_grid
from gan_pipelines.pipelines.sampling.nodes import draw_samples
from gan_pipelines.pipelines.scoring.nodes import score_images
from gan_pipelines.pipelines.scoring.pipeline import SCORING_INPUTS
from gan_pipelines.scores.parameters import SampleScoringParameters

_UNTRAINED = ("untrained_reference_generator", "untrained_reference_discriminator")


def create_pipeline(training_stage: Pipeline | None = None) -> Pipeline:
    """Returns the pipeline of all stages.

    Args:
        training_stage: Replaces the training of the model; the reference is trained as every image GAN.
    """
    training = Node(
        nodes.train_reference,
        [
            *_UNTRAINED,
            *("training_images", "reference_checkpoints"),
            *("params:networks", "params:training", "params:reference"),
        ],
        ["reference_generator", "reference_record"],
        name="train_reference",
        namespace="training",
        tags=TRAINS_TOGETHER,
    )
    return (
        images.create_pipeline(["reference_comparison"], training_stage)
        + Pipeline([training])
        + Pipeline([_construction(), *_scoring()], tags=PURE)
    )


def _construction() -> Node:
    return Node(
        nodes.build_reference,
        ["training_images", "params:networks", "params:training.seed", "params:reference"],
        [*_UNTRAINED],
        name="build_reference",
        namespace="construction",
    )


def _scoring() -> list[Node]:
    return [
        Node(
            draw_samples,
            {"generator": "reference_generator", **LATENTS, "sampling": "params:sampling"},
            "reference_samples",
            name="draw_reference_samples",
            namespace="sampling",
        ),
        Node(
            score_images,
            {
                "samples": "reference_samples",
                **SCORING_INPUTS,
                **parameter_inputs("scoring", SampleScoringParameters),
            },
            "reference_scores",
            name="score_reference_samples",
            namespace="scoring",
        ),
        Node(
            nodes.compare_with_reference,
            same_names("scores", "reference_scores", "training_record", "reference_record", "metric_network_report"),
            "reference_comparison",
            name="compare_with_reference",
            namespace="scoring",
        ),
        Node(
            draw_sample_grid,
            ["reference_samples", "params:grid"],
            "reference_grid",
            name="draw_reference_grid",
            namespace="reporting",
        ),
    ]
