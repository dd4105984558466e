"""Class terms block by block on Torch: the gradient is written in place.

Native because slice updates of `keras.ops` copy the whole gradient for every block on Torch.
"""

from __future__ import annotations

from typing import Any

import torch

NOTHING = -1e30


class BlockedTerms(torch.autograd.Function):
    """Target logit, log-sum-exp and maximum of the others; blocks are recomputed backward."""

    @staticmethod
    def forward(
        ctx: Any, query: Any, centres: Any, label: Any, block: int, hard: Any
    ) -> tuple[Any, Any, Any]:
        """Return `(target, rest, best)`, each `(batch,)`."""
        batch, classes = query.shape[0], centres.shape[0]
        inverse = centres.new_empty(classes)
        target = query.new_zeros(batch)
        peak = query.new_full((batch,), NOTHING)
        best, total = peak.clone(), query.new_zeros(batch)
        for start in range(0, classes, block):
            part = centres[start : start + block]
            inv = torch.linalg.vector_norm(part, dim=1).clamp_(min=1e-12).reciprocal_()
            inverse[start : start + block] = inv
            logits = torch.mm(query, part.T).mul_(inv)
            rows, own = _own(label, start, part.shape[0])
            target[rows] = logits[rows, own]
            if hard is not None:
                logits[rows, own] = NOTHING
                best = torch.maximum(best, logits.amax(dim=1))
                logits = torch.where(
                    logits > hard[0][:, None], logits * (hard[1] + logits / hard[2]), logits
                )
            logits[rows, own] = NOTHING
            top = torch.maximum(peak, logits.amax(dim=1))
            total = total * torch.exp(peak - top)
            total += logits.sub_(top[:, None]).exp_().sum(dim=1)
            peak = top
        rest = torch.log(total) + peak
        ctx.save_for_backward(query, centres, label, inverse, rest, *(hard or ())[:2])
        ctx.block, ctx.scale = block, None if hard is None else hard[2]
        best = peak if hard is None else best
        ctx.mark_non_differentiable(best)
        return target, rest, best

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> tuple[Any, ...]:
        """Return the gradients by query and centres."""
        by_target, by_rest, _ = slopes
        query, centres, label, inverse, rest, *hard = ctx.saved_tensors
        by_query, by_centres = torch.zeros_like(query), torch.empty_like(centres)
        for start in range(0, centres.shape[0], ctx.block):
            place = slice(start, start + ctx.block)
            part, inv = centres[place], inverse[place]
            logits = torch.mm(query, part.T).mul_(inv)
            rows, own = _own(label, start, part.shape[0])
            if hard:
                above = logits > hard[0][:, None]
                moved = torch.where(above, logits * (hard[1] + logits / ctx.scale), logits)
                factor = torch.where(above, hard[1] + 2 * logits / ctx.scale, 1.0)
                weight = torch.exp(moved - rest[:, None]).mul_(factor)
            else:
                weight = torch.sub(logits, rest[:, None]).exp_()
            weight.mul_(by_rest[:, None])
            weight[rows, own] = by_target[rows]
            radial = (weight * logits).sum(dim=0).mul_(inv).mul_(inv)
            weight.mul_(inv)
            by_query.addmm_(weight, part)
            torch.mm(weight.T, query, out=by_centres[place])
            by_centres[place].addcmul_(part, radial[:, None], value=-1)
        return by_query, by_centres, None, None, None


def _own(label: Any, start: int, size: int) -> tuple[Any, Any]:
    """Return the rows whose class lies in the block, and where it lies there."""
    rows = torch.nonzero((label >= start) & (label < start + size))[:, 0]
    return rows, label[rows] - start


def blocked(query: Any, centres: Any, label: Any, block: int, hard: Any) -> tuple[Any, Any, Any]:
    """Return `(target, rest, best)`; arguments as for `class_terms`."""
    return BlockedTerms.apply(query, centres, label.long(), block, hard)
