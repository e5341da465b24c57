"""Settings of the property tests: repeatable, and never failed by a slow machine."""

from hypothesis import settings

settings.register_profile("models", deadline=None, derandomize=True, database=None)
settings.load_profile("models")
