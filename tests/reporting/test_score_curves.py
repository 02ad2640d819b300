from gan_pipelines.reporting.score_curves import score_curves


def report(**changes):
    snapshots = [
        {
            "step": step,
            "epoch": step / 10,
            "distance": distance,
            "smallest_fraction": share,
            "covered_classes": 7,
            "largest_pixel_deviation": 9.0,
        }
        | changes
        for step, distance, share in ((100, 30.0, 0.01), (200, 8.0, 0.06), (300, 9.0, 0.05))
    ]
    best = min(snapshots, key=lambda row: row["distance"] or 0)
    return {"snapshots": snapshots, "best": best, "conditions": {"generated_images": 500}}


def test_distance_and_the_rarest_class_are_drawn_and_the_best_is_marked():
    figure = score_curves(report())
    assert [trace.name for trace in figure.data] == ["Distance", "Rarest class"]
    assert list(figure.data[0].x) == [100, 200, 300]
    assert list(figure.data[0].y) == [30, 8, 9]
    assert figure.layout.annotations[0].text == "best: step 200 "
    assert "500 generated images" in figure.layout.title.text


def test_without_classes_only_the_distance_is_drawn():
    without = report(smallest_fraction=None, covered_classes=None)
    assert [trace.name for trace in score_curves(without).data] == ["Distance"]


def test_of_too_many_classes_those_are_counted_that_are_drawn():
    figure = score_curves(report(smallest_fraction=0.0))
    assert [trace.name for trace in figure.data] == ["Distance", "Classes drawn"]
    assert list(figure.data[1].y) == [7, 7, 7]


def test_where_nothing_could_be_scored_the_deviation_is_drawn():
    figure = score_curves(report(distance=None, smallest_fraction=None, covered_classes=None))
    assert [trace.name for trace in figure.data] == ["Deviation"]
    assert not figure.layout.annotations
