"""All pipelines; what is not in the catalog stays in memory."""

from kedro.pipeline import node, pipeline

from toy import more_nodes, nodes


def main():
    return pipeline(
        [
            node(nodes.prepare, ["raw", "params:prep"], "prepared", name="prep"),
            node(nodes.count, "prepared", "tally", name="count"),
            node(nodes.train, ["prepared", "params:train"], ["gen", "disc"], name="train", tags="slow"),
            node(nodes.sample, ["gen", "params:sample"], "samples", name="sample"),
            node(nodes.report, ["samples", "disc", "tally", "params:report"], "report", name="report"),
            node(nodes.publish, "report", "page", name="publish"),
        ]
    )


def other():
    return pipeline([node(more_nodes.measure, ["raw", "params:measure"], "measured", name="measure")])


def styled():
    return pipeline([node(more_nodes.style, ["raw", "params:style"], "styled_out", name="style")])


def frozen():
    return pipeline(
        [
            node(more_nodes.freeze, "raw", "frozen_model", name="freeze"),
            node(more_nodes.thaw, "frozen_model", "thawed_out", name="thaw"),
        ]
    )


def noisy():
    return pipeline(
        [
            node(more_nodes.train_noisily, "raw", ["noisy_gen_out", "noisy_disc_out"], name="noisy_train"),
            node(more_nodes.use_noise, "noisy_gen_out", "noisy_used_out", name="noisy_use"),
        ]
    )


def terminal():
    return pipeline([node(more_nodes.total, "raw", "total", name="total")])


def edges():
    return pipeline(
        [
            node(more_nodes.tick, "raw", "ticks", name="tick"),
            node(more_nodes.tock, "ticks", "tocks", name="tock"),
            node(more_nodes.first, ["ticks", "params:edges.first"], "first_out", name="first"),
            node(more_nodes.second, ["tocks", "params:edges.second"], "second_out", name="second"),
        ]
    )


def parts():
    return pipeline(
        [
            node(more_nodes.merge, "raw_parts", "merged", name="merge"),
            node(more_nodes.split, "merged", "split_parts", name="split"),
        ]
    )


def stretch():
    return pipeline(
        [node(more_nodes.stretch, ["raw", "params:stretch"], "stretched", name="stretch", tags="cache-pure")]
    )


def shapes():
    return pipeline(
        [
            node(more_nodes.copy, "raw", "unnamed_out"),
            node(more_nodes.copy, "raw", "named_out", name="named"),
            node(more_nodes.copy, "raw", "table@json", name="table"),
            node(more_nodes.read_text, "table@text", "read_out", name="read_table"),
            node(more_nodes.all_settings, "parameters", "settings_out", name="all_settings"),
        ]
    )


def always():
    return pipeline(
        [
            node(more_nodes.copy, "raw", "tagged_out", name="tagged", tags="cache-never"),
            node(more_nodes.announce, "raw", None, name="announce"),
            node(more_nodes.fetch, "remote", "fetched_out", name="fetch"),
            node(more_nodes.take, "inbox", "taken_out", name="take", confirms="inbox"),
        ]
    )


def declared():
    return pipeline([node(more_nodes.fetch, "known", "known_out", name="fetch_known")])


def register_pipelines():
    namespaced = [pipeline(stretch(), inputs="raw", namespace=side) for side in ("left", "right")]
    return {
        "__default__": main(),
        "other": other(),
        "styled": styled(),
        "frozen": frozen(),
        "noisy": noisy(),
        "terminal": terminal(),
        "edges": edges(),
        "parts": parts(),
        "sides": sum(namespaced, pipeline([])),
        "shapes": shapes(),
        "always": always(),
        "declared": declared(),
    }
