"""Side labels: their values, what they tell of the target, and their cheap peer. NumPy alone."""

from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.sides.findings import SideFinding, SideLeakError, check_sides
from labelfeed.sides.tree import Tree

__all__ = ["BayesProduct", "SideFinding", "SideLeakError", "Tree", "check_sides"]
