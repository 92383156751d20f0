"""The networks, in backend-agnostic Keras 3: three that read strips, rectifier, locator and the published baseline."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from vinchar.detect import ANCHORS
from vinchar.types import STRIP_HEIGHT

CLASSES = 34  # the 33 characters of vin.ALPHABET, then "no glyph is centred here"
STRIDE = 2  # strip columns for one column of the classifier's output
BOX_OUTPUTS = 3 + CLASSES - 1  # of an anchor: objectness, offset, width, then the characters
LINE_SIZE = (64, 256)  # height, width of the picture the rectifier sees
HEAT_STRIDE = 4  # photo pixels for one cell of the locator's maps
LINE_OUTPUTS = 7  # inside, centre, height, slant, polarity, from the start, to the end
RELU_GAIN = 1.7139588594436646  # 1 / the standard deviation of ReLU of a standard normal


@keras.saving.register_keras_serializable("vinchar")
class StandardConv(layers.Conv2D):  # type: ignore[misc]
    """A convolution with standardised kernels, then ReLU: each kernel has mean 0 and a learned norm.

    Weight standardisation (Qiao et al. 2019, arXiv 1903.10520), scaled so that activations keep their size (Brock et
    al. 2021, arXiv 2101.08692), in place of batch normalisation: on a processor training takes half the time, and
    nothing depends on what else is in the batch.
    """

    def build(self, input_shape: Any) -> None:
        """Add the kernels' norms, a weight (filters,), to those of a convolution."""
        super().build(input_shape)
        self.gain = self.add_weight(shape=(self.filters,), initializer="ones", name="gain")

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve with the standardised kernel, in float32 up to the convolution itself."""
        kernel = ops.cast(kernel, "float32")
        kernel = kernel - ops.mean(kernel, axis=(0, 1, 2), keepdims=True)
        norm = ops.sum(ops.square(kernel), axis=(0, 1, 2), keepdims=True)
        kernel = kernel * ops.rsqrt(norm + 1e-6) * (RELU_GAIN * ops.cast(self.gain, "float32"))
        return super().convolution_op(inputs, ops.cast(kernel, self.compute_dtype))

    def save_own_variables(self, store: Any) -> None:
        """Save the norms too: a convolution saves its kernel and bias alone."""
        layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store: Any) -> None:
        """Load what ``save_own_variables`` saved."""
        layers.Layer.load_own_variables(self, store)


def _conv(x: Any, filters: int, kernel: Any, strides: Any = 1, padding: str = "same") -> Any:
    return StandardConv(filters, kernel, strides=strides, padding=padding, activation="relu")(x)


def _square(x: Any, filters: int, dilation: int) -> Any:
    """Convolve 3 x 3, spread both ways."""
    return StandardConv(filters, 3, padding="same", dilation_rate=dilation, activation="relu")(x)


def _row(x: Any, filters: int, kernel: int, dilation: int) -> Any:
    """Mix along the line: depthwise over columns, then over channels, added to the input."""
    y = layers.DepthwiseConv2D((1, kernel), padding="same", dilation_rate=(1, dilation))(x)
    return layers.Add()([x, _conv(y, filters, 1)])


def _collapse(x: Any, filters: int, width: int) -> Any:
    """Fold the whole height into the channels: (B, H, W, C) to (B, 1, W, filters)."""
    x = layers.ZeroPadding2D(((0, 0), (width // 2, width // 2)))(x)
    return _conv(x, filters, (x.shape[1], width), padding="valid")


def _trunk(inputs: Any, width: float, context: int) -> Any:
    """Return what all three recognisers see of strips: (B, 40, W, 1) to (B, 1, W / 2, F), 77 columns of context."""
    few, some, many, most, last = (round(width * filters) for filters in (16, 32, 64, 92, 156))
    x = _conv(inputs, few, 3)
    x = _conv(x, some, 3, 2)  # (20, W / 2)
    x = _conv(x, few + some, 3)
    x = _conv(x, many, 3, (2, 1))  # (10, W / 2)
    x = layers.Add()([x, _conv(x, many, 3)])
    x = _conv(x, most, 3, (2, 1))  # (5, W / 2)
    x = layers.Add()([x, _conv(x, most, 3)])
    x = layers.SpatialDropout2D(0.05)(x)
    x = _collapse(x, last, 3)  # (1, W / 2)
    x = _row(x, last, context, 1)
    return _row(x, last, context, 2)


def _answers(x: Any, outputs: int, name: str) -> Any:
    """Return ``outputs`` numbers, float32, for every column of (B, 1, N, F): (B, N, outputs)."""
    x = layers.SpatialDropout2D(0.1)(x)
    x = layers.Reshape((-1, x.shape[-1]))(x)
    return layers.Dense(outputs, dtype="float32", name=name)(x)


def _halved(x: Any, context: int) -> Any:
    """Return half as many columns, (B, 1, N, F) to (B, 1, N / 2, F), mixed along the line."""
    return _row(layers.AveragePooling2D((1, 2))(x), x.shape[-1], context, 1)


def classifier(width: float = 1.0, context: int = 9) -> keras.Model:
    """Build the glyph classifier, fully convolutional along the line, 77 columns of context an answer.

    Input float32 (B, 40, W, 1) in 0..1, W even; output logits float32 (B, W / 2, 34), one answer for every second
    column, about the glyph centred there. The same weights read a whole strip or one glyph in the middle of a window.
    ``width``: how many times the shipped number of filters; ``context``: columns that the layers along the line mix,
    1 for a network that sees little but the glyph itself.
    """
    inputs = keras.Input((STRIP_HEIGHT, None, 1), name="strip")
    return keras.Model(inputs, _answers(_trunk(inputs, width, context), CLASSES, "logits"), name="classifier")


def ctc(width: float = 1.0, context: int = 9) -> keras.Model:
    """Build the network that reads a strip as a sequence (Graves et al. 2006, doi 10.1145/1143844.1143891).

    The classifier's trunk, and convolutions along the line over half as many columns. Input as of ``classifier``, W a
    multiple of 4; output logits float32 (B, W / 4, 34), for every time step of four columns: a character, or blank.
    """
    inputs = keras.Input((STRIP_HEIGHT, None, 1), name="strip")
    x = _row(_halved(_trunk(inputs, width, context), context), round(width * 156), context, 2)
    return keras.Model(inputs, _answers(x, CLASSES, "steps"), name="ctc")


def detector(width: float = 1.0, context: int = 9) -> keras.Model:
    """Build the network that detects glyphs in a row of cells, a one-row YOLO v2.

    Redmon and Farhadi 2017, arXiv 1612.08242. The classifier's trunk, and convolutions along the line over a quarter of
    the columns. Input as of ``classifier``, W a multiple of 8; output float32 (B, W / 8, 4, 36): for every cell of
    eight columns and each of ``detect.ANCHORS`` the logit of a glyph of about that width having its middle there, the
    logit of where in the cell it lies, the logarithm of its width in widths of the anchor, and logits of the 33
    characters.
    """
    inputs = keras.Input((STRIP_HEIGHT, None, 1), name="strip")
    x = _halved(_halved(_trunk(inputs, width, context), context), context)
    x = _answers(x, len(ANCHORS) * BOX_OUTPUTS, "boxes")
    return keras.Model(inputs, layers.Reshape((-1, len(ANCHORS), BOX_OUTPUTS))(x), name="detector")


def begin_as(model: keras.Model, other: keras.Model) -> None:
    """Give a model the weights of another's layers, from the first on, as far as they have the same shapes."""
    for mine, theirs in zip(model.layers, other.layers, strict=False):
        weights = theirs.get_weights()
        if [one.shape for one in mine.get_weights()] != [one.shape for one in weights]:
            return
        mine.set_weights(weights)


