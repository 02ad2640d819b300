"""Nodes take just the parameters that they use, so that another value elsewhere does not make them run again."""

import pytest

from gan_pipelines.pipeline_registry import register_pipelines

NODES = {node.name: node for pipeline in register_pipelines().values() for node in pipeline.nodes}
BUILDERS = [name for name in NODES if name.rpartition(".")[2].startswith("build_")]


@pytest.mark.parametrize("name", BUILDERS)
def test_another_batch_size_builds_no_network_anew(name):
    whole = [each for each in NODES[name].inputs if each.startswith("params:") and each.endswith(".training")]
    assert whole == []
