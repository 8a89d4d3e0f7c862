"""R's default random numbers: Mersenne Twister, normals by inversion, betas by Cheng's BB and BC.

Written from what they are: Matsumoto & Nishimura 1998 (ACM Trans Model Comput Simul 8:3); normals
from two uniforms joined to one of 53 bits; Cheng 1978 (Commun ACM 21:317). So draws that an R
package publishes as a seed can be made again and read by something else.
"""

import math

import numpy as np
from scipy.special import ndtri

_BIG = 134_217_728


class Stream:
    """What R gives after ``set.seed(seed)``."""

    def __init__(self, seed):
        for _ in range(50):
            seed = (69_069 * seed + 1) % 2**32
        words = []
        for _ in range(625):
            seed = (69_069 * seed + 1) % 2**32
            words.append(seed)
        self._bits = np.random.MT19937()
        state = self._bits.state
        state["state"] = {"key": np.array(words[1:], dtype=np.uint32), "pos": 624}
        self._bits.state = state
        self._ready, self._at = np.empty(0), 0

    def uniform(self):
        """Return one number between 0 and 1, without either."""
        if self._at == len(self._ready):
            self._ready = self._bits.random_raw(100_000) * 2.3283064365386963e-10
            self._at = 0
        value = self._ready[self._at]
        self._at += 1
        return min(max(float(value), 1.164153218269348e-10), 1 - 1.164153218269348e-10)

    def normal(self, n, mean=0.0, sd=1.0):
        """Return n normal draws."""
        made = [(math.floor(_BIG * self.uniform()) + self.uniform()) / _BIG for _ in range(n)]
        return mean + sd * ndtri(np.array(made))

    def lognormal(self, n, mean, sd):
        """Return n lognormal draws of a mean and a standard deviation on the plain scale."""
        spread = math.log(1 + sd**2 / mean**2)
        return np.exp(self.normal(n, math.log(mean) - 0.5 * spread, math.sqrt(spread)))

    def beta(self, n, a, b):
        """Return n draws of a beta distribution."""
        one = self._centred if min(a, b) > 1 else self._steep
        return np.array([one(a, b) for _ in range(n)])

    def beta_of(self, n, mean, sd):
        """Return n beta draws of a mean and a standard deviation."""
        a = ((1 - mean) / sd**2 - 1 / mean) * mean**2
        return self.beta(n, a, a * (1 / mean - 1))

    def _centred(self, first, second):
        a, b = min(first, second), max(first, second)
        total = a + b
        slope = math.sqrt((total - 2) / (2 * a * b - total))
        gamma = a + 1 / slope
        while True:
            u, v = self.uniform(), self.uniform()
            x = slope * math.log(u / (1 - u))
            w = a * math.exp(x)
            z = u * u * v
            r = gamma * x - math.log(4)
            s = a + r - w
            if s + 1 + math.log(5) >= 5 * z:
                break
            t = math.log(z)
            if s > t or r + total * math.log(total / (b + w)) >= t:
                break
        return w / (b + w) if first == a else b / (b + w)

    def _steep(self, first, second):
        a, b = max(first, second), min(first, second)
        total = a + b
        slope = 1 / b
        delta = 1 + a - b
        low = delta * (0.0138889 + 0.0416667 * b) / (a * slope - 0.777778)
        high = 0.25 + (0.5 + 0.25 / delta) * b
        while True:
            u, v = self.uniform(), self.uniform()
            if u < 0.5:
                y = u * v
                z = u * y
                if 0.25 * v + z - y >= low:
                    continue
            else:
                z = u * u * v
                if z <= 0.25:
                    x = slope * math.log(u / (1 - u))
                    w = a * math.exp(min(x, 700))
                    break
                if z >= high:
                    continue
            x = slope * math.log(u / (1 - u))
            w = a * math.exp(min(x, 700))
            if total * (math.log(total / (b + w)) + x) - math.log(4) >= math.log(z):
                break
        return w / (b + w) if first == a else b / (b + w)
