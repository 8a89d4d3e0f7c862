"""What all tests share: property tests that a slow machine cannot fail and chance cannot flip."""

from hypothesis import settings

# Speed is measured in benchmarks/, never here; and the same examples every time, so that a failure
# on one machine is a failure on all. New examples are sought by running with another profile.
settings.register_profile("heco", deadline=None, derandomize=True)
settings.load_profile("heco")
