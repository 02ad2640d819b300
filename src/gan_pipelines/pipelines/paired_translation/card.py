"""Model card of a translator."""

from typing import Any

from pydantic import TypeAdapter

from gan_pipelines.adversarial.translation_parameters import TranslationTrainingParameters
from gan_pipelines.networks.translation_parameters import GeneratorParameters, size_multiple
from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.pipelines.reporting import facts
from gan_pipelines.reporting.model_card import ModelFacts, translation_snippet
from gan_pipelines.training.parameters import ResumableTrainingParameters


def write_model_card(
    *,
    generator: KerasModel,
    discriminator: KerasModel,
    ingestion_report: dict[str, Any],
    split_report: dict[str, Any],
    training_record: dict[str, Any],
    scores: dict[str, Any],
    images: dict[str, Any],
    networks: dict[str, Any],
    training: dict[str, Any],
    claims: dict[str, Any],
    **further: KerasModel,
) -> dict[str, Any]:
    """Returns the model card of a translator; ``further`` are its other networks, by name."""
    parameters = TypeAdapter(GeneratorParameters).validate_python(networks["generator"])
    counts = {"generator": generator, **further, "discriminator": discriminator}
    _, height, width, channels = ingestion_report["source_shape"]
    return facts.card(
        ModelFacts(
            name="image translation",
            architecture=describe(networks["generator"]),
            published_in=(type(parameters).__doc__ or "").splitlines()[0],
            parameters={name: network.count_params() for name, network in counts.items()},
            inputs=f"pixels in [-1, 1] (batch, {height}, {width}, {channels}); sides in multiples of "
            f"{size_multiple(parameters, min(height, width))}",
            outputs="pixels in [-1, 1]",
        ),
        facts.data_facts("images", ingestion_report, split_report),
        TypeAdapter(ResumableTrainingParameters).validate_python(training),
        training_record,
        claims,
        scores,
        translation_snippet([f"{name}.keras" for name in counts if name.startswith("generator")], channels),
    )
