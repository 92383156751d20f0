"""The words of the model card."""

from __future__ import annotations

CARD = """# Model card: vinchar {vinchar}

`locator.onnx` marks the glyphs of a VIN in a photo, `rectifier.onnx` finds and straightens the line in a rough cut-out,
`classifier.onnx` says which of 33 characters (digits and capitals without I, O, Q) is centred at each column of the
straightened strip, `ctc.onnx` and `detector.onnx`, where they are, read the same strip in other ways, `glyph.onnx`
reads pictures of one character, handwritten or printed, `model.json` says how sure to be. The `.keras` files are the
same networks for training on.

**Intended use**: reading vehicle identification numbers in photos of windscreens, labels and stamped frames, and in
pictures of single characters. Not for other text. A reading called `ok` can still be wrong: check it where a wrong
number costs more than a missing one.

## Made with

`{command}`:
{minutes} minutes on {cores} processes, by {optimizer}, Keras {keras}, {precision}, Python {python}.

| network | steps | pictures it learned on | trained by |
| --- | --- | --- | --- |
{made}

| data | pictures |
| --- | --- |
| EMNIST ByClass, digits and capitals without I, O, Q (Cohen et al. 2017, arXiv 1702.05373) | {emnist:,} |
| synthetic scenes of one VIN each, drawn by `vinchar.drawing.scenes` | {scenes:,} |
| synthetic photos, for the locator, drawn by `vinchar.drawing.photos` | {synthetic_photos:,} |
| real photos, for the locator alone, with a box round the VIN (`--boxed`){credit} | {photos:,} |

{adapted}## EMNIST test, {n:,} glyphs of 33 classes

`pretrained` is the network after EMNIST alone. From it come `glyph`, trained on with lower case that is written as its
capital is ({alike}) and printed characters among them, then biased to rare classes, and `classifier`, trained on drawn
VINs with some handwriting among them: it reads strips, and what it has forgotten of handwriting shows here. `baseline`
is the published network of two 5 x 5 convolutions, trained on the same glyphs with the same warps. Printed: characters
in held-out faces, one a picture.

| network | parameters | accuracy | weakest recall | printed | ms for 17 glyphs, one core |
| --- | --- | --- | --- | --- | --- |
{emnist_rows}

Recall of every class:

| class | {networks} |
| --- | {rule} |
{recall_rows}

## What it knows of VINs

`structure.npz` holds how likely 17 characters are as a VIN, by what stands before each of them: {entries:,} entries,
made from [facts](../vinchar/structure/facts/README.md) by `python -m vinchar vins build --out model`; and how likely as
other text, from drawn lines. Bits a character of beginnings that were held out, from a model made of all others, with
six digits behind them (17 uniform characters have 5.04):

| region | beginnings | bits a character |
| --- | --- | --- |
{bits}

## Ways to read strips

`lattice` asks `classifier.onnx`, `ctc` asks `ctc.onnx` for a sequence, `detector` asks `detector.onnx` for boxes;
`fused` multiplies what they say of each glyph, each to the power of its weight, and has the lattice part the strip.
Each has a confidence of its own, and without being told the model reads by `{usual}`. Of the scenes of the next
section, for ways but that one a third:

| reads by | weights | n | exact match | character error rate | accepted | accuracy of accepted | calibration error |
| --- | --- | --- | --- | --- | --- | --- | --- |
{ways}

## Synthetic scenes in held-out faces, read from loose boxes

| n | exact match | character error rate | accepted | accuracy of accepted | calibration error |
| --- | --- | --- | --- | --- | --- |
| {synthetic} |

The decision (a choice between the lines of a picture and "no VIN here", and whether the one chosen is read right) is
fitted on the {fitted:,} of these scenes that are legible (every glyph has a contrast of {legible_contrast} grey levels
or more) and not among those of the next section, and on whole pictures: drawn photos and documents with a VIN and
without, clean lines, and real photos as they are and with the VIN painted over, if there were any. In the last three
columns each picture with a VIN has the probability of a model fitted on other pictures, and each half the threshold of
the other. So {without_vin_ok} of {without_vin:,} pictures without a VIN would be ok. Of {no_characters:,} small
pictures without a character {no_characters_seen} would be read as one, of printed characters {characters_seen}.

Named at their true places,
{glyphs:.4f} of the glyphs are right, of those at least 16 pixels high {high_glyphs}; by height:
[curve](report/synthetic_glyph_height.png). Many of these scenes nobody could read: they are drawn beyond the limit so
that the limit is known. In the {clear} scenes that are clear (all glyphs in the picture, within 15 degrees of level,
with a contrast of {clear_contrast} grey levels in each, and blurred by lens and motion by no more than {clear_blur}
glyph heights, standard deviation) {clear_glyphs} of the {clear_n:,} glyphs at least 16 pixels high are right, however
blurred {bold_glyphs}; by height: [curve](report/synthetic_clear_glyph_height.png). Curves of the training,
classification reports and confusion matrices: [report](report/).

`--target-error` chooses among these thresholds. They were measured on the same pictures, with a VIN and without; of the
readings from there on, at most so many were wrong:

| share wrong, at most | confidence, at least |
| --- | --- |
{risks}

## The same scenes read as whole pictures

{pictures_n} of them, without a box round the VIN, by what it stands on:
[page](report/synthetic_pictures/index.html) with every wrong reading and the stage it was lost in.

| on | n | exact match | accepted | accuracy of accepted |
| --- | --- | --- | --- | --- |
{pictures}

## Why a reading is uncertain

What is measured along a line that was not read surely, from where on it is named as a reason, and how often a reading
beyond that is wrong in the odd half of the same scenes.

| measured | named from | readings beyond | of those wrong |
| --- | --- | --- | --- |
{quality}

## Finding the VIN in photos it was not trained on

Found: the bounding box of the line and that of the VIN have an intersection of at least half their union; the line as
the locator alone gives it, and as the reader ranks what it has read: its best two, then what the locator sees,
as usual and from closer by, in turn. VINs in two rows are among the drawn photos.

| photos | n | best line, locator | one of its best three | best line, reader | one of its best three |
| --- | --- | --- | --- | --- | --- |
{located}

{replaced}## Limits

Small or blurred glyphs; very shallow stamping; handwriting other than EMNIST's
capitals and digits. The synthetic world is drawn, so its scores are not those of real photos: the README has these.
"""

ADAPTED = """## Adapted to photos

From the model {base}, whose data and steps are those above, by `{command}` in {minutes} minutes, on {photos}
photos: {labelled:,} with a label of their owner, {unlabelled:,} without, which are taken for what was read in them
where the decision was sure. Of all of them {taught:,} taught it; glyphs that were decided beyond what was seen were no
lesson. What was tried, and the mean log probability of the true VINs of the validation part by it:

| tried | nats | kept |
| --- | --- | --- |
{steps}

Of the test part, which was read once, and of what was not to be forgotten:{sure}

| on | n | measure | before | after |
| --- | --- | --- | --- | --- |
{compared}

"""
SURE = """ the photos had no labels,
so the VINs of validation and test are those that the model before was sure of, read here without what is known of VINs;
this compares two models, and says nothing of how many VINs are read."""
