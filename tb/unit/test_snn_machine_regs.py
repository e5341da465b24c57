"""Tests of snn_machine_regs: every register of the map, commands, refusals, irq, counters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

import cocotb
import pytest
from cocotb.triggers import FallingEdge

from snn_rtl.machines.register_source import SHARED, load, source_of
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.common.register_map import register_map
from snn_rtl.tb.common.unit import both_simulators, run_unit
from snn_rtl.tb.unit.bench import Bench, pack, rounds

COMMON: Final = load(source_of(SHARED))
WORD: Final = (1 << 32) - 1
ALL_BYTES: Final = 0b1111
LOCKS: Final = ("busy", "start", "halt")
"""States in which the configuration stays as it is."""

# registers with a port of their own that shows them
PORTS: Final = {
    "DIM_M": "dim_m",
    "DIM_K": "dim_k",
    "DIM_N": "dim_n",
    "TIME_STEPS": "time_steps",
    "MODE": "mode",
    "LIF": "lif",
}


def field(register: str, name: str) -> int:
    """Return a field of one bit as a mask."""
    fields = next(r["fields"] for r in COMMON["registers"] if r["name"] == register)
    return 1 << next(int(entry["bit"]) for entry in fields if entry["name"] == name)


START: Final = field("CTRL", "START")
SOFT_RESET: Final = field("CTRL", "SOFT_RESET")
DONE: Final = field("IRQ_STATUS", "DONE")
ERROR: Final = field("IRQ_STATUS", "ERROR")


class Map:
    """The map that the module has with these parameters.

    Attributes:
        registers: name to entry, as in the shared registers.yaml; what is open there, filled in.
        counters: byte addresses of the low words.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.registers: dict[str, dict[str, Any]] = {
            entry["name"]: dict(entry) for entry in COMMON["registers"]
        }
        self.registers["ID"]["reset"] = sizes["ID"]
        self.registers["VERSION"]["reset"] = sizes["VERSION"]
        self.registers["MODE"]["width"] = sizes["MODE_W"]
        self.registers["LIF"]["width"] = sizes["LIF_W"]
        if not sizes["HAS_TIME_STEPS"]:
            del self.registers["TIME_STEPS"]
        for index in range(sizes["NUM_PARAMS"]):
            self.registers[f"PARAM_{index}"] = {
                "address": COMMON["parameters"]["base"] + 4 * index,
                "access": "ro",
                "reset": sizes["PARAM_VALUES"] >> 32 * index & WORD,
            }
        base = COMMON["counters"]["base"]
        self.counters = [base + 8 * index for index in range(sizes["NUM_COUNTERS"])]

    def address(self, name: str) -> int:
        """Return a register's byte address."""
        return int(self.registers[name]["address"])

    def of_access(self, *kinds: str) -> list[str]:
        """Return the registers of these kinds of access."""
        return [name for name, entry in self.registers.items() if entry["access"] in kinds]

    def mask(self, name: str) -> int:
        """Return the bits of a register that can be written."""
        return (1 << int(self.registers[name]["width"])) - 1

    def counter_words(self) -> list[int]:
        """Return the addresses of the counters' words."""
        return [address + half for address in self.counters for half in (0, 4)]

    def words(self) -> set[int]:
        """Return the addresses at which there is something."""
        return {self.address(name) for name in self.registers} | set(self.counter_words())


def bytes_mask(strobes: int) -> int:
    """Return the bits that write strobes select."""
    return sum(0xFF << 8 * lane for lane in range(4) if strobes >> lane & 1)


