"""Settings of the property tests: repeatable, and never failed by a slow machine."""

from pathlib import Path

from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

set_hypothesis_home_dir(Path(__file__).resolve().parents[2] / "build" / "hypothesis")
settings.register_profile("models", deadline=None, derandomize=True, database=None)
settings.load_profile("models")
