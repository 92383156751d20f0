"""The model card, written from what model.json holds, so that no number in it is typed by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

from vinchar.drawing.scenes import CLEAR_BLUR, CLEAR_CONTRAST, LEGIBLE_CONTRAST
from vinchar.training.adapting.config import AdaptConfig
from vinchar.training.config import PRESETS
from vinchar.training.handwriting import ALIKE

_CARD = """# Model card: vinchar {vinchar}

`locator.onnx` marks the glyphs of a VIN in a photo, `rectifier.onnx` finds and straightens the line in a rough cut-out,
`classifier.onnx` says which of 33 characters (digits and capitals without I, O, Q) is centred at each column of the
straightened strip, `glyph.onnx` reads pictures of one character, handwritten or printed, `model.json` says how sure to
be. The `.keras` files are the same networks for training on.

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


def model_card(description: dict[str, Any]) -> str:
    """Return the card, in Markdown, of the model that ``description`` (model.json) describes."""
    config, made, data = description["config"], description["trained_with"], description["trained_on"]
    rows, synthetic = description["scores"]["emnist_test"], description["scores"]["synthetic_held_out_faces"]
    sizes, pictures = description["parameters"], description["scores"]["synthetic_pictures"]["vin"]
    lines = [
        f"| {row['network'].removeprefix('emnist_')} "
        f"| {sizes['baseline' if 'baseline' in row['network'] else 'classifier']:,} "
        f"| {row['accuracy']:.4f} | {row['weakest_recall'][0]} {row['weakest_recall'][1]:.3f} "
        f"| {_share(row.get('printed_right'))} | {row['milliseconds_for_17_glyphs']:.1f} |"
        for row in rows
    ]
    recall = [
        f"| {char} | " + " | ".join(f"{row['recall'][char]:.3f}" for row in rows) + " |" for char in rows[0]["recall"]
    ]
    keys = ("n", "exact_match", "character_error_rate", "ok", "ok_right", "calibration_error")
    located = [
        f"| {kind} | {row['n']:,.0f} | {row['best']:.3f} | {row['best_three']:.3f} | "
        f"{row['read_best']:.3f} | {row['read_best_three']:.3f} |"
        for kind, row in description["scores"]["located"].items()
    ]
    return _CARD.format(
        vinchar=description["vinchar"],
        command=_command(description),
        cores=config["workers"],
        made="\n".join(
            f"| {name} | {row['steps']:,} | {row['pictures']:,} | {row['by']} |"
            for name, row in made["networks"].items()
        ),
        emnist=data["emnist_byclass_33"],
        alike=", ".join(ALIKE),
        scenes=data["synthetic_scenes"],
        photos=data["real_photos"],
        synthetic_photos=data["synthetic_photos"],
        credit="".join(f"; {credit}" for credit in data["credits"]),
        located="\n".join(located),
        n=rows[0]["n"],
        emnist_rows="\n".join(lines),
        networks=" | ".join(row["network"].removeprefix("emnist_") for row in rows),
        rule=" | ".join("---" for _ in rows),
        recall_rows="\n".join(recall),
        entries=description["structure"]["entries"],
        bits="\n".join(
            f"| {name} | {n:,} | {bits:.2f} |" for name, (bits, n) in description["structure"]["bits"].items()
        ),
        without_vin=synthetic.get("without_vin", 0),
        without_vin_ok=synthetic.get("without_vin_ok", 0),
        no_characters=synthetic["single"]["no_characters"],
        no_characters_seen=synthetic["single"]["no_characters_seen"],
        characters_seen=_share(synthetic["single"]["characters_seen"]),
        risks="\n".join(f"| {risk:g} | {least:.4f} |" for risk, least in description["confidence"].get("risks", ())),
        glyphs=synthetic["glyphs_right"],
        high_glyphs=_share(synthetic["glyphs_right_from_16_pixels"]),
        fitted=synthetic["fitted_on"],
        legible_contrast=LEGIBLE_CONTRAST,
        clear_contrast=CLEAR_CONTRAST,
        clear_blur=CLEAR_BLUR,
        clear=synthetic["clear"],
        clear_n=synthetic["clear_glyphs_from_16_pixels"],
        bold_glyphs=_share(synthetic["bold_glyphs_right_from_16_pixels"]),
        clear_glyphs=_share(synthetic["clear_glyphs_right_from_16_pixels"]),
        quality="\n".join(
            f"| {name.replace('_', ' ')} | {row['threshold']:g} | {row['n']:,} | {row['precision']:.3f} |"
            for name, row in description["quality"].items()
        ),
        pictures_n=pictures["n"],
        pictures="\n".join(
            f"| {name} | {of['n']} | {of['exact_match']:.3f} | {of['ok']:.3f} | {_share(of['ok_right'])} |"
            for name, of in pictures["groups"].items()
        ),
        synthetic=" | ".join(str(synthetic.get(key, "-")) for key in keys),
        replaced=_beside((summary(description) or {}) | description.get("beside", {}), description["replaced"]),
        adapted=_adapted(description["adapted"]) if "adapted" in description else "",
        **{key: made[key] for key in ("minutes", "optimizer", "keras", "precision", "python")},
    )