class TB(Bench):
    """Accesses registers at pin level: the cycle of each access is known.

    Attributes:
        map: what is at which address.
        config: names of the configuration registers.
        stored: these, and the others that keep what is written to them.
        values: what configuration registers and IRQ_ENABLE hold.
        pending: what IRQ_STATUS holds.
        clearing: bits of it that the write of this cycle clears.
        pulses: requests, and whether each is due in this cycle.
        answer: the response that is due in this cycle, if any.
    """

    def __init__(self, dut: Any) -> None:
        bus = ["awaddr", "awvalid", "wdata", "wstrb", "wvalid", "bready"]
        bus += ["araddr", "arvalid", "rready"]
        names = [f"s_axil_{name}" for name in bus]
        names += ["start", "busy", "done", "halt", "error", "done_event", "error_event"]
        names += ["counter_value"]
        super().__init__(dut, **dict.fromkeys(names, 0))
        self.map = Map(self.sizes)
        self.config = self.map.of_access("config")
        self.stored = self.map.of_access("config", "rw")
        self.idle |= {"s_axil_bready": 1, "s_axil_rready": 1}
        self.accesses = 0

    async def start(self) -> None:
        """Start with the reset values."""
        await super().start()
        self._forget()

    async def restart(self) -> None:
        """Reset (hard)."""
        await super().restart()
        self._forget()

    def _forget(self) -> None:
        self.values = {name: self.map.registers[name]["reset"] for name in self.stored}
        self.pending = self.clearing = 0
        self.pulses = {"start_request": False, "soft_rst": False, "config_busy": False}
        self.answer = ""

    async def cycle(self, **inputs: int) -> None:
        """Drive one cycle; check every output that no bus access is needed to see."""
        self.drive(**inputs)
        await self.edge()
        for name, due in self.pulses.items():
            assert self.out(name) == due, name
            self.pulses[name] = False
        for response in ("bvalid", "rvalid"):
            assert self.out(f"s_axil_{response}") == (response == self.answer), response
        self.answer = ""
        for register, port in PORTS.items():
            # Without its register, time_steps stays 1.
            assert self.out(port) == self.values.get(register, 0), register
        assert self.out("irq") == bool(self.pending & self.values["IRQ_ENABLE"]), "irq"
        state = self.idle | inputs
        self.pending &= ~self.clearing
        self.pending |= DONE * state["done_event"] | ERROR * state["error_event"]
        self.clearing = 0

    async def write(self, address: int, data: int, strobes: int = ALL_BYTES, **inputs: int) -> bool:
        """Write, with these other inputs in the cycle of the access; return whether it is OKAY."""
        offer = {"s_axil_awvalid": 1, "s_axil_awaddr": address}
        offer |= {"s_axil_wvalid": 1, "s_axil_wdata": data, "s_axil_wstrb": strobes}
        changed = bytes_mask(strobes)
        data &= changed
        if address == self.map.address("IRQ_STATUS"):
            self.clearing = data
        await self.cycle(**offer, **inputs)
        assert self.out("s_axil_awready") == 1
        state = self.idle | inputs
        name = next((n for n in self.map.registers if self.map.address(n) == address), "")
        if name in self.config and any(state[lock] for lock in LOCKS):
            self.pulses["config_busy"] = True
        elif name in self.values:
            self.values[name] = self.values[name] & ~changed | data & self.map.mask(name)
        elif name == "CTRL":
            self.pulses["soft_rst"] = bool(data & SOFT_RESET)
            self.pulses["start_request"] = bool(data & START) and not data & SOFT_RESET
        self.answer = "bvalid"
        await self.cycle()
        response = self.out("s_axil_bresp")
        assert response in (0b00, 0b10)
        self.accesses += 1
        return response == 0b00

    async def read(self, address: int, **inputs: int) -> tuple[int, bool]:
        """Read, with these other inputs in the cycle of the access; return (word, OKAY)."""
        await self.cycle(s_axil_arvalid=1, s_axil_araddr=address, **inputs)
        assert self.out("s_axil_arready") == 1
        self.answer = "rvalid"
        await self.cycle()
        response = self.out("s_axil_rresp")
        assert response in (0b00, 0b10)
        self.accesses += 1
        return self.out("s_axil_rdata"), response == 0b00

    async def expect(self, name: str, value: int, **inputs: int) -> None:
        """Read a register and check its value."""
        assert await self.read(self.map.address(name), **inputs) == (value, True), name

    async def expect_all(self) -> None:
        """Check all registers that hold a value."""
        for name, value in self.values.items():
            await self.expect(name, value)
        await self.expect("IRQ_STATUS", self.pending)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def reset_values(dut: Any) -> None:
    """Every register reads its reset value or its parameter, at first and after a reset."""
    tb = TB(dut)
    for _ in range(2):
        await (tb.restart() if tb.accesses else tb.start())
        for name, entry in tb.map.registers.items():
            await tb.expect(name, int(entry["reset"]))
        for name in tb.stored:
            assert await tb.write(tb.map.address(name), WORD)
        await tb.cycle(done_event=1, error_event=1)
        await tb.expect_all()
    assert tb.accesses > 2 * len(tb.map.registers)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def byte_strobes(dut: Any) -> None:
    """Each register that can be written takes the selected bytes, and no other register does."""
    tb = TB(dut)
    await tb.start()
    rng = generator("bytes")
    for name in tb.stored:
        for strobes in range(16):
            for data in (WORD, 0, int(rng.integers(1 << 32))):
                assert await tb.write(tb.map.address(name), data, strobes)
                await tb.expect(name, tb.values[name])
        assert await tb.write(tb.map.address(name), int(rng.integers(1 << 32)))
        await tb.expect_all()
    assert tb.accesses > 2 * 3 * 16 * len(tb.config)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def single_bits(dut: Any) -> None:
    """Each bit of the configuration alone, one and zero, at its port."""
    tb = TB(dut)
    await tb.start()
    for name in tb.stored:
        for bit, flip in product(range(32), (0, WORD)):
            assert await tb.write(tb.map.address(name), 1 << bit ^ flip)
        await tb.expect(name, tb.values[name])


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def read_only(dut: Any) -> None:
    """A write to a read-only register or a counter is an error and changes nothing."""
    tb = TB(dut)
    await tb.start()
    state = {"busy": 1, "done": 1, "error": 5}
    tb.idle |= state
    addresses = [tb.map.address(name) for name in tb.map.of_access("ro")]
    addresses += tb.map.counter_words()
    before = {address: await tb.read(address) for address in addresses}
    for address, data in product(addresses, (0, WORD)):
        assert not await tb.write(address, data), f"write to {address:#x}"
        assert await tb.read(address) == before[address], f"after a write to {address:#x}"
    assert all(okay for _, okay in before.values())
    tb.idle |= dict.fromkeys(state, 0)
    await tb.expect_all()


