"""Pipeline of a language model of headlines: from CSV files to a trained and scored model."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.headlines.parameters import TextSourceParameters
from gan_pipelines.pipelines.artifacts import PURE, TRAINS_TOGETHER
from gan_pipelines.pipelines.headlines import model_nodes, text_nodes, writing_nodes
from gan_pipelines.pipelines.inputs import parameter_inputs
from gan_pipelines.pipelines.reporting.nodes import plot_losses


def create_pipeline() -> Pipeline:
    """Returns the pipeline of all stages."""
    pure = [*_ingestion(), _construction(), *_sampling(), *_reporting()]
    return Pipeline(pure, tags=PURE) + Pipeline([_training(), _model_card()])


def _ingestion() -> list[Node]:
    headlines = ["training_headlines", "validation_headlines", "heldout_headlines"]
    return [
        Node(
            text_nodes.read_headlines,
            parameter_inputs("text", TextSourceParameters),
            ["raw_headlines", "reading_report"],
            name="read_headlines",
            namespace="ingestion",
        ),
        Node(
            text_nodes.clean_headlines,
            [
                "raw_headlines",
                "params:text.cleaning",
                "params:text.maximum_words",
                "params:text.limit",
                "params:text.seed",
            ],
            ["clean_headlines", "cleaning_report"],
            name="clean_headlines",
            namespace="ingestion",
        ),
        Node(
            text_nodes.split_headlines,
            [
                "clean_headlines",
                "params:text.heldout_fraction",
                "params:text.validation_fraction",
                "params:text.seed",
            ],
            [*headlines, "split_report"],
            name="split_headlines",
            namespace="ingestion",
        ),
        Node(
            text_nodes.build_vocabulary,
            ["training_headlines", "params:text.vocabulary"],
            "vocabulary",
            name="build_vocabulary",
            namespace="ingestion",
        ),
        Node(
            text_nodes.make_examples,
            [*headlines, "vocabulary", "params:text.examples"],
            ["training_examples", "validation_examples", "heldout_examples"],
            name="make_examples",
            namespace="ingestion",
        ),
    ]


def _construction() -> Node:
    return Node(
        model_nodes.build_model,
        ["vocabulary", "params:networks", "params:text.examples", "params:training.seed"],
        "untrained_model",
        name="build_model",
        namespace="construction",
    )


def _training() -> Node:
    return Node(
        model_nodes.train_model,
        ["untrained_model", "training_examples", "validation_examples", "checkpoints", "params:training"],
        ["language_model", "training_history", "training_record"],
        name="train_model",
        namespace="training",
        tags=TRAINS_TOGETHER,
    )


def _sampling() -> list[Node]:
    return [
        Node(
            writing_nodes.generate_headlines,
            ["language_model", "vocabulary", "params:sampling"],
            "generated_headlines",
            name="generate_headlines",
            namespace="sampling",
        ),
        Node(
            writing_nodes.sample_at_temperatures,
            [
                "language_model",
                "vocabulary",
                "params:sampling",
                "params:scoring.headlines",
                "params:scoring.temperatures",
            ],
            "temperature_samples",
            name="sample_at_temperatures",
            namespace="sampling",
        ),
        Node(
            writing_nodes.continue_prompts,
            ["language_model", "vocabulary", "params:text.cleaning", "params:sampling"],
            "continued_prompts",
            name="continue_prompts",
            namespace="sampling",
        ),
    ]


def _reporting() -> list[Node]:
    return [
        Node(
            writing_nodes.score_headlines,
            [
                "language_model",
                "generated_headlines",
                "temperature_samples",
                "training_headlines",
                "heldout_headlines",
                "heldout_examples",
                "vocabulary",
                "params:scoring",
            ],
            "scores",
            name="score_headlines",
            namespace="scoring",
        ),
        Node(
            writing_nodes.plot_quality_and_diversity,
            "scores",
            "quality_and_diversity",
            name="plot_quality_and_diversity",
            namespace="reporting",
        ),
        Node(plot_losses, "training_history", "loss_curves", name="plot_losses", namespace="reporting"),
    ]


def _model_card() -> Node:
    return Node(
        model_nodes.write_model_card,
        [
            "language_model",
            "reading_report",
            "cleaning_report",
            "split_report",
            "training_record",
            "scores",
            "params:networks",
            "params:training",
            "params:claims",
        ],
        "model_card",
        name="write_model_card",
        namespace="reporting",
    )
