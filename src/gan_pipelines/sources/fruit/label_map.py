"""The label map of a picture: what each pixel shows, in flat colours."""

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.sources.fruit.calyx import draw_calyx, screen_colour
from gan_pipelines.sources.fruit.picture import oversampling_of, pixel_centres, planes, reduced
from gan_pipelines.sources.fruit.scene import Scene
from gan_pipelines.sources.fruit.shading import smooth_ripeness
from gan_pipelines.sources.fruit.surface import visible_skin

SKIN_COLOURS = np.array([[140, 190, 60], [245, 160, 40], [205, 30, 30]], dtype=np.uint8)
"""Screen values of green, turning and ripe skin."""
RIPENESS_BOUNDS = (0.35, 0.65)
"""Skin is green below the first, ripe from the second on."""
CALYX_COLOUR = (20, 80, 30)


def draw_label_map(scene: Scene, size: int) -> NDArray[np.uint8]:
    """Returns the label map of ``draw_picture(scene, size)``.

    Wall and table have the scene's own colours, without light and shadow: nothing else in the map tells a translator
    which they are. Skin is green, turning or ripe; around the stem it may be less ripe than elsewhere. Sepals and stem
    are one class.

    Returns:
        ``(size, size, 3)``, in [0, 255], at most six colours.
    """
    x, y = pixel_centres(size)
    is_wall = (y > scene.backdrop.horizon)[..., np.newaxis]
    labels = np.where(is_wall, screen_colour(scene.backdrop.wall), screen_colour(scene.backdrop.table)).astype(np.uint8)
    skin = visible_skin(x.ravel(), y.ravel(), scene.fruit)
    stage = np.digitize(smooth_ripeness(skin.directions, scene.fruit), RIPENESS_BOUNDS)
    is_body = (skin.margin > 0).reshape(size, size)
    labels[is_body] = SKIN_COLOURS[stage.reshape(size, size)[is_body]]
    oversampling = oversampling_of(size)
    calyx = planes(draw_calyx(oversampling * size, scene).getchannel("A"))
    labels[reduced(calyx, oversampling)[0] > 0.5] = CALYX_COLOUR
    return labels