def unmapped(words: set[int]) -> Iterator[int]:
    """Yield the addresses at which there is nothing: words, and the bytes inside of words."""
    for address in range(0, 1 << 12, 4):
        if address not in words:
            yield address
        else:
            yield from range(address + 1, address + 4)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def unmapped_addresses(dut: Any) -> None:
    """Every other address answers with an error, in both directions, and changes nothing."""
    tb = TB(dut)
    await tb.start()
    for name in tb.stored:
        assert await tb.write(tb.map.address(name), 0x5A5A5A5A)
    for address in unmapped(tb.map.words()):
        assert not await tb.write(address, WORD), f"write to {address:#x}"
        assert not (await tb.read(address))[1], f"read of {address:#x}"
    await tb.expect_all()
    assert tb.accesses > 2000


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def commands(dut: Any) -> None:
    """START and SOFT_RESET each make one pulse, by their own byte and bit; CTRL reads 0."""
    tb = TB(dut)
    await tb.start()
    for name in tb.stored:
        assert await tb.write(tb.map.address(name), 0x11223344)
    ctrl = tb.map.address("CTRL")
    for data, strobes in product((START, SOFT_RESET, START | SOFT_RESET, 0), (15, 1, 14, 0)):
        assert await tb.write(ctrl, data, strobes)
        for _ in range(3):
            await tb.cycle()
        assert await tb.write(ctrl, WORD & ~(START | SOFT_RESET) | data, strobes)
        await tb.expect("CTRL", 0)
    # commands are taken while busy: snn_layer_control judges them
    for data in (START, SOFT_RESET):
        assert await tb.write(ctrl, data, busy=1)
        await tb.cycle(busy=1)
    # two commands as close as the bus lets them come
    for data in (START, SOFT_RESET, START, START):
        assert await tb.write(ctrl, data)
    # the configuration stays over soft resets
    await tb.expect_all()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def refused_while_busy(dut: Any) -> None:
    """While busy, from the start pulse on, and after a halt, configuration writes are refused."""
    tb = TB(dut)
    await tb.start()
    for name in tb.config:
        assert await tb.write(tb.map.address(name), 0x2B2B2B2B)
    refused = 0
    for name, state in product(tb.config, LOCKS):
        for strobes in (ALL_BYTES, 0b0001):
            tb.idle |= {state: 1}
            assert not await tb.write(tb.map.address(name), WORD, strobes)
            await tb.cycle()
            refused += 1
            tb.idle |= {state: 0}
            await tb.expect(name, tb.values[name])
            assert await tb.write(tb.map.address(name), 0x35353535, strobes)
            await tb.expect(name, tb.values[name])
    assert refused == 2 * len(LOCKS) * len(tb.config)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def refused_after_a_start(dut: Any) -> None:
    """The first write that can follow a START meets its start pulse and is refused already."""
    tb = TB(dut)
    await tb.start()
    assert await tb.write(tb.map.address("CTRL"), START)
    assert not await tb.write(tb.map.address("DIM_M"), 7, start=1)
    assert not await tb.write(tb.map.address("DIM_M"), 7, busy=1)
    assert await tb.write(tb.map.address("DIM_M"), 7)
    await tb.expect("DIM_M", 7)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def allowed_while_busy(dut: Any) -> None:
    """Interrupt registers are written and everything is read while busy; nothing is reported."""
    tb = TB(dut)
    await tb.start()
    tb.idle |= {"busy": 1}
    assert await tb.write(tb.map.address("IRQ_ENABLE"), DONE | ERROR)
    await tb.cycle(done_event=1)
    await tb.expect_all()
    assert await tb.write(tb.map.address("IRQ_STATUS"), DONE)
    await tb.expect_all()
    assert await tb.write(tb.map.address("IRQ_ENABLE"), 0)
    await tb.expect_all()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def status_and_error(dut: Any) -> None:
    """STATUS and ERROR show the state of the cycle in which they are read."""
    tb = TB(dut)
    await tb.start()
    bits = {name: field("STATUS", name) for name in ("BUSY", "DONE", "ERROR")}
    for start, busy, done in product(range(2), repeat=3):
        for error in range(16):
            state = {"start": start, "busy": busy, "done": done, "error": error}
            expected = bits["BUSY"] * (busy | start) | bits["DONE"] * done
            expected |= bits["ERROR"] * (error != 0)
            await tb.expect("STATUS", expected, **state)
            await tb.expect("ERROR", error, **state)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def irq_set_enable_clear(dut: Any) -> None:
    """Events stay until they are cleared; irq is there while an enabled one is."""
    tb = TB(dut)
    await tb.start()
    high = 0
    for enable, events, clear in product(range(4), repeat=3):
        assert await tb.write(tb.map.address("IRQ_ENABLE"), enable)
        await tb.cycle(done_event=events & DONE != 0, error_event=events & ERROR != 0)
        await tb.expect("IRQ_STATUS", events)
        high += tb.out("irq")
        # other bytes clear nothing
        assert await tb.write(tb.map.address("IRQ_STATUS"), WORD, 0b1110)
        await tb.expect("IRQ_STATUS", events)
        assert await tb.write(tb.map.address("IRQ_STATUS"), WORD & ~(DONE | ERROR) | clear)
        await tb.expect("IRQ_STATUS", events & ~clear)
        assert await tb.write(tb.map.address("IRQ_ENABLE"), DONE | ERROR)
        assert await tb.write(tb.map.address("IRQ_STATUS"), WORD)
        await tb.expect("IRQ_STATUS", 0)
    assert high > 10


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def event_in_the_clearing_cycle(dut: Any) -> None:
    """An event in the cycle that clears it is not lost; it is seen again, and irq stays high."""
    tb = TB(dut)
    await tb.start()
    assert await tb.write(tb.map.address("IRQ_ENABLE"), DONE | ERROR)
    for events, clear in product(range(4), repeat=2):
        pins = {"done_event": events & DONE != 0, "error_event": events & ERROR != 0}
        await tb.cycle(done_event=1, error_event=1)
        assert await tb.write(tb.map.address("IRQ_STATUS"), clear, **pins)
        await tb.expect("IRQ_STATUS", (DONE | ERROR) & ~clear | events)
        assert await tb.write(tb.map.address("IRQ_STATUS"), WORD)
        await tb.expect("IRQ_STATUS", 0)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def counter_words(dut: Any) -> None:
    """Each counter's two words come from the counter of its number, in the cycle of the read."""
    tb = TB(dut)
    await tb.start()

    def value(number: int) -> int:
        return (number + 1) * 0x0123456789ABCDEF & (1 << 64) - 1

    async def bank() -> None:
        while True:
            await FallingEdge(dut.clk)
            dut.counter_value.value = value(int(dut.counter_sel.value))

    cocotb.start_soon(bank())
    for number, address in enumerate(tb.map.counters):
        assert await tb.read(address) == (value(number) & WORD, True), number
        assert await tb.read(address + 4) == (value(number) >> 32, True), number
    assert tb.accesses == 2 * len(tb.map.counters)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def random_accesses(dut: Any) -> None:
    """Random writes and reads in a random state, with events at any time."""
    tb = TB(dut)
    await tb.start()
    rng = generator("accesses")
    names = tb.map.of_access("config", "rw", "w1c", "wo")
    refused = 0

    def enough() -> bool:
        return refused > 30

    for _ in rounds(600, enough):
        name = str(rng.choice(names))
        state = {"busy": int(rng.random() < 0.3), "start": int(rng.random() < 0.1)}
        state |= {"halt": int(rng.random() < 0.1)}
        state |= {"done_event": int(rng.random() < 0.2), "error_event": int(rng.random() < 0.2)}
        if rng.random() < 0.6:
            refuse = name in tb.config and any(state[lock] for lock in LOCKS)
            data, strobes = int(rng.integers(1 << 32)), int(rng.integers(16))
            assert await tb.write(tb.map.address(name), data, strobes, **state) != refuse, name
            refused += refuse
        elif name in tb.values:
            await tb.expect(name, tb.values[name], **state)
        else:
            await tb.cycle(**state)
    await tb.expect_all()


