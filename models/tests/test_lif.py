"""Neurons: directed traces worked by hand, and the naive loop over random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifConfig, lif
from snn_rtl.models.oracle.dense import naive_lif


def trace(currents: list[int], threshold: int, bias: int = 0, **fields: Any) -> str:
    """Run one neuron; return its spikes as a string of 0 and 1."""
    spikes = lif(
        np.array(currents, np.int64)[:, np.newaxis],
        len(currents),
        np.array([bias]),
        np.array([threshold]),
        LifConfig(**fields),
    )
    return "".join("01"[int(spike)] for spike in spikes[:, 0])


@pytest.mark.parametrize(
    ("currents", "threshold", "fields", "expected"),
    [
        # potentials 4, 8, 12!, 4, 8, 12!
        ([4] * 6, 10, {}, "001001"),
        # exactly the threshold: 5, 10 (no), 15!, 5
        ([5] * 4, 10, {}, "0010"),
        ([5] * 4, 10, {"fire": ">="}, "0101"),
        # 7, 14! -> 4, 11! -> 1, 8
        ([7] * 5, 10, {"reset": "soft"}, "01101"),
        ([7] * 5, 10, {"reset": "hard"}, "01010"),
        # leak of a half: 8, 8-4+8=12!, 8
        ([8] * 3, 10, {"leak_shift": 1}, "010"),
        # leak of a quarter: 8; 8-2+1=7; 7-1+1=7; 7-1+5=11!
        ([8, 1, 1, 5], 10, {"leak_shift": 2}, "0001"),
        # a negative potential leaks towards zero, rounded down: -3; -3+2+3=2 (truncation: 1)
        ([-3, 3], 1, {"leak_shift": 1}, "01"),
        # a leak of 31 bits takes nothing from small potentials, and 1 from negative ones
        ([-1, 0], -1, {"leak_shift": 31}, "01"),
        ([-1, 0], -1, {"leak_shift": 0}, "00"),
    ],
)
def test_lif_traces(
    currents: list[int], threshold: int, fields: dict[str, Any], expected: str
) -> None:
    assert trace(currents, threshold, **fields) == expected


def test_lif_adds_the_bias_every_step() -> None:
    assert trace([0, 0, 0, 0], 5, bias=3) == "0101"


def test_lif_starts_every_position_at_zero() -> None:
    sums = np.array([[6], [0], [6], [0]])
    zero, limit = np.array([0]), np.array([10])
    assert not lif(sums, 2, zero, limit, LifConfig()).any()
    assert lif(sums, 4, zero, limit, LifConfig()).ravel().tolist() == [False, False, True, False]


def test_lif_has_bias_and_threshold_of_each_neuron() -> None:
    spikes = lif(
        np.zeros((1, 3), np.int64), 1, np.array([1, 2, 3]), np.array([1, 1, 9]), LifConfig()
    )
    assert spikes.tolist() == [[False, True, False]]


CONFIGS = st.builds(
    LifConfig,
    leak_shift=st.sampled_from([0, 1, 2, 5, 31]),
    reset=st.sampled_from(["hard", "soft"]),
    fire=st.sampled_from([">", ">="]),
)


@given(
    st.integers(1, 6),
    st.tuples(st.integers(1, 4), st.integers(1, 3)),
    CONFIGS,
    st.sampled_from([4, 100, 2**23, 2**31 - 1]),
    st.integers(0, 2**32 - 1),
)
def test_lif_equals_the_naive_loop(
    steps: int, size: tuple[int, int], config: LifConfig, scale: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    positions, neurons = size
    sums = rng.integers(-scale, scale, (positions * steps, neurons), endpoint=True)
    bias = rng.integers(-scale // 4, scale // 4, neurons, endpoint=True)
    threshold = rng.integers(-scale // 4, scale, neurons, endpoint=True)
    fast = lif(sums, steps, bias, threshold, config)
    slow = naive_lif(
        sums,
        steps,
        bias,
        threshold,
        leak_shift=config.leak_shift,
        reset=config.reset,
        fire=config.fire,
    )
    assert fast.dtype == np.bool_
    assert fast.astype(int).tolist() == slow.tolist()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"leak_shift": -1}, "leak_shift must be an integer 0..31, not -1"),
        ({"leak_shift": 32}, "leak_shift must be an integer 0..31, not 32"),
        ({"leak_shift": True}, "leak_shift must be an integer 0..31, not True"),
        ({"leak_shift": 1.0}, "leak_shift must be an integer 0..31, not 1.0"),
        ({"reset": "none"}, 'reset must be "hard" or "soft", not \'none\''),
        ({"fire": ">>"}, 'fire must be ">" or ">=", not \'>>\''),
    ],
)
def test_lif_config_refuses_what_has_no_meaning(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError) as error:
        LifConfig(**fields)
    assert str(error.value) == reason
