"""The sections of the model card, from what earlier stages recorded."""

import platform
from typing import Any

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.networks.parameters import Architecture
from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.reporting.model_card import DataFacts, EnvironmentFacts, ModelFacts, TrainingFacts, package_versions

_PACKAGES = ("gan_pipelines", "kedro", "keras", "numpy", "pillow", "tensorflow")


def model_facts(generator: KerasModel, discriminator: KerasModel, architecture: Architecture) -> ModelFacts:
    """Returns what the networks are."""
    from gan_pipelines.networks.registry import ARCHITECTURES

    return ModelFacts(
        name="generative adversarial network",
        architecture=architecture,
        published_in=ARCHITECTURES[architecture].reference,
        parameters={"generator": generator.count_params(), "discriminator": discriminator.count_params()},
        latent_size=generator.input_shape[-1],
        image_shape=generator.output_shape[1:],
        pixel_range=(-1.0, 1.0),
    )


def data_facts(ingestion_report: dict[str, Any], split_report: dict[str, Any]) -> DataFacts:
    """Returns what the model learnt from."""
    return DataFacts(
        source=ingestion_report["source"],
        training_images=split_report["train"],
        heldout_images=split_report["heldout"],
        duplicates_removed=sum(split_report["duplicates_removed"].values()),
        rejected_files=ingestion_report["rejected"]["count"],
        classes=list(ingestion_report["classes"]),
    )


def training_facts(parameters: AdversarialTrainingParameters, record: dict[str, Any]) -> TrainingFacts:
    """Returns how the model learnt."""
    return TrainingFacts(
        seed=parameters.seed,
        steps=record["steps"],
        epochs=record["epochs"],
        batch_size=parameters.batch_size,
        optimizers=parameters.optimizers.model_dump(),
        losses=parameters.loss.model_dump(),
        updates=parameters.updates,
        average_decay=parameters.average_decay,
        precision=parameters.precision,
        jit_compile=record["environment"]["jit_compile"] == "true",
        images_per_second=record["images_per_second"],
        seconds=record["seconds"],
        resumed=record["resumed"],
        is_exact=record["is_exact"],
    )


def environment_facts(environment: dict[str, str]) -> EnvironmentFacts:
    """Returns where the model learnt."""
    return EnvironmentFacts(
        python=environment["python"],
        platform=platform.platform(),
        processor=environment["processor"],
        device=environment["device"],
        threads=int(environment["threads"]),
        packages=package_versions(_PACKAGES),
    )
