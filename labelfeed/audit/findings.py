"""What an audit may find: each kind with its weight, its cause, and how to mend it."""

from __future__ import annotations

import dataclasses
from typing import Literal, NamedTuple

__all__ = ["FINDINGS", "Finding", "FindingKind", "Remedy", "Weight"]

FindingKind = Literal[
    "own label followed",
    "own label avoided",
    "evaluation reads label",
    "shown label in loss",
    "shown label in metrics",
    "training step reads label",
    "random labels learned",
    "neighbours' own label",
    "later labels read",
    "feature copy",
    "side label determines target",
    "shared groups",
    "shared rows",
    "target encoded",
    "feature tells target",
    "missing cells tell target",
    "near duplicates",
    "rows read each other",
    "teacher forcing",
    "sorted rows",
    "label without effect",
    "not compiled",
    "asked label without effect",
    "unconditional branch untrained",
    "training rows copied",
]
Weight = Literal["leak", "data leak", "suspect", "label not read", "none"]


class Remedy(NamedTuple):
    """What a kind of finding weighs in the verdict, what brings it about, and what mends it."""

    weight: Weight
    cause: str
    mend: str


_ONE_DRAW = "leave train_step to LabelFedModel: one draw a step, for every reader, loss and metrics"
_WRAP = (
    "take the label out, or LabelFedModel(network, spec, Masked(0.5)): what it shows is unscored"
)

FINDINGS: dict[str, Remedy] = {
    "own label followed": Remedy(
        "leak", "the label that is scored is an input, and the scores copy it", _WRAP
    ),
    "own label avoided": Remedy(
        "leak",
        "a layer moves the score of the fed class, as a margin does that stays on after training",
        "use the margin in training only: MarginModel with a head of labelfeed.heads",
    ),
    "evaluation reads label": Remedy(
        "leak",
        "evaluate or test_step feeds the label that it scores",
        "leave both to LabelFedModel; labels that are known at inference go in as known=",
    ),
    "shown label in loss": Remedy(
        "leak",
        "compute_loss counts labels that the network has read in the same step",
        "hand x on as it comes: the label that was read travels beside it and is left out",
    ),
    "shown label in metrics": Remedy(
        "leak",
        "metrics are computed on labels that the network has read in the same step",
        "LabelFedModel with metrics= and its own compute_metrics; shown ones by shown_metrics=",
    ),
    "training step reads label": Remedy(
        "leak",
        "train_step feeds labels past the visibility, or readers, loss and metrics draw it apart",
        _ONE_DRAW,
    ),
    "random labels learned": Remedy(
        "leak",
        "labels drawn at random can only be told by reading them: training or evaluation does",
        "look for y among the inputs, in the pipeline and in train_step; feed it by LabelFedModel",
    ),
    "neighbours' own label": Remedy(
        "leak",
        "rows of the context find themselves, equal rows or their group among their neighbours",
        "give the context its groups, and train on the very rows that stand in it",
    ),
    "later labels read": Remedy(
        "leak",
        "the history is not shifted, or a layer looks ahead (no causal mask, a bidirectional one)",
        "feed at each step the labels before it only: shift by one, causal mask, one direction",
    ),
    "feature copy": Remedy(
        "data leak",
        "the target stands among the features under another name",
        "drop the column (--drop)",
    ),
    "side label determines target": Remedy(
        "data leak",
        "the side label is the target in disguise, or was derived from it",
        "drop the side label, unless it is known before the target",
    ),
    "shared groups": Remedy(
        "data leak",
        "the rows of a group (a patient, a document) were split one by one",
        "split by group (--group; labelfeed.data.split_rows(groups=))",
    ),
    "shared rows": Remedy(
        "data leak",
        "the same row was trained on",
        "put equal rows on one side (labelfeed.data.together), or leave these out",
    ),
    "target encoded": Remedy(
        "data leak",
        "a category was replaced by the mean of its labels over all rows, audited ones too",
        "compute the means from training rows only (out of fold for those), or drop the column",
    ),
    "feature tells target": Remedy(
        "suspect",
        "the column was filled in after the label, or it is a very good marker",
        "drop it, unless it is known before the label",
    ),
    "missing cells tell target": Remedy(
        "suspect",
        "a cell is filled in for some labels only: a test ordered, or a form, after the label",
        "drop the column, or make sure that it is just as empty when the label is not known yet",
    ),
    "near duplicates": Remedy(
        "suspect",
        "one case stands in both: the next frame, a second photograph, a rounded copy",
        "split by what they have in common (--group), or leave them out",
    ),
    "rows read each other": Remedy(
        "suspect",
        "a layer reads the whole batch (normalization left in training mode, attention over rows)",
        "predict rows one by one or shuffled, and pass training= on to such layers",
    ),
    "teacher forcing": Remedy(
        "suspect",
        "the history that is fed is the true one, which nobody has at inference",
        "report the score with its own predictions; train with labels hidden or sampled at times",
    ),
    "sorted rows": Remedy(
        "none",
        "the rows stand in the order of the label",
        "shuffle before splitting; drop features that count rows, as ids and dates do",
    ),
    "label without effect": Remedy(
        "label not read",
        "the label input is not connected, its path is multiplied by zero, or it was never fed",
        "connect it (a conditioning layer of labelfeed.layers), or drop it: the same scores",
    ),
    "not compiled": Remedy(
        "none", "the model has no loss and no metrics", "compile it as for training"
    ),
    "asked label without effect": Remedy(
        "label not read",
        "the label input is not connected, labels were wrong in training, or it trained too short",
        "train longer, on the labels of the rows; sample with guidance 1 or more; connect the "
        "input of a network of your own",
    ),
    "unconditional branch untrained": Remedy(
        "suspect",
        "guidance other than 1, and rows without a label, rest on weights that nothing trained",
        "train with label_dropout=0.1 (--label-dropout 0.1), or ask for known labels, guidance 1",
    ),
    "training rows copied": Remedy(
        "data leak",
        "the generator has learned its training rows by heart",
        "more rows, fewer steps (epochs=None stops by held-out rows), a smaller network, dropout",
    ),
}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that an audit has found, with its cause and how to mend it.

    Attributes:
        kind: One of `FINDINGS`.
        text: What was found, in words; `str(finding)`.

    Example:
        >>> Finding("shared rows", "3 of 200 rows equal a training row").weight
        'data leak'
    """

    kind: FindingKind
    text: str

    def __str__(self) -> str:
        """Return the words."""
        return self.text

    @property
    def weight(self) -> Weight:
        """The verdict that it leads to by itself; `"none"` for what is only told."""
        return FINDINGS[self.kind].weight

    @property
    def cause(self) -> str:
        """What brings such a thing about."""
        return FINDINGS[self.kind].cause

    @property
    def mend(self) -> str:
        """What to do about it."""
        return FINDINGS[self.kind].mend

    def to_dict(self) -> dict[str, str]:
        """Return kind, text, weight, cause and mend."""
        return {**dataclasses.asdict(self), **FINDINGS[self.kind]._asdict()}
