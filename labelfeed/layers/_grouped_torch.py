"""Products of rows grouped by class on Torch: one matrix product for each class that occurs.

Why native: the groups' sizes are data, which a Torch loop may read; each group is a view of the
sorted rows, and each product of the gradient is written where it belongs. Registered as operators,
so that `torch.compile` passes them by instead of unrolling the loop.
"""

from __future__ import annotations

from typing import Any

import torch

__all__ = ["on_cpu", "product"]


def on_cpu(x: Any) -> bool:
    """Return whether `x` lies on a CPU and no graph of it is being exported."""
    exporting = getattr(torch.compiler, "is_exporting", bool)()
    traced = torch.jit.is_tracing() or torch.onnx.is_in_onnx_export()
    return x.device.type == "cpu" and not (exporting or traced)


def product(x: Any, kernels: Any, index: Any) -> Any:
    """Return `x[i] @ kernels[index[i]]`, zero where `index[i] < 0`; `(batch, t, u)`."""
    return _grouped(x, kernels, index)


@torch.library.custom_op("labelfeed::grouped_matmul", mutates_args=())
def _grouped(x: torch.Tensor, kernels: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    return _rows(x, kernels, index)


@_grouped.register_fake
def _(x: Any, kernels: Any, index: Any) -> Any:
    return x.new_empty((x.shape[0], x.shape[1], kernels.shape[2]))


@torch.library.custom_op("labelfeed::grouped_matmul_grad", mutates_args=())
def _grouped_grad(
    grad: torch.Tensor, x: torch.Tensor, kernels: torch.Tensor, index: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    order, classes, sizes = _groups(index)
    known = order[len(order) - sum(sizes) :]
    kernel_grad = torch.zeros_like(kernels, memory_format=torch.contiguous_format)
    rows = x[known].reshape(-1, x.shape[2]).split([n * x.shape[1] for n in sizes])
    grads = grad[known].reshape(-1, grad.shape[2]).split([n * x.shape[1] for n in sizes])
    for own, left, right in zip(classes, rows, grads, strict=True):
        torch.mm(left.T, right, out=kernel_grad[own])
    return _rows(grad, kernels.transpose(1, 2), index), kernel_grad


@_grouped_grad.register_fake
def _(grad: Any, x: Any, kernels: Any, index: Any) -> Any:
    return torch.empty_like(x), torch.empty_like(kernels)


def _save(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.save_for_backward(*inputs)


def _backward(ctx: Any, grad: Any) -> Any:
    x, kernels, index = ctx.saved_tensors
    return *_grouped_grad(grad, x, kernels, index), None


_grouped.register_autograd(_backward, setup_context=_save)


def _groups(index: Any) -> tuple[Any, list[int], list[int]]:
    """Return rows sorted by class, the classes that occur, and how often; unknown rows first."""
    index, order = torch.sort(index, stable=True)
    classes, sizes = torch.unique_consecutive(index, return_counts=True)
    skip = int(len(classes) and classes[0] < 0)
    return order, classes.tolist()[skip:], sizes.tolist()[skip:]


def _rows(x: Any, kernels: Any, index: Any) -> Any:
    order, classes, sizes = _groups(index)
    unknown = len(order) - sum(sizes)
    width = kernels.shape[2]
    rows = x[order[unknown:]].reshape(-1, x.shape[2]).split([n * x.shape[1] for n in sizes])
    done = x.new_empty((len(order), x.shape[1], width))
    done[:unknown] = 0
    parts = done[unknown:].view(-1, width).split([n * x.shape[1] for n in sizes])
    for own, left, out in zip(classes, rows, parts, strict=True):
        torch.mm(left, kernels[own], out=out)
    return torch.empty_like(done).index_copy_(0, order, done)
