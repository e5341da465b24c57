"""The packets of a layer's streams: by hand, round trips, hostile packets."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snn_rtl.models.errors import InputError
from snn_rtl.models.lif import LifParams
from snn_rtl.models.loas.config import SMALL
from snn_rtl.models.loas.formats import Element, pack_words, read_parameters, read_tile
from snn_rtl.models.loas.loas import layer_outputs, machine_outputs
from snn_rtl.models.loas.streams import (
    fired_packets,
    output_tiles,
    read_fired,
    read_sums,
    spike_packets,
    sum_packets,
    weight_packets,
)
from snn_rtl.models.loas.traffic import StreamBeats, stream_beats
from snn_rtl.models.tests.loas_helpers import TINY, Drawn, hand_layer, layers


def test_spike_packets_by_hand() -> None:
    layer = hand_layer()
    words = pack_words(layer.spikes, 2, 2)
    # m tiles of positions 0, 1 and of 2; twice for the n tiles; k tiles of 32 and of 1 position
    first = [0b11 | 0b10 << 32, 0b11 | 0b01 << 2 | 0b10 << 4]
    upper = [first, [0]]
    lower = [[0], [1, 0b11]]
    assert list(spike_packets(words, 3, TINY)) == [*upper, *upper, *lower, *lower]


def test_weight_packets_by_hand() -> None:
    layer = hand_layer()
    # columns 0, 1: weights 5 and 7, then -3; column 2: 1, then nothing
    packets = [[1 | 0b10 << 32, 0x0705], [1, 0xFD], [1, 0x01], [0]]
    assert list(weight_packets(layer.weights, 3, TINY)) == packets * 2
    # thresholds 1, 2 | 3 and biases -1, 0 | 9 of 128 bits
    lif = LifParams(np.array([-1, 0, 9]), np.array([1, 2, 3]))
    heads = [[1 | 2 << 128, (1 << 128) - 1], [3, 9]]
    with_heads = [heads[0] + packets[0], packets[1], heads[1] + packets[2], packets[3]]
    assert list(weight_packets(layer.weights, 3, TINY, lif)) == with_heads * 2


def test_output_packets_by_hand() -> None:
    layer = hand_layer()
    words = pack_words(layer.spikes, 2, 2)
    sums = machine_outputs(words, layer.weights, config=TINY)
    assert sums.tolist() == [[5, 7, 1], [5, 0, 1], [0, 0, 0], [0, 7, 0], [-3, 0, 0], [-3, 0, 0]]
    width = TINY.acc_w
    minus = (1 << width) - 3
    assert list(sum_packets(sums, TINY)) == [
        [5 | 5 << width, 7 | 7 << 3 * width],
        [1 | 1 << width],
        [minus | minus << width, 0],
        [0],
    ]
    # rows of spikes: mask of two columns, then words of two bits
    fired = sums > 0
    assert list(fired_packets(fired, TINY)) == [
        [0b11 | 0b11 << 2 | 0b01 << 4, 0b10 | 0b10 << 2],
        [0b01 | 0b11 << 2, 0],
        [0],
        [0],
    ]


@given(layers(), st.booleans())
def test_streams_carry_the_layer(layer: Drawn, spikes_out: bool) -> None:
    config, n = layer.config, layer.weights.shape[1]
    words = pack_words(layer.spikes, layer.time_steps, config.time_steps)
    lif = LifParams(np.arange(n) - 3, 5 - np.arange(n)) if spikes_out else None
    spikes = spike_packets(words, n, config)
    weights = weight_packets(layer.weights, len(words), config, lif)
    seen = [0, 0]
    for rows, columns in output_tiles(len(words), n, config):
        for top in range(0, words.shape[1], config.chunk):
            own = slice(top, min(top + config.chunk, words.shape[1]))
            packet, other = next(spikes), next(weights)
            seen[0] += len(packet)
            seen[1] += len(other)
            if lif is not None and top == 0:
                cut = config.param_beats
                for values, beats in ((lif.threshold, other[:cut]), (lif.bias, other[cut:])):
                    found = read_parameters(beats[:cut], config)[: columns.stop - columns.start]
                    assert found.tolist() == values[columns].tolist()
                other = other[2 * cut :]
            a, b = words[rows, own], layer.weights[own, columns].T
            for tile, beats, element in (
                (a, packet, Element.word(config)),
                (b, other, Element.weight(config)),
            ):
                read = read_tile(beats, len(tile), tile.shape[1], element, config)
                assert read.tolist() == tile.tolist()
    assert not list(itertools.chain(spikes, weights))
    counted = stream_beats(words, layer.weights, config, spikes_out=spikes_out)
    assert [counted.spike, counted.weight] == seen


@given(layers(), st.booleans())
def test_outputs_round_trip(layer: Drawn, spikes_out: bool) -> None:
    config, n = layer.config, layer.weights.shape[1]
    words = pack_words(layer.spikes, layer.time_steps, config.time_steps)
    lif = LifParams(np.zeros(n, int), np.full(n, 9)) if spikes_out else None
    outputs = machine_outputs(words, layer.weights, lif=lif, config=config)
    write, read = (fired_packets, read_fired) if spikes_out else (sum_packets, read_sums)
    packets = list(write(outputs, config))
    np.testing.assert_array_equal(read(packets, len(words), n, config), outputs)
    beats = stream_beats(words, layer.weights, config, spikes_out=spikes_out)
    assert beats.output == sum(map(len, packets))


def test_rows_of_spikes_are_the_fibres_of_the_next_layer() -> None:
    # Four n tiles of 8 columns: their masks are one chunk of 32, their words follow each other.
    rng = np.random.default_rng(3)
    spikes = rng.random((2 * 4, 32)) < 0.3
    words = pack_words(spikes, 4, 4)
    next_packet = next(spike_packets(words, 1, SMALL))
    packets = list(fired_packets(spikes, SMALL))
    masks = elements = count = 0
    for row in range(2):
        for tile, packet in enumerate(packets):
            mask = packet[row] & 0xFF
            masks |= mask << (row * 32 + tile * 8)
            elements |= (packet[row] >> 8) << 4 * count
            count += mask.bit_count()
    assert next_packet == [masks, elements]


def test_stream_beats_by_hand() -> None:
    layer = hand_layer()
    words = pack_words(layer.spikes, 2, 2)
    # spikes: 2 + 1 | 1 + 2 beats for each of 2 n tiles; weights: 2 + 2 | 2 + 1 for each m tile
    raw = stream_beats(words, layer.weights, TINY, spikes_out=False)
    assert raw == StreamBeats(spike=12, weight=14, output=6)
    # two beats of parameters for each (m, n); 3 rows for each n tile
    fired = stream_beats(words, layer.weights, TINY, spikes_out=True)
    assert fired == StreamBeats(spike=12, weight=22, output=6)


@pytest.mark.parametrize(
    ("packets", "message"),
    [
        ([[0, 0], [0]], "4 packets, not 2"),
        ([[0, 0], [0], [0, 0], [0, 0]], "has 1 beats, not 2"),
        ([[0, 0], [0], [0, 0], []], "has 1 beats, not 0"),
        ([[1 << TINY.out_w, 0], [0], [0, 0], [0]], "beat 0 is no integer"),
        ([[0, 0], [0], [1 << 2 * TINY.acc_w, 0], [0]], "beyond the positions is not zero"),
    ],
)
def test_read_sums_refuses_hostile_packets(packets: list[list[int]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_sums(packets, 3, 3, TINY)


@pytest.mark.parametrize(
    ("packets", "message"),
    [
        ([[0, 0], [0, 0], [0]], "4 packets, not 3"),
        ([[0], [0, 0], [0], [0]], "has 2 beats, not 1"),
        ([[0, 0], [0b10 | 1 << 2, 0], [0], [0]], "ones beyond its columns"),
        ([[1 << 2, 0], [0, 0], [0], [0]], "ones beyond its columns or its last word"),
        ([[1 | 1 << 2 | 1 << 4, 0], [0, 0], [0], [0]], "ones beyond its columns or its last word"),
        ([[1, 0], [0, 0], [0], [0]], "silent word"),
    ],
)
def test_read_fired_refuses_hostile_packets(packets: list[list[int]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_fired(packets, 3, 3, TINY)


def test_packets_refuse_what_does_not_fit() -> None:
    with pytest.raises(InputError, match="a sum must be"):
        list(sum_packets(np.full((2, 1), 1 << 19), TINY))
    for write in (sum_packets, fired_packets):
        with pytest.raises(InputError, match="3 rows are no multiple of 2 time steps"):
            list(write(np.zeros((3, 1), np.int64), TINY))
    with pytest.raises(InputError, match=r"a word must be 0\.\.3"):
        list(spike_packets(np.array([[4]], np.uint8), 1, TINY))
    with pytest.raises(InputError, match=r"a weight must be -128\.\.127"):
        list(weight_packets(np.array([[128]]), 1, TINY))


def test_padded_steps_may_fire_and_are_dropped() -> None:
    # One step of three padded to four: a bias of 2 reaches the threshold at the padded step only.
    spikes, weights = np.zeros((3, 1), np.bool_), np.zeros((1, 1), np.int8)
    lif = LifParams(np.array([2]), np.array([7]))
    outputs = machine_outputs(pack_words(spikes, 3, 4), weights, lif=lif, config=SMALL)
    assert outputs.ravel().tolist() == [0, 0, 0, 1]
    assert list(fired_packets(outputs, SMALL)) == [[1 | 0b1000 << 8]]
    own = layer_outputs(spikes, weights, lif=lif, time_steps=3, config=SMALL)
    assert own.ravel().tolist() == [0, 0, 0]
