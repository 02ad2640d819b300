"""Keras with the project's settings, which override the user's ``keras.json``.

All modules import Keras from here, so that no layer is built before the settings apply. Otherwise results would depend
on that file: shapes on `image_data_format`, bits on `floatx` and `epsilon`.
"""

import keras

keras.config.set_image_data_format("channels_last")
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_dtype_policy("float32")  # the file's `floatx` may have set one already

__all__ = ["keras"]
