"""What the baseline models share: their input, pipelines, invariants of all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from snn_rtl.models.baselines import (
    BASELINES,
    LayerWork,
    Rules,
    evaluate,
    evaluate_all,
    network_work,
)
from snn_rtl.models.baselines.common import ceil_div, extents, lockstep
from snn_rtl.models.errors import InputError
from snn_rtl.models.tests.helpers import captured_workload, chained_workload
from snn_rtl.models.workload.layer import Layer
from snn_rtl.models.workload.network import infer, reference_runner
from snn_rtl.models.workload.workload import Workload


def works() -> st.SearchStrategy[LayerWork]:
    """Draw small layers."""

    def build(draw: st.DrawFn) -> LayerWork:
        steps = draw(st.sampled_from([1, 2, 3, 4, 8]))
        positions, k, n = (draw(st.integers(1, top)) for top in (20, 40, 300))
        kernel = draw(st.sampled_from([1, 3]))
        density = draw(st.sampled_from([0.0, 0.1, 0.4, 1.0]))
        rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        return LayerWork(
            name="drawn",
            spikes=rng.random((positions * steps, k)) < density,
            n=n,
            time_steps=steps,
            kernel_size=kernel,
            neurons=positions * n,
        )

    return st.composite(build)()


def with_n(work: LayerWork, n: int) -> LayerWork:
    return LayerWork(
        name=work.name,
        spikes=work.spikes,
        n=n,
        time_steps=work.time_steps,
        kernel_size=work.kernel_size,
        neurons=work.positions * n,
    )


def test_extents_and_rounding() -> None:
    assert extents(10, 4).tolist() == [4, 4, 2]
    assert extents(8, 4).tolist() == [4, 4]
    assert extents(3, 4).tolist() == [3]
    assert [ceil_div(x, 4) for x in (0, 1, 4, 5)] == [0, 1, 1, 2]


def test_lockstep_takes_the_longest_stage_of_each_step() -> None:
    # Tiles    0 1 2       step 0: load 0                          5
    # load     5 1 1       step 1: load 1, search 0: 1, 2       -> 2
    # search   2 9 1       step 2: load 2, search 1, process 0  -> 9
    # process  3 3 4       step 3: search 2, process 1          -> 3;  step 4: process 2 -> 4
    stages = [np.array(times) for times in ([5, 1, 1], [2, 9, 1], [3, 3, 4])]
    assert lockstep(stages).tolist() == [5, 2, 9, 3, 4]
    assert lockstep([np.array([3, 1])]).tolist() == [3, 1]


def test_layer_work_of_a_layer() -> None:
    conv, linear = network_work(captured_workload())
    # 4 x 5 positions, 4 channels; one position, 6 features
    assert (conv.m, conv.k, conv.n, conv.positions, conv.neurons) == (40, 27, 4, 20, 80)
    assert (linear.m, linear.k, linear.n, linear.positions, linear.neurons) == (2, 13, 6, 1, 6)
    assert (conv.kernel_size, linear.kernel_size) == (3, 1)


def test_by_step_puts_time_first() -> None:
    spikes = np.zeros((6, 2), np.bool_)
    spikes[2 * 2 + 1, 0] = True  # position 2, step 1
    work = LayerWork(name="x", spikes=spikes, n=1, time_steps=2, neurons=3)
    assert np.argwhere(work.by_step()).tolist() == [[1, 2, 0]]


def test_layer_work_of_a_chained_network_has_its_inferences_spikes() -> None:
    workload = chained_workload()
    seen: list[NDArray[np.bool_]] = []

    def runner(layer: Layer, matrix: NDArray[np.bool_]) -> NDArray[np.int64]:
        seen.append(matrix)
        return reference_runner(layer, matrix)

    infer(workload, 1, runner)
    found = network_work(workload, 1)
    assert [work.name for work in found] == ["conv", "hidden", "last"]
    for work, matrix in zip(found, seen, strict=True):
        np.testing.assert_array_equal(work.spikes, matrix)
    # 25 positions x 5 channels; the last layer's raw sums meet no neurons
    assert [work.neurons for work in found] == [125, 7, 0]


def test_neurons_that_the_artifact_lists_otherwise() -> None:
    layer = Layer(
        name="fc_0",
        kind="linear",
        input_shape=(4, 16),
        out_features=5,
        spikes=np.zeros((4, 16), np.bool_),
    )
    work, *_ = network_work(Workload(name="vgg9_cifar10", time_steps=4, layers=[layer]))
    assert (work.lif_neurons(Rules.ARTIFACT), work.lif_neurons(Rules.HONEST)) == (4096, 5)
    work, *_ = network_work(Workload(name="other", time_steps=4, layers=[layer]))
    assert (work.lif_neurons(Rules.ARTIFACT), work.lif_neurons(Rules.HONEST)) == (5, 5)


def test_layer_work_refuses_rows_without_all_steps() -> None:
    with pytest.raises(InputError, match="7 rows are no multiple of 2 steps"):
        LayerWork(name="x", spikes=np.zeros((7, 3), np.bool_), n=1, time_steps=2, neurons=1)


def test_evaluate_refuses_unknown_names() -> None:
    with pytest.raises(InputError, match="unknown model 'tpu': choose from eyeriss"):
        evaluate("tpu", [])
    with pytest.raises(InputError, match="unknown rules 'kind': choose from artifact, honest"):
        evaluate("ptb", [], "kind")


def test_evaluate_all_runs_every_model() -> None:
    network = network_work(captured_workload())
    for rules in Rules:
        results = evaluate_all(network, rules)
        assert list(results) == list(BASELINES)
        for name, result in results.items():
            assert (result.model, result.rules) == (name, rules)
            assert [layer.name for layer in result.layers] == ["conv", "fc_0"]
            assert result.cycles == result.compute + result.stalls + result.lif
            assert result.cycles == sum(layer.cycles for layer in result.layers)
            assert result.seconds == result.cycles / 500e6


@pytest.mark.parametrize("rules", list(Rules))
@given(work=works(), more=st.integers(1, 200))
def test_cycles_never_fall_with_more_outputs(work: LayerWork, more: int, rules: Rules) -> None:
    wider = with_n(work, work.n + more)
    for name in BASELINES:
        few, many = (evaluate(name, [one], rules) for one in (work, wider))
        assert 0 <= few.cycles <= many.cycles, name
        assert min(few.compute, few.stalls, few.lif) >= 0, name


@pytest.mark.parametrize("rules", list(Rules))
@given(work=works())
def test_skipping_more_never_costs_compute(work: LayerWork, rules: Rules) -> None:
    compute = {name: evaluate(name, [work], rules).compute for name in BASELINES}
    assert compute["dense"] >= compute["bit"]
    assert compute["costly"] >= compute["prosperity"]
    if rules is Rules.HONEST:
        assert compute["bit"] >= compute["prosperity"]
        assert compute["bit"] == compute["mint"]
    else:
        # M // 8 cycles an n tile count ones even where there is nothing to compute
        counting = work.m // 8 * ceil_div(work.n, 128)
        assert compute["bit"] + counting >= compute["prosperity"]
