// SPDX-License-Identifier: Apache-2.0
// A bare loop around a machine: plays layers from files, counts, and checks nothing.
//
// usage: bare RESULT FOLDER...   (a folder a layer: spikes.beats, weights.beats, registers)
//
// Writes a line a layer: cycles of the loop, their processor seconds, their seconds, the machine's
// counter of cycles, beats of the output. Timed is from the write that starts the layer to the
// interrupt; files are read before. The addresses come as macros from the register map.
#include <verilated.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "Vbare.h"

namespace {

constexpr uint64_t kPatience = 1000000;

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "bare: %s\n", what.c_str());
    std::exit(1);
}

double seconds(clockid_t clock) {
    timespec now;
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// A stream into the machine; its beats lie in memory as its port has them.
template <typename Port>
class Player {
  public:
    Player(Port& data, uint8_t& valid, uint8_t& last, const uint8_t& ready, size_t bits)
        : data_(data), valid_(valid), last_(last), ready_(ready), bytes_((bits + 7) / 8) {}

    void load(const std::string& path) {
        std::FILE* file = std::fopen(path.c_str(), "rb");
        if (!file) fail("cannot read " + path);
        std::vector<uint8_t> record(bytes_ + 2);
        beats_.clear();
        lasts_.clear();
        while (std::fread(record.data(), 1, record.size(), file) == record.size()) {
            beats_.resize(beats_.size() + sizeof(Port));
            uint8_t* words = beats_.data() + beats_.size() - sizeof(Port);
            for (size_t i = 0; i < bytes_; ++i) words[i] = record[record.size() - 1 - i];
            lasts_.push_back(record[1]);
        }
        std::fclose(file);
        next_ = 0;
        offer();
    }

    // Before a rising edge: remember whether it takes the beat. After it: offer the next one.
    void sample() { taken_ = valid_ && ready_; }
    void drive() {
        if (taken_) {
            ++next_;
            offer();
        }
    }

  private:
    void offer() {
        valid_ = next_ < lasts_.size();
        if (!valid_) return;
        std::memcpy(&data_, beats_.data() + next_ * sizeof(Port), sizeof(Port));
        last_ = lasts_[next_];
    }

    Port& data_;
    uint8_t& valid_;
    uint8_t& last_;
    const uint8_t& ready_;
    size_t bytes_;
    std::vector<uint8_t> beats_;
    std::vector<uint8_t> lasts_;
    size_t next_ = 0;
    bool taken_ = false;
};

template <typename Port>
Player<Port> player(Port& data, uint8_t& valid, uint8_t& last, const uint8_t& ready, size_t bits) {
    return Player<Port>(data, valid, last, ready, bits);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) fail("usage: bare RESULT FOLDER...");
    VerilatedContext context;
    Vbare top(&context);
    auto spikes = player(top.s_axis_spike_tdata, top.s_axis_spike_tvalid, top.s_axis_spike_tlast,
                         top.s_axis_spike_tready, SPIKE_BITS);
    auto weights = player(top.s_axis_weight_tdata, top.s_axis_weight_tvalid,
                          top.s_axis_weight_tlast, top.s_axis_weight_tready, WEIGHT_BITS);
    uint64_t cycles = 0;
    uint64_t outputs = 0;

    auto cycle = [&] {
        top.clk = 0;
        top.eval();
        spikes.sample();
        weights.sample();
        outputs += top.m_axis_out_tvalid;
        top.clk = 1;
        top.eval();
        spikes.drive();
        weights.drive();
        ++cycles;
    };
    auto patiently = [&](auto&& done, const char* what) {
        for (uint64_t i = 0; !done(); ++i) {
            if (i == kPatience) fail(std::string("no end of ") + what);
            cycle();
        }
    };
    // A beat of a channel is taken at an edge before which both valid and ready are high.
    auto handshake = [&](uint8_t& mine, const uint8_t& theirs, const char* what) {
        mine = 1;
        bool taken = false;
        patiently(
            [&] {
                if (taken) return true;
                top.eval();
                taken = theirs;
                return false;
            },
            what);
        mine = 0;
    };
    auto write = [&](uint32_t address, uint32_t value) {
        top.s_axil_awaddr = address;
        top.s_axil_wdata = value;
        top.s_axil_wstrb = 15;
        top.s_axil_wvalid = 1;
        handshake(top.s_axil_awvalid, top.s_axil_awready, "a write's address");
        top.s_axil_wvalid = 0;
        handshake(top.s_axil_bready, top.s_axil_bvalid, "a write's response");
    };
    auto read = [&](uint32_t address) {
        top.s_axil_araddr = address;
        handshake(top.s_axil_arvalid, top.s_axil_arready, "a read's address");
        uint32_t value = 0;
        top.s_axil_rready = 1;
        patiently([&] { top.eval(); return top.s_axil_rvalid != 0; }, "a read");
        value = top.s_axil_rdata;
        cycle();
        top.s_axil_rready = 0;
        return value;
    };

    std::FILE* result = std::fopen(argv[1], "w");
    if (!result) fail(std::string("cannot write ") + argv[1]);
    top.m_axis_out_tready = 1;
    top.rst = 1;
    for (int i = 0; i < 4; ++i) cycle();
    top.rst = 0;
    cycle();
    for (int i = 2; i < argc; ++i) {
        const std::string folder = argv[i];
        std::FILE* registers = std::fopen((folder + "/registers").c_str(), "r");
        if (!registers) fail("cannot read " + folder + "/registers");
        write(IRQ_STATUS, 3);
        write(IRQ_ENABLE, 3);
        unsigned address;
        unsigned value;
        while (std::fscanf(registers, "%u %u", &address, &value) == 2) write(address, value);
        std::fclose(registers);
        spikes.load(folder + "/spikes.beats");
        weights.load(folder + "/weights.beats");
        cycles = outputs = 0;
        const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        const double wall = seconds(CLOCK_MONOTONIC);
        write(CTRL, START);
        uint64_t seen = 0;
        while (!top.irq) {
            cycle();
            if (++seen > LIMIT) fail("no interrupt");
        }
        const double cpu_s = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        const double wall_s = seconds(CLOCK_MONOTONIC) - wall;
        const uint64_t simulated = cycles;
        const uint64_t beats = outputs;
        const uint32_t counted = read(CYCLES);
        std::fprintf(result, "%llu %.9f %.9f %u %llu\n",
                     static_cast<unsigned long long>(simulated), cpu_s, wall_s, counted,
                     static_cast<unsigned long long>(beats));
    }
    top.final();
    return std::fclose(result) == 0 ? 0 : 1;
}