_ADAPTED = """## Adapted to photos

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
_SURE = """ the photos had no labels,
so the VINs of validation and test are those that the model before was sure of, read here without what is known of VINs;
this compares two models, and says nothing of how many VINs are read."""


def _adapted(made: dict[str, Any]) -> str:
    """Return the section on how a model was adapted."""
    default = dataclasses.asdict(AdaptConfig())
    flags = [f"--{name.replace('_', '-')} {value}" for name, value in made["config"].items() if value != default[name]]
    sources = ["SOURCES"] if made["labelled"] else []
    photos = ["--unlabelled PHOTOS"] if made["unlabelled"] else []
    return _ADAPTED.format(
        base=made["base"],
        command=" ".join(["vinchar adapt", *sources, *photos, *flags]),
        minutes=made["minutes"],
        taught=made["taught"],
        photos=f"{made['labelled'] + made['unlabelled']:,}",
        labelled=made["labelled"],
        unlabelled=made["unlabelled"],
        steps="\n".join(
            f"| {step['name']} | {step['log_score']:.4f} | {'yes' if step['kept'] else 'no'} |"
            for step in made["steps"]
        ),
        sure="" if made["own_labels"] else _SURE,
        compared="\n".join(
            f"| {row['on']} | {row['n']:,} | {row['measure']} | {_share(row['before'])} | {_share(row['after'])} |"
            for row in made["compared"]
        ),
    )


def summary(description: dict[str, Any]) -> dict[str, str] | None:
    """Return what to compare two models by; None of a model.json without it, such as an older one."""
    try:
        synthetic, located = description["scores"]["synthetic_held_out_faces"], description["scores"]["located"]
        classifier = description["trained_with"]["networks"]["classifier"]
        return {
            "trained": f"`{_command(description)}`",
            "classifier": f"{classifier['steps']:,} steps, {classifier['pictures']:,} pictures, {classifier['by']}",
            "held-out faces, exact match": f"{synthetic['exact_match']:.4f} of {synthetic['n']:,} scenes",
            "accepted": _share(synthetic.get("ok")),
            "accuracy of accepted": _share(synthetic.get("ok_right")),
            "glyphs right at their true places": _share(synthetic["glyphs_right"]),
            "clear ones from 16 pixels": _share(synthetic["clear_glyphs_right_from_16_pixels"]),
            "the same however blurred": _share(synthetic["bold_glyphs_right_from_16_pixels"]),
            "EMNIST test, glyph": f"{description['scores']['emnist_test'][0]['accuracy']:.4f}",
        } | {f"found, {kind} photos": f"{row['read_best']:.4f}" for kind, row in located.items()}
    except (KeyError, IndexError, TypeError):
        return None


def _beside(new: dict[str, str], old: dict[str, str] | None) -> str:
    """Return a section that sets a model beside the one it replaced, nothing where there was none."""
    if not new or old is None:
        return ""
    rows = "\n".join(f"| {name} | {value} | {old.get(name, '-')} |" for name, value in new.items())
    return f"## Beside the model it replaced\n\n| | this model | the one before |\n| --- | --- | --- |\n{rows}\n\n"


def _command(description: dict[str, Any]) -> str:
    """Return how to train such a model, with a flag for each field that the preset has otherwise now."""
    config = description["config"]
    preset = dataclasses.asdict(PRESETS[config["preset"]]) | {"seed": None}
    flags = [
        f"--{name.replace('_', '-')} {value}"
        for name, value in config.items()
        if name != "preset" and value != preset.get(name)
    ]
    boxed = ["--boxed boxes.csv"] if description["trained_on"]["real_photos"] else []
    return " ".join(["python train.py --preset", config["preset"], *flags, *boxed])


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.4f}"
