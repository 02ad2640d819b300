"""The project's parameters as nodes, kedro-viz and notebooks see them."""

from typing import Any

from kedro.framework.context import KedroContext

from gan_pipelines.presets import with_presets


class PresetContext(KedroContext):
    """Fills each model's preset into its parameters, before anything reads them."""

    @property
    def params(self) -> dict[str, Any]:
        """Returns all parameters."""
        return with_presets(super().params)
