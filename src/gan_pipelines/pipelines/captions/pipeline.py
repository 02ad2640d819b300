"""Stages that all models share that draw pictures from captions."""

from collections.abc import Mapping

from kedro.pipeline import Node

from gan_pipelines.captions.parameters import EncoderTrainingParameters
from gan_pipelines.pipelines.captions import card, nodes
from gan_pipelines.pipelines.ingestion.nodes import split_images
from gan_pipelines.pipelines.inputs import parameter_inputs, same_names
from gan_pipelines.pipelines.reporting import nodes as reports
from gan_pipelines.pipelines.scoring.nodes import score_samples
from gan_pipelines.pipelines.scoring.pipeline import SCORING_INPUTS
from gan_pipelines.scores.parameters import SampleScoringParameters


def ingestion() -> list[Node]:
    """Returns the nodes that read pictures and captions."""
    return [
        Node(
            nodes.read_captioned_images,
            "params:images",
            ["raw_images", "ingestion_report"],
            name="read_images",
            namespace="ingestion",
        ),
        Node(
            split_images,
            ["raw_images", "params:images.heldout_fraction", "params:images.seed"],
            ["training_images", "heldout_images", "split_report"],
            name="split_images",
            namespace="ingestion",
        ),
        Node(nodes.build_vocabulary, "training_images", "vocabulary", name="build_vocabulary", namespace="ingestion"),
    ]


def text_encoding() -> list[Node]:
    """Returns the nodes that train the text encoder and encode the captions."""
    return [
        Node(
            nodes.train_text_encoder,
            {
                **same_names("training_images", "vocabulary"),
                **parameter_inputs("text_encoder", EncoderTrainingParameters),
            },
            "text_encoder",
            name="train_text_encoder",
            namespace="pretraining",
        ),
        Node(
            nodes.encode_captions,
            ["text_encoder", "vocabulary", "training_images", "heldout_images"],
            "caption_vectors",
            name="encode_captions",
            namespace="pretraining",
        ),
    ]


def sampling() -> list[Node]:
    """Returns the nodes that draw samples of the trained and of the untrained generator."""
    return [
        Node(
            nodes.draw_samples,
            [generator, "caption_vectors", "params:sampling"],
            samples,
            name=f"draw_{samples}",
            namespace="sampling",
        )
        for generator, samples in (("generator", "samples"), ("untrained_generator", "untrained_samples"))
    ]


def scoring(samples_and_scores: Mapping[str, str]) -> list[Node]:
    """Returns the nodes that score the samples.

    Args:
        samples_and_scores: Catalog names of all samples whose attributes are scored, and of their reports.
    """
    return [
        Node(
            score_samples,
            {
                **same_names("samples", "training_history"),
                **SCORING_INPUTS,
                **parameter_inputs("scoring", SampleScoringParameters),
            },
            "scores",
            name="score_samples",
            namespace="scoring",
        ),
        Node(
            nodes.score_attributes,
            {
                **same_names("heldout_images", "training_images", *samples_and_scores),
                "images": "params:images",
                "scoring_seed": "params:scoring.seed",
                "attribute_network": "params:scoring.attribute_network",
            },
            [*samples_and_scores.values()],
            name="score_attributes",
            namespace="scoring",
        ),
    ]


def pictures() -> list[Node]:
    """Returns the nodes that draw pictures and charts."""
    return [
        Node(
            nodes.draw_captions,
            [
                *("generator", "text_encoder", "vocabulary", "heldout_images"),
                *("params:sampling", "params:grid.captions", "params:grid.images"),
            ],
            "caption_grid",
            name="draw_captions",
            namespace="reporting",
        ),
        Node(
            reports.animate_training,
            ["training_previews", "params:grid.margin"],
            "training_animation",
            name="animate_training",
            namespace="reporting",
        ),
        Node(
            reports.draw_stages,
            ["training_previews", "params:grid.margin"],
            "training_stages",
            name="draw_stages",
            namespace="reporting",
        ),
        Node(
            reports.draw_nearest_images,
            [
                *("samples", "metric_network", "real_features", "training_images"),
                *("params:scoring.features", "params:grid.margin"),
            ],
            "nearest_images",
            name="draw_nearest_images",
            namespace="reporting",
        ),
        Node(reports.plot_losses, "training_history", "loss_curves", name="plot_losses", namespace="reporting"),
    ]


def model_card() -> Node:
    """Returns the node that writes the model card."""
    return Node(
        card.write_model_card,
        {
            **same_names("generator", "discriminator", "text_encoder", "vocabulary", "ingestion_report"),
            **same_names("split_report", "training_record", "scores", "caption_scores"),
            **{name: f"params:{name}" for name in ("networks", "training", "claims")},
        },
        "model_card",
        name="write_model_card",
        namespace="reporting",
    )
