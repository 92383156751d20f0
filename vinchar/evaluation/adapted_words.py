"""What an adapted model gave, in words for the owner of the photos."""

from __future__ import annotations

import math

from vinchar.evaluation.adapted import EXACT, TEST, Adapted, Changed, Compared, LeftOut
from vinchar.reading import writable

EVIDENCE = ((10.0, "very strong"), (5.0, "strong"))  # nats against a label from which on it is called so
LITTLE = "some"
DIGITS = 3  # of measures, behind the point: what rounds to the same is the same


def verdict(made: Adapted) -> str:
    """Return the verdict as one sentence: better or not, by how many photos of how many, and where the model is."""
    head = f"The adapted model is {'better' if made.better else 'not better'} on {TEST}"
    if made.place is None:
        where = "no model was written, and --force writes it all the same"
    elif made.better:
        where = f"it is in {writable(str(made.place))}"
    else:
        where = f"by --force it was written all the same, to {writable(str(made.place))}"
    return f"{head}{_counted(made)}; {where}."


def perhaps_chance(made: Adapted) -> bool:
    """Return whether the difference in photos read right on the test part may be chance."""
    row = _decisive(made)
    return row is not None and may_be_chance(row)


def may_be_chance(row: Compared) -> bool:
    """Return whether the interval of a difference holds 0, or cannot be told."""
    return row.interval is not None and not (row.interval[0] > 0 or row.interval[1] < 0)


def judged(row: Compared) -> str:
    """Return ``better``, ``worse`` or ``same``, or nothing where a model has no figure."""
    difference = row.after - row.before
    if not math.isfinite(difference):
        return ""
    if round(difference, DIGITS) == 0:
        return "same"
    return "worse" if (difference > 0) == row.less_is_better else "better"


def strength(against: float) -> str:
    """Return how strong the evidence against a label is that speaks by so many nats."""
    return next((word for bound, word in EVIDENCE if against >= bound), LITTLE)


def strengths() -> str:
    """Return the sentence that says what those words mean."""
    said = [f"{word} evidence {odds(bound):,} or more" for bound, word in EVIDENCE]
    return (
        "With the reading, what is in the picture is so many times likelier than with the label: "
        f"{', '.join(said)}, {LITTLE} evidence less."
    )


def odds(nats: float) -> int:
    """Return how many times as likely something is, rounded to two digits."""
    return int(float(f"{math.exp(nats):.1e}"))


def reason(one: LeftOut) -> str:
    """Return why a photo is left out, without what is said of that photo only."""
    return one.why.partition(": ")[0]


def turn(one: Changed) -> str:
    """Return what became of a photo that is read differently: ``fixed``, ``broken`` or ``otherwise``."""
    return "fixed" if one.after == one.label else "broken" if one.before == one.label else "otherwise"


def _counted(made: Adapted) -> str:
    """Return how many photos of the test part are right, or as labelled, and how many more or fewer that is."""
    row = _decisive(made)
    if row is None:
        return ""
    before, after = round(row.before * row.n), round(row.after * row.n)
    photos = f"{row.n} photo{'' if row.n == 1 else 's'}"
    if made.own_labels:
        done, likelier = f"reads {after} of {photos} right", "the true VINs"
    else:
        done, likelier = f"agrees with the labels in {after} of {photos}", "these labels"
    if after == before:
        than = f"as many as the model before, and finds {likelier} {'likelier' if made.better else 'no likelier'}"
    else:
        than = f"{abs(after - before)} {'more' if after > before else 'fewer'} than the model before"
    return f": it {done}, {than}"


def _decisive(made: Adapted) -> Compared | None:
    """Return the comparison that the verdict is about, if both models have a figure."""
    rows = (row for row in made.compared if (row.on, row.measure) == (TEST, EXACT))
    return next((row for row in rows if math.isfinite(row.after - row.before)), None)
