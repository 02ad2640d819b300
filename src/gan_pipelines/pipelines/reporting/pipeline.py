"""From results to pictures, curves and the model card."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.reporting import nodes


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    return Pipeline(
        [
            Node(nodes.draw_sample_grid, ["samples", "params:grid"], "sample_grid", name="draw_sample_grid"),
            Node(
                nodes.animate_training,
                ["training_previews", "params:grid"],
                "training_animation",
                name="animate_training",
            ),
            Node(nodes.draw_stages, ["training_previews", "params:grid"], "training_stages", name="draw_stages"),
            Node(
                nodes.draw_nearest_images,
                ["samples", "metric_network", "real_judgements", "training_images", "params:grid"],
                "nearest_images",
                name="draw_nearest_images",
            ),
            Node(nodes.plot_losses, "training_history", "loss_curves", name="plot_losses"),
            Node(
                nodes.write_model_card,
                [
                    "generator",
                    "discriminator",
                    "ingestion_report",
                    "split_report",
                    "training_record",
                    "scores",
                    "params:networks",
                    "params:training",
                    "params:claims",
                ],
                "model_card",
                name="write_model_card",
            ),
        ]
    )