def sizes(params: Sequence[int], **others: int) -> dict[str, int]:
    """Return the module's parameters, given what the parameter registers read."""
    return {"NUM_PARAMS": len(params), "PARAM_VALUES": pack(params, 32), **others}


def like(design: str) -> dict[str, int]:
    """Return the parameters that a machine gives, but for the values of its parameter registers."""
    registers = register_map(design).registers
    params = [r for r in registers.values() if "parameter" in r]
    return sizes(
        [3 * i + 1 << i for i in range(len(params))],
        ID=registers["ID"]["reset"],
        VERSION=registers["VERSION"]["reset"],
        NUM_COUNTERS=len(register_map(design).counters),
        MODE_W=registers["MODE"]["width"],
        LIF_W=registers["LIF"]["width"],
        HAS_TIME_STEPS=int("TIME_STEPS" in registers),
    )


# other widths, a number of counters that is a power of two, no TIME_STEPS
OTHER: Final = sizes(
    [WORD, 0, 0x80000001],
    ID=0x7E57C0DE,
    VERSION=0x8001FFFE,
    NUM_COUNTERS=32,
    MODE_W=1,
    LIF_W=13,
    HAS_TIME_STEPS=0,
)
# as much as there is room for
LARGEST: Final = sizes(
    [WORD - 977 * i for i in range(48)],
    ID=0xFF0001FE,
    VERSION=0,
    NUM_COUNTERS=480,
    MODE_W=31,
    LIF_W=31,
    HAS_TIME_STEPS=1,
)
SETS: Final = {"prosperity": like("prosperity"), "other": OTHER, "largest": LARGEST}


@both_simulators
@pytest.mark.parametrize("name", SETS)
def test_machine_regs(request: pytest.FixtureRequest, simulator: str, name: str) -> None:
    """All of the above."""
    run_unit(request, simulator, SETS[name], label=name)
