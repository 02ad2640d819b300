from kedro.pipeline import Node, Pipeline

from fuzzed import nodes


def register_pipelines():
    pipeline = Pipeline(
        [
            Node(nodes.first, ["raw_one", "params:first"], "first", name="first"),
            Node(nodes.memory, "raw_two", "in_memory", name="memory"),
            Node(nodes.join, ["first", "in_memory", "params:join"], ["left", "right"], name="join"),
            Node(nodes.split, "left", "parts", name="split"),
            Node(nodes.coarse, "left", "coarse", name="coarse"),
            Node(nodes.total, ["parts", "right"], "total", name="total"),
            Node(nodes.relay, "in_memory", "relayed", name="relay"),
            Node(nodes.late, ["relayed", "total"], "late", name="late"),
            Node(nodes.report, ["total", "coarse"], "report", name="report"),
        ]
    )
    return {"__default__": pipeline}
