from gan_pipelines.reporting.translation_curves import translation_curves


def scores(values, **baselines):
    return {"values": values, "baselines": baselines}


def report(curves):
    return {"steps": [0, 10], "epochs": [0.0, 2.5], "pictures": 4, "curves": curves}


def test_each_direction_is_a_line_beside_its_best_simple_method():
    psnr = {"A to B": scores([9, 20], gray=8, moved=12), "B to A": scores([8, 19], gray=13, moved=7)}
    ssim = {"A to B": scores([0.1, 0.8], gray=0.3), "B to A": scores([0.2, 0.7], gray=0.4)}
    figure = translation_curves(report({name: {"psnr": psnr[name], "ssim": ssim[name]} for name in psnr}))
    assert [(line.name, line.y) for line in figure.data] == [
        ("A to B", (9, 20)),
        ("B to A", (8, 19)),
        ("A to B", (0.1, 0.8)),
        ("B to A", (0.2, 0.7)),
    ]
    assert [line.showlegend for line in figure.data] == [True, True, False, False]
    assert [shape.y0 for shape in figure.layout.shapes] == [12, 13, 0.3, 0.4]
    assert figure.layout.annotations[0].text == "moved, A to B"
    assert figure.layout.title.text == "4 held-out pictures over the training"


def test_without_simple_methods_only_the_scores_are_drawn():
    figure = translation_curves(report({"Translation": {"psnr": scores([9, 20])}}))
    assert len(figure.data) == 1
    assert not figure.layout.shapes
