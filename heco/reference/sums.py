"""Sums of the reference: Simpson's weights, and matrices as lists of lists."""

from __future__ import annotations

from collections.abc import Sequence


def simpsons(cycles: int) -> list[float]:
    """Return the textbook weights of the boundaries 0..cycles."""
    if cycles == 1:
        return [0.5, 0.5]
    weights = [0.0] * (cycles + 1)
    pairs = cycles if cycles % 2 == 0 else cycles - 3
    for left in range(0, pairs, 2):
        for step, share in enumerate((1 / 3, 4 / 3, 1 / 3)):
            weights[left + step] += share
    if pairs < cycles:
        for step, share in enumerate((3 / 8, 9 / 8, 9 / 8, 3 / 8)):
            weights[pairs + step] += share
    return weights


def unit(size: int) -> list[list[float]]:
    """Return a matrix that changes nothing."""
    return [[float(i == j) for j in range(size)] for i in range(size)]


def plus(a: Sequence[Sequence[float]], b: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the sum of two matrices."""
    return [[x + y for x, y in zip(p, q, strict=True)] for p, q in zip(a, b, strict=True)]


def times(a: Sequence[Sequence[float]], b: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the product of two matrices."""
    size = range(len(b))
    return [[sum(row[k] * b[k][j] for k in size) for j in size] for row in a]
