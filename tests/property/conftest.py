"""Property tests of the engine build their models as its unit tests do, and ask the same twin."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "unit" / "model"))
