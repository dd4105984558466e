"""Class terms block by block on Torch: logits wait in the memory of the gradient to come.

Native because slice updates of `keras.ops` copy the whole gradient for every block on Torch, and
because a block's logits can lie where its gradient will: forward writes them into the table of the
gradient, backward reads them there before it writes the gradient over them. So no product is
computed twice, and no memory beside the gradient and a few blocks is needed. The table has room for
as many rows of the batch as a centre has numbers; the logits of further rows are computed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from labelfeed.types import Tensor

NOTHING = -1e30


class BlockedTerms(torch.autograd.Function):
    """Target logit, log-sum-exp and maximum of the others."""

    @staticmethod
    def forward(
        ctx: Any,
        query: Tensor,
        centres: Tensor,
        label: Tensor,
        block: int,
        hard: Sequence[Tensor] | None,
        graded: bool,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return `(target, rest, best)`, each `(batch,)`; `graded`: backward will be asked for."""
        batch, classes = query.shape[0], centres.shape[0]
        inverse = centres.new_empty(classes)
        target = query.new_zeros(batch)
        peak = query.new_full((batch,), NOTHING)
        best, total = peak.clone(), query.new_zeros(batch)
        table = centres.new_empty(centres.shape) if graded else None
        spare = query.new_empty(2, batch * min(block, classes))
        for start in range(0, classes, block):
            place = slice(start, start + block)
            part, inv = centres[place], inverse[place]
            torch.linalg.vector_norm(part, dim=1, out=inv).clamp_(min=1e-12).reciprocal_()
            logits, work = (one[: batch * len(part)].view(batch, -1) for one in spare)
            kept = logits[:0] if table is None else _kept(table[place], batch)
            if len(kept) == batch:
                logits = kept
            torch.mm(query, part.T, out=logits).mul_(inv)
            rows, own = _own(label, start, len(part))
            target[rows] = logits[rows, own]
            logits[rows, own] = NOTHING
            if len(kept) < batch:
                kept.copy_(logits[: len(kept)])
            if hard is not None:
                best = torch.maximum(best, logits.amax(dim=1))
                logits = torch.where(
                    logits > hard[0][:, None], logits * (hard[1] + logits / hard[2]), logits
                )
            top = torch.maximum(peak, logits.amax(dim=1))
            total = total * torch.exp(peak - top)
            total += torch.sub(logits, top[:, None], out=work).exp_().sum(dim=1)
            peak = top
        rest = torch.log(total) + peak
        ctx.save_for_backward(query, centres, label, inverse, target, rest, *(hard or ())[:2])
        ctx.block, ctx.scale, ctx.table = block, None if hard is None else hard[2], table
        best = peak if hard is None else best
        ctx.mark_non_differentiable(best)
        return target, rest, best

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> tuple[Any, ...]:
        """Return the gradients by query and centres."""
        by_target, by_rest, _ = slopes
        query, centres, label, inverse, target, rest, *hard = ctx.saved_tensors
        batch, classes = query.shape[0], centres.shape[0]
        by_query, by_centres, ctx.table = torch.zeros_like(query), ctx.table, None
        filled = by_centres is not None  # not when a graph is walked a second time
        if not filled:
            by_centres = torch.empty_like(centres)
        spare = query.new_empty(2, batch * min(ctx.block, classes))
        for start in range(0, classes, ctx.block):
            place = slice(start, start + ctx.block)
            part, inv = centres[place], inverse[place]
            logits, weight = (one[: batch * len(part)].view(batch, -1) for one in spare)
            kept = _kept(by_centres[place], batch if filled else 0)
            if len(kept) == batch:
                logits = kept  # read to the end before the gradient is written over it
            else:
                logits[: len(kept)] = kept
                torch.mm(query[len(kept) :], part.T, out=logits[len(kept) :]).mul_(inv)
            rows, own = _own(label, start, len(part))
            logits[rows, own] = target[rows]
            if hard:
                above = logits > hard[0][:, None]
                moved = torch.where(above, logits * (hard[1] + logits / ctx.scale), logits)
                factor = torch.where(above, hard[1] + 2 * logits / ctx.scale, 1.0)
                torch.sub(moved, rest[:, None], out=weight).exp_().mul_(factor)
            else:
                torch.sub(logits, rest[:, None], out=weight).exp_()
            weight.mul_(by_rest[:, None])
            weight[rows, own] = by_target[rows]
            radial = logits.mul_(weight).sum(dim=0).mul_(inv).mul_(inv)
            weight.mul_(inv)
            by_query.addmm_(weight, part)
            torch.mm(weight.T, query, out=by_centres[place])
            by_centres[place].addcmul_(part, radial[:, None], value=-1)
        return by_query, by_centres, None, None, None, None


def _kept(table: Tensor, batch: int) -> Tensor:
    """Return the part of a block's gradient, `(size, depth)`, that holds logits: `(rows, size)`."""
    size, depth = table.shape
    rows = min(batch, depth)
    return table.view(-1)[: rows * size].view(rows, size)


def _own(label: Tensor, start: int, size: int) -> tuple[Tensor, Tensor]:
    """Return the rows whose class lies in the block, and where it lies there."""
    rows = torch.nonzero((label >= start) & (label < start + size))[:, 0]
    return rows, label[rows] - start


def blocked(
    query: Tensor, centres: Tensor, label: Tensor, block: int, hard: Sequence[Tensor] | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return `(target, rest, best)`; arguments as for `class_terms`."""
    graded = torch.is_grad_enabled() and centres.requires_grad
    return BlockedTerms.apply(query, centres, label.long(), block, hard, graded)
