"""Packed words, fibres and the beats of their tiles: by hand, round trips, hostile beats."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from snn_rtl.models.bits import from_beats, from_bits, to_beats, to_bits
from snn_rtl.models.errors import InputError
from snn_rtl.models.loas.config import SMALL, LoasConfig
from snn_rtl.models.loas.formats import (
    Element,
    FibreTile,
    compress,
    decompress,
    drop_single,
    pack_words,
    parameter_beats,
    read_parameters,
    read_tile,
    tile_beats,
    unpack_words,
)
from snn_rtl.models.oracle.dual_sparse import naive_drop_single, naive_tile_beats
from snn_rtl.models.tests.loas_helpers import Drawn, configs, layers

WEIGHT = Element.weight(SMALL)
WORD = Element.word(SMALL)


def test_pack_words_by_hand() -> None:
    # two positions of three steps, two columns
    spikes = np.array([[1, 0], [0, 0], [1, 0], [0, 1], [1, 1], [0, 1]], np.bool_)
    packed = pack_words(spikes, 3, 4)
    assert packed.dtype == np.uint8
    assert packed.tolist() == [[0b101, 0], [0b010, 0b111]]
    assert pack_words(spikes, 1, 8).tolist() == spikes.astype(int).tolist()


@given(layers())
def test_pack_words_round_trip(layer: Drawn) -> None:
    words = pack_words(layer.spikes, layer.time_steps, layer.config.time_steps)
    assert not (words >> layer.time_steps).any()
    np.testing.assert_array_equal(unpack_words(words, layer.time_steps), layer.spikes)


@pytest.mark.parametrize(("steps", "width"), [(0, 4), (5, 4), (4, 9), (9, 9), (-1, 4)])
def test_pack_words_refuses_steps_that_do_not_fit(steps: int, width: int) -> None:
    with pytest.raises(InputError, match=f"{steps} time steps do not fit into words of {width}"):
        pack_words(np.zeros((4, 2), np.bool_), steps, width)


def test_pack_words_refuses_a_part_of_a_position() -> None:
    with pytest.raises(InputError, match="5 rows are no multiple of 2 time steps"):
        pack_words(np.zeros((5, 2), np.bool_), 2, 4)


def test_drop_single_by_hand() -> None:
    words = np.array([[0b0000, 0b0001, 0b1000, 0b0011, 0b1111, 0b0100]], np.uint8)
    assert drop_single(words).tolist() == [[0, 0, 0, 0b0011, 0b1111, 0]]


@given(layers())
def test_drop_single_follows_the_definition(layer: Drawn) -> None:
    words = pack_words(layer.spikes, layer.time_steps, layer.config.time_steps)
    kept = unpack_words(drop_single(words), layer.time_steps)
    np.testing.assert_array_equal(kept, naive_drop_single(layer.spikes, layer.time_steps))


def test_compress_by_hand() -> None:
    tile = np.array([[0, 9, 0, -1], [0, 0, 0, 0], [3, 0, 0, 4]])
    fibres = compress(tile)
    assert fibres.masks.astype(int).tolist() == [[0, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 1]]
    assert fibres.elements.tolist() == [9, -1, 3, 4]
    assert fibres.pointers.tolist() == [0, 2, 2]
    assert decompress(fibres).tolist() == tile.tolist()


def test_fibres_refuse_contradictions() -> None:
    masks = np.array([[True, False]])
    with pytest.raises(InputError, match="announce 1 elements"):
        FibreTile(masks, np.array([1, 2]))
    with pytest.raises(InputError, match="an element is zero"):
        FibreTile(masks, np.array([0]))


def test_tile_beats_by_hand() -> None:
    # 2 fibres of 3 positions: 32 mask bits each in a beat of 256; weights 8 bits each
    tile = np.array([[1, 0, -1], [0, 2, 0]])
    assert tile_beats(tile, WEIGHT, SMALL) == [0b101 | 0b010 << 32, 0x02FF01]
    # words 4 bits each; a ninth fibre needs a second beat of masks
    words = np.zeros((9, 1), np.uint8)
    words[0] = 0xA
    words[8] = 0x5
    config = replace(SMALL, tppes=9)
    assert tile_beats(words, Element.word(config), config) == [1, 1, 0x5A]


def test_tile_without_elements_is_its_bitmasks() -> None:
    assert tile_beats(np.zeros((3, 32), np.int8), WEIGHT, SMALL) == [0]


def test_full_tile_fills_its_beats() -> None:
    # 8 fibres of 32 weights: 32 a beat
    tile = np.full((8, 32), -1)
    assert tile_beats(tile, WEIGHT, SMALL) == [(1 << 256) - 1] * 9


@st.composite
def tiles(draw: st.DrawFn) -> tuple[LoasConfig, Element, NDArray[np.int64]]:
    """Draw a machine and a tile of words or weights."""
    config = draw(configs())
    weights = draw(st.booleans())
    element = Element.weight(config) if weights else Element.word(config)
    fibres = draw(st.integers(1, config.columns if weights else config.tppes))
    low, high = (-128, 127) if weights else (0, config.all_ones)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tile = rng.integers(low, high + 1, (fibres, draw(st.integers(1, 32))))
    tile[rng.random(tile.shape) >= draw(st.sampled_from([0.0, 0.1, 0.6, 1.0]))] = 0
    return config, element, tile


@given(tiles())
def test_tile_round_trip(drawn: tuple[LoasConfig, Element, NDArray[np.int64]]) -> None:
    config, element, tile = drawn
    np.testing.assert_array_equal(decompress(compress(tile)), tile)
    beats = tile_beats(tile, element, config)
    assert beats == naive_tile_beats(
        tile.tolist(), chunk=32, element_bits=element.width, beat_bits=256
    )
    np.testing.assert_array_equal(read_tile(beats, len(tile), tile.shape[1], element, config), tile)


def test_read_tile_ignores_what_stands_for_nothing() -> None:
    # position 3, the second fibre and the bits behind the element
    beats = [0b1001 | 1 << 32, 0xFF0003]
    assert read_tile(beats, 1, 3, WEIGHT, SMALL).tolist() == [[3, 0, 0]]


@pytest.mark.parametrize(
    ("beats", "message"),
    [
        ([], "0 beats are too few for the bitmasks of 2 fibres"),
        ([1], "a tile of 1 weights has 2 beats, not 1"),
        ([0, 1], "a tile of 0 weights has 1 beats, not 2"),
        ([1, 1, 1], "a tile of 1 weights has 2 beats, not 3"),
        ([1, 0x100], "an element is zero"),
        ([1 << 256], "beat 0 is no integer of 256 bits"),
        ([1, -1], "beat 0 is no integer of 256 bits: -1"),
        ([1.0, 1], "beat 0 is no integer of 256 bits: 1.0"),
        ([True, 1], "beat 0 is no integer of 256 bits: True"),
        ([None], "beat 0 is no integer of 256 bits: None"),
    ],
)
def test_read_tile_refuses_hostile_beats(beats: list[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_tile(beats, 2, 32, WEIGHT, SMALL)


@given(st.lists(st.integers(0, 2**256 - 1), max_size=6), st.integers(0, 9), st.integers(0, 33))
def test_read_tile_refuses_or_reads_anything(beats: list[int], fibres: int, k: int) -> None:
    try:
        tile = read_tile(beats, fibres, k, WORD, SMALL)
    except InputError:
        return
    assert tile.shape == (fibres, k)
    assert 0 <= tile.min() <= tile.max() <= SMALL.all_ones


@pytest.mark.parametrize(
    ("shape", "message"),
    [((9, 4), "fibres of a tile must be 1..8, not 9"), ((1, 33), "positions of a chunk must be 1")],
)
def test_tile_beats_refuses_sizes(shape: tuple[int, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        tile_beats(np.ones(shape, np.int8), WEIGHT, SMALL)


@pytest.mark.parametrize(
    ("element", "value"), [(WEIGHT, 128), (WEIGHT, -129), (WORD, 16), (WORD, -1)]
)
def test_tile_beats_refuses_elements_that_do_not_fit(element: Element, value: int) -> None:
    with pytest.raises(InputError, match=rf"a {element.name} must be -?\d+\.\."):
        tile_beats(np.array([[value]]), element, SMALL)


def test_parameter_beats_by_hand() -> None:
    # 8 columns of 32 bits are one beat of 256
    beats = parameter_beats(np.array([1, -1, 5], np.int32), SMALL)
    assert beats == [1 | 0xFFFFFFFF << 32 | 5 << 64]
    # 8 columns of 64 bits: two beats, the fifth value opens the second
    wide = replace(SMALL, bias_w=64)
    assert parameter_beats(np.array([0, 0, 0, 0, 7]), wide) == [0, 7]


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=8))
def test_parameters_round_trip(values: list[int]) -> None:
    beats = parameter_beats(np.array(values), SMALL)
    assert read_parameters(beats, SMALL).tolist() == values + [0] * (8 - len(values))


def test_parameters_refuse_bad_input() -> None:
    with pytest.raises(InputError, match=r"columns of a tile must be 1\.\.8, not 9"):
        parameter_beats(np.zeros(9, np.int32), SMALL)
    with pytest.raises(InputError, match="a bias or threshold must be"):
        parameter_beats(np.array([1 << 31]), SMALL)
    with pytest.raises(InputError, match="parameters have 1 beats, not 2"):
        read_parameters([0, 0], SMALL)


@pytest.mark.parametrize("width", [63, 64, 65, 128])
def test_wide_integers(width: int) -> None:
    values = [0, -1, 2**62 - 1, -(2**62)] + ([2**63 - 1, -(2**63)] if width > 63 else [])
    bits = to_bits(np.array(values), width)
    assert from_bits(bits, signed=True).tolist() == values
    bits[:] = 0
    bits[:, -1] = 1
    if width > 63:
        with pytest.raises(InputError, match=f"an integer of {width} bits does not fit into 64"):
            from_bits(bits, signed=False)
    else:
        assert set(from_bits(bits, signed=False).tolist()) == {2**62}
    if width > 64:
        with pytest.raises(InputError, match=f"an integer of {width} bits does not fit into 64"):
            from_bits(bits, signed=True)


@given(st.lists(st.integers(-(2**15), 2**15 - 1), max_size=40), st.integers(1, 300))
def test_bits_round_trip(values: list[int], width: int) -> None:
    bits = to_bits(np.array(values, np.int64), 16)
    assert from_bits(bits, signed=True).tolist() == values
    assert from_bits(bits, signed=False).tolist() == [value % 2**16 for value in values]
    beats = to_beats(bits.ravel(), width)
    assert len(beats) == -(-16 * len(values) // width)
    np.testing.assert_array_equal(from_beats(beats, width)[: bits.size], bits.ravel())