def favour(model: keras.Model, more: NDArray[np.float32]) -> None:
    """Add to the logits of a classifier's characters, float32 (33,), for good; that of "no glyph" stays as it is."""
    bias = model.get_layer("logits").bias
    bias.assign(bias + np.append(more, np.float32(0)))


def locator() -> keras.Model:
    """Build the net that finds the VIN in a photo, after CRAFT (Baek et al. 2019, arXiv 1904.01941).

    Input float32 (B, H, W, 1) in 0..1, H and W multiples of 32; output float32 (B, H / 4, W / 4, 2): for every fourth
    row and column the logit of being near the centre of a VIN's glyph, and that of being in the gap between two. Other
    text has neither.
    """
    inputs = keras.Input((None, None, 1), name="photo")
    x = _conv(inputs, 16, 5, 2)
    kept = []
    for filters, deep in ((32, 1), (48, 2), (64, 2)):  # at a quarter, an eighth, a sixteenth of the size
        x = _conv(x, filters, 3, 2)
        for _ in range(deep):
            x = layers.Add()([x, _conv(x, filters, 3)])
        kept.append(x)
    x = _conv(x, 96, 3, 2)
    for dilation in (1, 2):
        x = layers.Add()([x, _square(x, 96, dilation)])
    for filters, finer in ((64, kept[2]), (48, kept[1]), (32, kept[0])):
        # Normalised and without ReLU: otherwise what comes from the coarse levels can grow without bounds, and die.
        x = layers.Conv2D(filters, 1)(layers.LayerNormalization()(x))
        x = layers.UpSampling2D(2)(x)
        x = layers.Add()([x, finer])
        x = layers.Add()([x, _conv(x, filters, 3)])
    bias = keras.initializers.Constant(-4.0)  # hardly any place in a photo belongs to its VIN
    heat = layers.Conv2D(2, 3, padding="same", bias_initializer=bias, dtype="float32", name="heat")(x)
    return keras.Model(inputs, heat, name="locator")


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

    Input float32 (B, 64, 256, 1) in 0..1; output float32 (B, 64, 7), for every fourth column: logit of being inside
    the VIN, the line's centre and the glyphs' height (both in picture heights), slant (picture columns to the right
    for one picture row up), logit of light glyphs on dark, how far the VIN's start lies to the left and its end to the
    right (in picture widths).
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
