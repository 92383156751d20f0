"""The networks, in backend-agnostic Keras 3: the glyph classifier, the rectifier and the published baseline."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from vinchar.types import STRIP_HEIGHT

CLASSES = 34  # the 33 characters of vin.ALPHABET, then "no glyph is centred here"
STRIDE = 2  # strip columns for one column of the classifier's output
LINE_SIZE = (64, 256)  # height, width of the picture the rectifier sees
LINE_OUTPUTS = 5  # inside, centre, height, slant, polarity


def _conv(x: Any, filters: int, kernel: Any, strides: Any = 1, **options: Any) -> Any:
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False, **options)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _row(x: Any, filters: int, kernel: int, dilation: int) -> Any:
    """Mix along the line: depthwise over columns, then over channels, added to the input."""
    y = layers.DepthwiseConv2D((1, kernel), padding="same", dilation_rate=(1, dilation), use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    y = _conv(y, filters, 1)
    return layers.Add()([x, y])


def _collapse(x: Any, filters: int, width: int) -> Any:
    """Fold the whole height into the channels: (B, H, W, C) to (B, 1, W, filters)."""
    x = layers.ZeroPadding2D(((0, 0), (width // 2, width // 2)))(x)
    x = layers.Conv2D(filters, (x.shape[1], width), use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def classifier() -> keras.Model:
    """Build the glyph classifier, fully convolutional along the line, 73 columns of context an answer.

    Input float32 (B, 40, W, 1) in 0..1, W even; output logits float32 (B, W / 2, 34), one answer for every second
    column, about the glyph centred there. The same weights read a whole strip or one glyph in the middle of a window.
    """
    inputs = keras.Input((STRIP_HEIGHT, None, 1), name="strip")
    x = _conv(inputs, 16, 3)
    x = _conv(x, 32, 3, 2)  # (20, W / 2)
    x = _conv(x, 48, 3)
    x = _conv(x, 64, 3, (2, 1))  # (10, W / 2)
    x = layers.Add()([x, _conv(x, 64, 3)])
    x = _conv(x, 96, 3, (2, 1))  # (5, W / 2)
    x = layers.SpatialDropout2D(0.05)(x)
    x = _collapse(x, 160, 3)  # (1, W / 2)
    x = _row(x, 160, 9, 1)
    x = _row(x, 160, 9, 2)
    x = layers.SpatialDropout2D(0.1)(x)
    x = layers.Reshape((-1, 160))(x)
    logits = layers.Dense(CLASSES, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name="classifier")


def baseline() -> keras.Model:
    """Build the published 33-class network that the classifier is measured against: 5.05 M parameters.

    Input float32 (B, 28, 28, 1) in 0..1; output logits float32 (B, 33). Two 5 x 5 convolutions of 128 and 256
    filters, each with max-pooling, a dense layer of 1024 and dropout.
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="glyph"),
            layers.Conv2D(128, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(256, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1024, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(CLASSES - 1, dtype="float32", name="logits"),
        ],
        name="baseline",
    )


def rectifier() -> keras.Model:
    """Build the net that finds the line of a VIN in a rough cut-out.

    Input float32 (B, 64, 256, 1) in 0..1; output float32 (B, 64, 5), for every fourth column: logit of being inside
    the VIN, the line's centre and the glyphs' height (both in picture heights), slant (picture columns to the right
    for one picture row up), logit of light glyphs on dark.
    """
    inputs = keras.Input((*LINE_SIZE, 1), name="line")
    x = _conv(inputs, 16, 5, 2)  # (32, 128)
    x = _conv(x, 32, 3, 2)  # (16, 64)
    x = _conv(x, 48, 3)
    x = _conv(x, 64, 3, (2, 1))  # (8, 64)
    x = layers.Add()([x, _conv(x, 64, 3)])
    x = _conv(x, 64, 3, (2, 1))  # (4, 64)
    x = _collapse(x, 128, 1)  # (1, 64)
    for dilation in (1, 2, 4, 8):
        x = _row(x, 128, 5, dilation)
    x = layers.Reshape((-1, 128))(x)
    return keras.Model(inputs, layers.Dense(LINE_OUTPUTS, dtype="float32", name="line_out")(x), name="rectifier")
