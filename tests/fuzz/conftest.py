"""Fuzz tests build their models as the unit tests of the engine do."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parents[1] / "unit" / "model"), str(Path(__file__).parent)]
