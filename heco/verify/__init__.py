"""Verification: what must be true of every decision model, tried on this one.

Each check alters the scenario in a way whose effect is known (all utilities 1, strategies swapped,
no discounting, ...), runs it again through the same door as everything else, and compares. A check
passes, fails with the size of the misfit, or does not apply, with the reason; what was not tried is
never called a pass.

The list is that of TECH-VER (Büyükkaramikli et al. 2019, PharmacoEconomics,
10.1007/s40273-019-00844-y) and of the field's other checklists, made into something that runs.
"""

from heco.verify.certify import CHECKS, Certificate, certificate, verify

__all__ = ["CHECKS", "Certificate", "certificate", "verify"]
