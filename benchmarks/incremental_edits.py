"""One-line edits, and how they are written: what is edited, the file below the package, the old and the new text."""

Edit = tuple[str, str, str, str]

EDITS: list[Edit] = [
    ("loop: trainer chunk seconds", "training/trainer.py", "_SECONDS_PER_CHUNK = 1.0", "_SECONDS_PER_CHUNK = 2.0"),
    (
        "loss used (non-saturating)",
        "adversarial/losses.py",
        "return _cross_entropy(_flat(generated_logits), 1.0)",
        "return _cross_entropy(_flat(generated_logits), 0.9)",
    ),
    (
        "loss not used (hinge)",
        "adversarial/losses.py",
        "return ops.relu(1.0 - _flat(real_logits))",
        "return ops.relu(1.1 - _flat(real_logits))",
    ),
    (
        "generator layer (mnist)",
        "networks/mnist.py",
        "for filters, strides in ((128, 1), (64, 2)):",
        "for filters, strides in ((128, 1), (32, 2)):",
    ),
    (
        "architecture not used (residual)",
        "networks/residual.py",
        "return layers.LeakyReLU(negative_slope=0.2)(x)",
        "return layers.LeakyReLU(negative_slope=0.3)(x)",
    ),
    (
        "text in a registry entry",
        "networks/architectures.py",
        "Huang, Gokaslan, Kuleshov, Tompkin 2024, much reduced",
        "Huang et al. 2024",
    ),
    ("pixels.normalise", "pixels.py", "    result -= 127.5", "    result -= 127.0"),
    ("pixels.StoredPixels.ndim", "pixels.py", "return self.mapped.ndim", "return int(self.mapped.ndim)"),
    ("grid background", "reporting/grid.py", "background: int = 255,", "background: int = 250,"),
    ("curves constant", "reporting/curves.py", "MAXIMUM_POINTS = 2_000", "MAXIMUM_POINTS = 1_000"),
    ("model card text", "reporting/model_card.py", "wanted = 0  # a class", "wanted = 1  # a class"),
    ("facts", "pipelines/reporting/facts.py", '        return ""\n', '        return " "\n'),
    ("frechet", "scores/frechet.py", "return values.size - int(", "return values.size - 1 - int("),
    ("kernel", "scores/kernel.py", "float(np.std(distances))", "float(np.var(distances))"),
    ("metric network layer fn", "scores/metric_network.py", 'name="metric_network")', 'name="metric_net")'),
    (
        "digits source",
        "sources/digits.py",
        "return np.rint(images * (255 / DARKEST_INK))",
        "return np.rint(images * (254 / DARKEST_INK))",
    ),
    (
        "source not used (mnist)",
        "sources/mnist.py",
        'return _read(parameters, "mnist", DIGIT_NAMES)',
        'return _read(parameters, "Mnist", DIGIT_NAMES)',
    ),
    ("UserError body", "errors.py", "class UserError(Exception):\n", "class UserError(Exception):\n    code = 2\n"),
    ("parameter base class", "parameter_model.py", 'extra="forbid", strict=True', 'extra="ignore", strict=True'),
    (
        "optimizer default",
        "training/parameters.py",
        "beta_1: Annotated[float, Field(ge=0, lt=1)] = 0.9",
        "beta_1: Annotated[float, Field(ge=0, lt=1)] = 0.8",
    ),
    (
        "headlines default",
        "headlines/model_parameters.py",
        "patience: Annotated[int, Field(ge=1)] | None = 3",
        "patience: Annotated[int, Field(ge=1)] | None = 4",
    ),
    (
        "text scoring parameters",
        "scores/text_parameters.py",
        "class TextScoringParameters(ParameterModel):\n",
        "class TextScoringParameters(ParameterModel):\n    extra_field: int = 1\n",
    ),
    (
        "claims: model parameters of one pipeline",
        "models/declarations.py",
        '    "cogan": Model(',
        '    "newgan": Model(IMAGES, "new", "newer"),\n    "cogan": Model(',
    ),
    ("settings", "settings.py", '"default_run_env": "local"', '"default_run_env": "base"'),
    ("hook that checks parameters", "hooks.py", '_PREFIX = "params:"', '_PREFIX = "Params:"'),
    ("session", "session.py", "            return {}\n", "            return {1: 1}\n"),
    (
        "dataset class keras",
        "datasets/keras_model.py",
        "compile=False, safe_mode=True",
        "compile=False, safe_mode=False",
    ),
    (
        "dataset class report csv",
        "datasets/reports.py",
        'return {**super()._describe(), "text_columns"',
        'return {**super()._describe(), "Text_columns"',
    ),
    (
        "checkpoint",
        "training/checkpoint.py",
        'return f"{name} is not what was written"',
        'return f"{name} is something else"',
    ),
    ("announcement", "announcements.py", '        return ""\n', '        return " "\n'),
    ("progress text", "training/progress.py", 'examples/s"])', 'samples/s"])'),
    ("jax backend", "training/backend/jax_backend.py", "return gradient.astype(jnp.float32)", "return gradient"),
    ("other pipeline's node", "pipelines/coupling/nodes.py", "from typing", "import math\nfrom typing"),
    ("leaderboard", "reporting/leaderboard.py", "from typing", "import math\nfrom typing"),
    ("install text", "backend_choice.py", '"pip install -e ."', '"pip install ."'),
]
"""Of this project; all parts of it, among them what `dcgan` does not use."""

SPACEFLIGHTS: list[Edit] = [
    ("helper of two nodes", "pipelines/data_processing/nodes.py", 'return x == "t"', 'return x != "f"'),
    (
        "helper of one node (percentage)",
        "pipelines/data_processing/nodes.py",
        "x.astype(float) / 100",
        "x.astype(float) / 101",
    ),
    (
        "helper of one node (money)",
        "pipelines/data_processing/nodes.py",
        'x.str.replace("$", "").str',
        'x.str.replace("€", "").str',
    ),
    (
        "node that joins",
        "pipelines/data_processing/nodes.py",
        'left_on="company_id", right_on="id"\n',
        'left_on="company_id", right_on="id", how="left"\n',
    ),
    ("node that splits", "pipelines/data_science/nodes.py", 'y = data["price"]', 'y = 1.0 * data["price"]'),
    (
        "node that trains",
        "pipelines/data_science/nodes.py",
        "LinearRegression()\n",
        "LinearRegression(fit_intercept=False)\n",
    ),
    (
        "text that a node logs",
        "pipelines/data_science/nodes.py",
        "Model has a coefficient",
        "The model has a coefficient",
    ),
    (
        "node that plots",
        "pipelines/reporting/nodes.py",
        'x=data_frame["shuttle_type"],',
        'x=data_frame["shuttle_type"][:],',
    ),
    ("node that plots a matrix", "pipelines/reporting/nodes.py", "figsize=(8, 6)", "figsize=(9, 6)"),
    ("names of a package", "pipelines/reporting/__init__.py", '__version__ = "0.1"', '__version__ = "0.2"'),
    ("settings", "settings.py", '"default_run_env": "local"', '"default_run_env": "base"'),
    ("registry of pipelines", "pipeline_registry.py", "sum(pipelines.values())", "sum([*pipelines.values()])"),
]
"""Of the starter `spaceflights-pandas`."""
