"""Pipeline of StackGAN: encoder of captions, stage I, stage II, and how they compare."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import judging
from gan_pipelines.pipelines.artifacts import PURE, TRAINS_TOGETHER
from gan_pipelines.pipelines.captions.pipeline import (
    ingestion,
    model_card,
    pictures,
    sampling,
    scoring,
    text_encoding,
)
from gan_pipelines.pipelines.inputs import parameter_inputs, same_names
from gan_pipelines.pipelines.scoring.nodes import score_images
from gan_pipelines.pipelines.scoring.pipeline import SCORING_INPUTS
from gan_pipelines.pipelines.stackgan import nodes
from gan_pipelines.scores.parameters import SampleScoringParameters

_STAGE_ONE = ("untrained_stage_one_generator", "untrained_stage_one_discriminator")
_STAGE_TWO = ("untrained_generator", "untrained_discriminator")


def create_pipeline() -> Pipeline:
    """Returns the pipeline of all stages."""
    pure = [
        *ingestion(),
        *text_encoding(),
        _construction(),
        *sampling(),
        *scoring({"samples": "attribute_scores", "stage_one_samples": "stage_one_attribute_scores"}),
        *_comparison(),
        *pictures(),
    ]
    return Pipeline(pure, tags=PURE) + Pipeline([*_training(), model_card()]) + judging.create_pipeline()


def _construction() -> Node:
    return Node(
        nodes.build_stages,
        ["training_images", "params:networks", "params:text_encoder.vector_size", "params:training.seed"],
        [*_STAGE_ONE, *_STAGE_TWO],
        name="build_networks",
        namespace="construction",
    )


def _training() -> list[Node]:
    return [
        Node(
            nodes.train_stage_one,
            [*_STAGE_ONE, "training_images", "caption_vectors", "stage_one_checkpoints", "params:stage_one"],
            ["stage_one_generator", "stage_one_history"],
            name="train_stage_one",
            namespace="pretraining",
            tags=TRAINS_TOGETHER,
        ),
        Node(
            nodes.train_stage_two,
            [
                *(*_STAGE_TWO, "stage_one_generator", "training_images", "caption_vectors"),
                *("checkpoints", "params:training"),
            ],
            ["generator", "discriminator", "training_history", "training_previews", "training_record"],
            name="train_stage_two",
            namespace="training",
            tags=TRAINS_TOGETHER,
        ),
    ]


def _comparison() -> list[Node]:
    return [
        Node(
            nodes.enlarge_stage_one,
            ["stage_one_generator", "caption_vectors", "samples"],
            "stage_one_samples",
            name="enlarge_stage_one",
            namespace="sampling",
        ),
        Node(
            score_images,
            {
                "samples": "stage_one_samples",
                **SCORING_INPUTS,
                **parameter_inputs("scoring", SampleScoringParameters),
            },
            "stage_one_scores",
            name="score_stage_one_samples",
            namespace="scoring",
        ),
        Node(
            nodes.compare_stages,
            same_names(
                *("scores", "stage_one_scores", "attribute_scores", "stage_one_attribute_scores"),
                "metric_network_report",
            ),
            "caption_scores",
            name="compare_stages",
            namespace="scoring",
        ),
        Node(
            nodes.draw_both_stages,
            ["samples", "stage_one_samples", "heldout_images"],
            "sample_grid",
            name="draw_sample_grid",
            namespace="reporting",
        ),
    ]
