"""The sections of the model card, from what earlier stages recorded."""

import platform
from typing import Any

from pydantic import TypeAdapter

from gan_pipelines.networks.architectures import ARCHITECTURES
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.reporting.claims import checked_claims
from gan_pipelines.reporting.model_card import (
    DataFacts,
    EnvironmentFacts,
    ModelFacts,
    TrainingFacts,
    model_card,
    package_versions,
)
from gan_pipelines.reporting.parameters import Claims
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.parameters import TrainingParameters

_PACKAGES = ("gan_pipelines", "kedro", "pillow")
_PACKAGES_OF_THE_TRAINING = ("jax", "jaxlib", "keras", "numpy", "tensorflow")
"""Those of the backend that trained are recorded, whatever is installed now."""
_MOST_CLASSES_LISTED = 100
_DISTRIBUTIONS = {"normal": "standard normal", "uniform": "uniform in [-1, 1]"}


def gan_facts(
    generator: KerasModel, discriminator: KerasModel, networks: NetworksParameters, samples: str
) -> ModelFacts:
    """Returns what the networks of a GAN are; ``samples`` says what the generator draws."""
    latents, *classes = (tensor.shape for tensor in generator.inputs)
    inputs = f"latents {_shape(latents)}, {_DISTRIBUTIONS[networks.latent_distribution]}"
    return ModelFacts(
        name="generative adversarial network",
        architecture=networks.architecture,
        published_in=ARCHITECTURES[networks.architecture].reference,
        parameters={"generator": generator.count_params(), "discriminator": discriminator.count_params()},
        inputs=inputs
        + _codes_in_words(networks.codes)
        + "".join(f"; classes {_shape(shape)}, one-hot" for shape in classes),
        outputs=f"{samples} {_shape(generator.output_shape)}",
    )


def _codes_in_words(codes: CodeParameters | None) -> str:
    if codes is None:
        return ""
    return f", but for the last: a one-hot category of {codes.categories}, and {codes.continuous} numbers in [-1, 1]"


def card(
    model: ModelFacts,
    data: DataFacts,
    training: TrainingParameters,
    record: dict[str, Any],
    claims: dict[str, Any],
    scores: dict[str, Any],
    how_to_use: str,
) -> dict[str, Any]:
    """Returns a model card.

    Args:
        model: What the networks are.
        data: What the model learnt from.
        training: The parameters of its training.
        record: What its training recorded.
        claims: The section ``<model>.claims``.
        scores: What was measured.
        how_to_use: Code that uses the model.
    """
    return model_card(
        model=model,
        data=data,
        training=training_facts(training, record),
        environment=environment_facts(record["environment"]),
        claims=claimed(claims, scores),
        scores=scores,
        how_to_use=how_to_use,
    )


def data_facts(kind: str, reading: dict[str, Any], split: dict[str, Any]) -> DataFacts:
    """Returns what the model learnt from.

    Args:
        kind: What is counted, such as images.
        reading: The report of reading: ``source``, and where there are any ``rejected`` and ``classes``.
        split: The report of dividing: ``train``, ``heldout``, and where there are any ``duplicates_removed`` and the
            training examples' ``sha256``.
    """
    classes = list(reading.get("classes", ()))
    return DataFacts(
        kind=kind,
        source=reading["source"],
        training=split["train"],
        heldout=split["heldout"],
        duplicates_removed=sum(split.get("duplicates_removed", {}).values()),
        rejected=reading.get("rejected", {"count": 0})["count"],
        classes=classes if len(classes) <= _MOST_CLASSES_LISTED else [f"{len(classes):,} classes"],
        training_sha256=split.get("sha256"),
    )


def training_facts(parameters: TrainingParameters, record: dict[str, Any]) -> TrainingFacts:
    """Returns how the model learnt."""
    return TrainingFacts(
        steps=record["steps"],
        best_step=record.get("best_step"),
        stopped_early=record.get("stopped_early", False),
        epochs=record["epochs"],
        examples_per_second=record["examples_per_second"],
        seconds=record["seconds"],
        resumed=record["resumed"],
        is_exact=record["is_exact"],
        jit_compile=record["environment"]["jit_compile"] == "true",
        parameters=parameters.model_dump(),
    )


def best_facts(best_scores: dict[str, Any], snapshot_scores: dict[str, Any]) -> dict[str, Any]:
    """Returns when the generator was at its best, and how far from held-out images it was then."""
    distance = snapshot_scores["conditions"]["distance"]
    moment = {key: snapshot_scores["best"][key] for key in ("step", "epoch")}
    return {
        **moment,
        distance: best_scores.get(distance),
        "chosen_by": f"{distance} from training images",
        "collapsed_since_step": snapshot_scores["collapsed_since_step"],
    }


def environment_facts(environment: dict[str, str]) -> EnvironmentFacts:
    """Returns where the model learnt."""
    of_the_training = {name: environment[name] for name in _PACKAGES_OF_THE_TRAINING if name in environment}
    return EnvironmentFacts(
        backend=environment["backend"],
        python=environment["python"],
        platform=platform.platform(),
        processor=environment["processor"],
        device=environment["device"],
        threads=int(environment["threads"]),
        packages=dict(sorted((package_versions(_PACKAGES) | of_the_training).items())),
    )


def claimed(section: dict[str, Any], scores: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the claims of ``<model>.claims``, each beside what was measured."""
    return checked_claims(TypeAdapter(Claims).validate_python(section), scores)


def _shape(shape: tuple[int | None, ...]) -> str:
    return f"({', '.join(['batch', *map(str, shape[1:])])})"
