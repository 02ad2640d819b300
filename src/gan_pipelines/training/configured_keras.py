"""Keras with the settings that the project needs, whatever the user's own file ``keras.json`` says.

Every module of the project takes Keras from here, so that nothing is built before they hold. What a model computes
would else depend on that file: its shapes on the order of axes, its bits on the type of floats and on the epsilon.
"""

import keras

keras.config.set_image_data_format("channels_last")
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_dtype_policy("float32")  # there may be one already, of the file's type of floats

__all__ = ["keras"]
