"""Pipeline of translators between two domains: from their pictures to trained and scored generators."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import judging
from gan_pipelines.pipelines.artifacts import PURE, TRAINS_TOGETHER
from gan_pipelines.pipelines.inputs import same_names
from gan_pipelines.pipelines.paired_translation.pipeline import SCORING, construction, model_card, pictures
from gan_pipelines.pipelines.unpaired_translation import nodes


def create_pipeline() -> Pipeline:
    """Returns the pipeline of all stages."""
    pure = [*_ingestion(), construction(nodes.build_networks), _sampling(), *_scoring(), *pictures()]
    return (
        Pipeline(pure, tags=PURE) + Pipeline([_training(), model_card("generator_b_to_a")]) + judging.create_pipeline()
    )


def _ingestion() -> list[Node]:
    return [
        Node(
            nodes.read_domains,
            "params:images",
            ["raw_images", "ingestion_report"],
            name="read_images",
            namespace="ingestion",
        ),
        Node(
            nodes.split_domains,
            ["raw_images", "params:images.heldout_fraction", "params:images.seed"],
            ["training_images", "heldout_images", "true_translations", "split_report"],
            name="split_images",
            namespace="ingestion",
        ),
    ]


def _training() -> Node:
    return Node(
        nodes.train_translators,
        [
            "untrained_generator",
            "untrained_discriminator",
            "training_images",
            "heldout_images",
            "checkpoints",
            "params:networks.generator",
            "params:training",
        ],
        [
            "generator",
            "generator_b_to_a",
            "discriminator",
            "training_history",
            "training_previews",
            "training_record",
        ],
        name="train_translators",
        namespace="training",
        tags=TRAINS_TOGETHER,
    )


def _sampling() -> Node:
    return Node(
        nodes.translate_domains,
        ["generator", "generator_b_to_a", "heldout_images"],
        "samples",
        name="translate_images",
        namespace="sampling",
    )


def _scoring() -> list[Node]:
    sheet = ["samples", "baselines", "heldout_images", "true_translations", "params:grid.rows"]
    return [
        Node(
            nodes.draw_baselines,
            ["training_images", "heldout_images"],
            "baselines",
            name="draw_baselines",
            namespace="scoring",
        ),
        Node(
            nodes.score_domains,
            {
                **same_names("samples", "baselines", "heldout_images", "training_images", "true_translations"),
                **same_names("metric_network", "metric_network_report", "real_features"),
                **SCORING,
            },
            "scores",
            name="score_translations",
            namespace="scoring",
        ),
        Node(
            nodes.score_previews,
            ["training_previews", "baselines", "heldout_images", "true_translations"],
            "preview_scores",
            name="score_previews",
            namespace="scoring",
        ),
        Node(nodes.draw_sheet, sheet, "sample_grid", name="draw_sample_grid", namespace="reporting"),
        Node(
            nodes.draw_sheet_b_to_a, sheet, "sample_grid_b_to_a", name="draw_sample_grid_b_to_a", namespace="reporting"
        ),
    ]
