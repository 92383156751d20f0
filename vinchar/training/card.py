"""The model card, written from what model.json holds, so that no number in it is typed by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

from vinchar.drawing.scenes import CLEAR_BLUR, CLEAR_CONTRAST, LEGIBLE_CONTRAST
from vinchar.training.adapting.config import AdaptConfig
from vinchar.training.card_words import ADAPTED, CARD, SURE
from vinchar.training.config import PRESETS
from vinchar.training.handwriting import ALIKE


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
    return CARD.format(
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
        usual=description["recogniser"],
        ways=_ways(description),
        without_vin=synthetic.get("without_vin", 0),
        without_vin_ok=synthetic.get("without_vin_ok", 0),
        no_characters=synthetic["single"]["no_characters"],
        no_characters_seen=synthetic["single"]["no_characters_seen"],
        characters_seen=_share(synthetic["single"]["characters_seen"]),
        risks="\n".join(
            f"| {risk:g} | {least:.4f} |"
            for risk, least in description["recognisers"][description["recogniser"]]["confidence"].get("risks", ())
        ),
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


def _ways(description: dict[str, Any]) -> str:
    """Return a row for each way to read strips."""
    keys = ("exact_match", "character_error_rate", "ok", "ok_right", "calibration_error")
    rows = []
    for name, scores in description["scores"]["recognisers"].items():
        weights = ", ".join(f"{one} {weight:g}" for one, weight in description["recognisers"][name]["experts"].items())
        rows.append(
            f"| {name} | {weights} | {scores['n']:,} | " + " | ".join(_share(scores.get(key)) for key in keys) + " |"
        )
    return "\n".join(rows)


def _adapted(made: dict[str, Any]) -> str:
    """Return the section on how a model was adapted."""
    default = dataclasses.asdict(AdaptConfig())
    flags = [f"--{name.replace('_', '-')} {value}" for name, value in made["config"].items() if value != default[name]]
    sources = ["SOURCES"] if made["labelled"] else []
    photos = ["--unlabelled PHOTOS"] if made["unlabelled"] else []
    return ADAPTED.format(
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
        sure="" if made["own_labels"] else SURE,
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
