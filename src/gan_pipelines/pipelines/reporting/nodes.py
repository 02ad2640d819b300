"""Nodes that make what people look at."""

import math
from typing import Any

from PIL.Image import Image

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, SamplingParameters
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, Figure, KerasModel


def draw_sample_grid(samples: Arrays, sampling: dict[str, Any]) -> Image:
    """Returns the first samples side by side."""
    from gan_pipelines.reporting.grid import image_grid

    parameters = SamplingParameters.model_validate(sampling)
    return image_grid(samples["pixels"][: parameters.grid_images], parameters.grid_columns)


def animate_training(training_previews: Arrays) -> list[Image]:
    """Returns the previews as pictures, one for each time, captioned with step and epoch."""
    from gan_pipelines.reporting.animation import animation_frames

    pixels = training_previews["pixels"]
    moments = zip(training_previews["steps"], training_previews["epochs"], strict=True)
    captions = [f"step {step:,} · epoch {epoch:.0f}" for step, epoch in moments]
    return animation_frames(pixels, captions, columns=math.ceil(math.sqrt(pixels.shape[1])))


def plot_losses(training_history: DataFrame) -> Figure:
    """Returns losses and accuracies over the steps."""
    from gan_pipelines.reporting.curves import loss_curves

    return loss_curves(training_history)


def write_model_card(
    generator: KerasModel,
    discriminator: KerasModel,
    ingestion_report: dict[str, Any],
    split_report: dict[str, Any],
    training_record: dict[str, Any],
    scores: dict[str, Any],
    networks: dict[str, Any],
    training: dict[str, Any],
) -> dict[str, Any]:
    """Returns what a reader of the generator needs to know, with everything measured elsewhere."""
    from gan_pipelines.pipelines.reporting import facts
    from gan_pipelines.reporting.model_card import model_card, usage_snippet

    architecture = NetworksParameters.model_validate(networks).architecture
    parameters = AdversarialTrainingParameters.model_validate(training)
    latent_size, image_shape = generator.input_shape[-1], generator.output_shape[1:]
    return model_card(
        model=facts.model_facts(generator, discriminator, architecture),
        data=facts.data_facts(ingestion_report, split_report),
        training=facts.training_facts(parameters, training_record),
        environment=facts.environment_facts(training_record["environment"]),
        scores=scores,
        how_to_use=usage_snippet("generator.keras", latent_size, image_shape),
    )
