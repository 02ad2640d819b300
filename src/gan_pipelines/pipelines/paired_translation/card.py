"""Model card of a translator."""

import inspect
from typing import Any

from pydantic import TypeAdapter

from gan_pipelines.networks.translation_parameters import GeneratorParameters
from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.pipelines.reporting import facts
from gan_pipelines.reporting.model_card import ModelFacts, translation_snippet


def write_model_card(  # noqa: PLR0913 - one argument for each artifact
    *,
    generator: KerasModel,
    discriminator: KerasModel,
    untrained_generator: KerasModel,
    ingestion_report: dict[str, Any],
    split_report: dict[str, Any],
    training_record: dict[str, Any],
    scores: dict[str, Any],
    networks: dict[str, Any],
    training: dict[str, Any],
    claims: dict[str, Any],
    **further: KerasModel,
) -> dict[str, Any]:
    """Returns the model card of a translator; ``further`` are its other networks, by name."""
    from gan_pipelines.networks.translation import size_multiple

    parameters = TypeAdapter(GeneratorParameters).validate_python(networks["generator"])
    counts = {"generator": generator, **further, "discriminator": discriminator}
    _, height, width, channels = untrained_generator.inputs[0].shape
    multiple = size_multiple(generator)
    return facts.card(
        ModelFacts(
            name="image translation",
            architecture=parameters.name,
            published_in=inspect.cleandoc(type(parameters).__doc__ or "").splitlines()[0],
            parameters={name: network.count_params() for name, network in counts.items()},
            inputs=f"pixels in [-1, 1], trained on (batch, {height}, {width}, {channels})",
            outputs=f"pixels in [-1, 1] with {generator.output_shape[-1]} channels",
            size_multiple=multiple,
            passes_source=getattr(parameters, "passes_source", False),
        ),
        facts.data_facts("images", ingestion_report, split_report),
        training,
        training_record,
        claims,
        scores,
        translation_snippet([f"{name}.keras" for name in counts if name.startswith("generator")], channels, multiple),
    )
