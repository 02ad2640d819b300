"""Nodes that build, train and describe the language model."""

from typing import Any

from gan_pipelines.headlines.model_parameters import LanguageModelParameters, LanguageTrainingParameters
from gan_pipelines.headlines.parameters import ExampleKind
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.training.checkpoint import CheckpointStore


def build_model(vocabulary: dict[str, Any], networks: dict[str, Any], examples: ExampleKind, seed: int) -> KerasModel:
    """Builds the untrained model, from tokens ``(batch, length)`` to logits of the next token."""
    from gan_pipelines.headlines.language_model import build_language_model
    from gan_pipelines.headlines.vocabulary import Vocabulary

    return build_language_model(
        LanguageModelParameters.model_validate(networks),
        len(Vocabulary.from_json(vocabulary)),
        examples,
        seed,
    )


def train_model(
    untrained_model: KerasModel,
    training_examples: Arrays,
    validation_examples: Arrays,
    checkpoints: CheckpointStore,
    training: dict[str, Any],
) -> tuple[KerasModel, DataFrame, dict[str, Any]]:
    """Trains the model with early stopping, resuming from the latest checkpoint if any.

    Returns:
        The model with the weights of the smallest validation loss; the history, one row per window of steps; and the
        record: durations, validation losses and environment.

    Raises:
        UserError: If there are too few headlines, the device is missing, a checkpoint belongs to another configuration,
            or a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.headlines.training import train_language_model
    from gan_pipelines.training.history import history_table

    trained = train_language_model(
        "Training",
        untrained_model,
        training_examples,
        validation_examples,
        LanguageTrainingParameters.model_validate(training),
        checkpoints,
    )
    measurements = {"validation_loss": trained.result.measurements.values}
    history = history_table(trained.result.logs, trained.pace, measurements)
    return trained.model, history, trained.record()


def write_model_card(  # noqa: PLR0913, PLR0917 - one argument for each artifact
    language_model: KerasModel,
    reading_report: dict[str, Any],
    cleaning_report: dict[str, Any],
    split_report: dict[str, Any],
    training_record: dict[str, Any],
    scores: dict[str, Any],
    networks: dict[str, Any],
    training: dict[str, Any],
    claims: dict[str, Any],
) -> dict[str, Any]:
    """Returns the model card of a language model."""
    from gan_pipelines.pipelines.reporting import facts
    from gan_pipelines.reporting.model_card import ModelFacts, language_model_snippet

    chosen = LanguageModelParameters.model_validate(networks)
    dropped = {"duplicates_removed": {"training": cleaning_report["duplicates"]}}
    rejected = sum(
        report.get(reason, 0)
        for report, reasons in ((reading_report, ("empty", "unknown")), (cleaning_report, ("emptied", "too_long")))
        for reason in reasons
    )
    model = ModelFacts(
        name="language model",
        architecture=chosen.architecture,
        published_in=_PUBLISHED_IN[chosen.architecture],
        parameters={"language_model": language_model.count_params()},
        inputs="token ids (batch, length): 1 before the first word, then words; 0 pads",
        outputs=f"logits of the next token, {language_model.output_shape[-1]:,} ids",
    )
    return facts.card(
        model,
        facts.data_facts("headlines", {**reading_report, "rejected": {"count": rejected}}, {**split_report, **dropped}),
        training,
        training_record,
        claims,
        scores,
        language_model_snippet("language_model.keras", "vocabulary.json"),
    )


_PUBLISHED_IN = {
    "chapter_lstm": "The TensorFlow Workshop, chapter 11",
    "tied_lstm": "Press and Wolf, Using the Output Embedding to Improve Language Models, 2017",
}
