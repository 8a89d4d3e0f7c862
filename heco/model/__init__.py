"""Step 3 of 6: machinery, NumPy in, NumPy out.

A checked scenario becomes a `Model`, and ``model.evaluate(draws)`` is the only door into it.
"""

from heco.model.model import Model, compile_model

__all__ = ["Model", "compile_model"]
