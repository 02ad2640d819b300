"""Generative models as Kedro pipelines.

Where to find what belongs to a model, such as ``wgan_gp``:

* `models.declarations`: its entry, with its kind, title and paper.
* ``conf/base/parameters_<model>.yml``: its presets, which hold what differs from other models: loss, penalties,
  optimizers, architecture, claims.
* `adversarial.losses`, `adversarial.penalties`, `adversarial.mutual_information`: the formulas of the papers.
* `networks.architectures`: its networks, with their publication and their builders.
* `pipelines`: the stages of its kind, wired as Kedro nodes; `pipelines.images` for GANs of images.

All models share the engine in `training`, the data sources in `sources`, the scores in `scores` and the pictures and
reports in `reporting`. `incremental` decides which nodes of a run are executed; it does not depend on the rest.
"""
