# millhand: `make` alone lists what can be made. Two of these are all a newcomer needs: demo and test.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKED := install --require-hashes --no-deps --only-binary :all:
ROOMS  := plant inference forecasting ingestion tools finetuning agents tui

.DEFAULT_GOAL := help

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

demo: $(VENV)/.installed model ## build the demo plant and open the terminal on it
	@$(BIN)/millhand demo

test: $(VENV)/.installed-dev $(if $(FINETUNE),$(VENV)/.installed-torch) model ## run the tests; FINETUNE=1 with torch: training, neural forecasts
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

chaos: $(VENV)/.installed-dev ## kill workers and brokers at random over 200,000 readings; SEED=N repeats a plan
	@MILLHAND_TEST_CHAOS=long MILLHAND_TEST_CHAOS_SEED=$(SEED) $(BIN)/python -m pytest tests/chaos -s $(ARGS)

check: $(VENV)/.installed-dev ## lint, format, types, layers
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: bench-stream bench-forecast bench-detect bench-ask bench-graph ## run every benchmark

bench-finetune: $(VENV)/.installed-dev $(VENV)/.installed-torch $(VENV)-bench/.installed model ## training speed beside TRL, which goes into an environment of its own
	@$(BIN)/python -m benchmarks.finetune $(ARGS)

bench-%: $(VENV)/.installed-dev model
	@$(BIN)/python -m benchmarks.$* $(ARGS)

docs: $(VENV)/.installed-dev model ## make the picture of the README again, and test every command of the docs
	@$(BIN)/python -m docs.picture
	@$(BIN)/python -m pytest tests/docs

model: $(VENV)/.installed
	@$(BIN)/python -m inference.fetch || echo "Going on without a language model: recipes, templates and quotes answer."

manual: $(VENV)/.installed-dev ## make the demo plant's manual again, after a change to its text or tables
	@$(BIN)/python -m ingestion.simulator.manual ingestion/simulator/cw100/CW-100-manual.pdf

adapters: $(VENV)/.installed-torch model ## make the adapters that ship again, from nothing: hours on two cores
	@finetuning/recipes/make

lock: $(VENV)/.installed-dev ## resolve requirements/*.txt again
	@requirements/compile

clean: ## remove the environment and every cache
	rm -rf $(VENV) $(VENV)-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis benchmarks/out

$(VENV)/.created:
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit("millhand needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created requirements/runtime.txt pyproject.toml
	@echo "Installing what millhand needs ..."
	@$(PIP) $(LOCKED) -r requirements/runtime.txt
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.txt
	@echo "Installing what the tests need ..."
	@$(PIP) $(LOCKED) -r requirements/dev.txt
	@touch $@

$(VENV)/.installed-torch: $(VENV)/.installed requirements/torch.txt
	@echo "Installing torch and what needs it ..."
	@$(PIP) install torch==2.13.0
	@$(PIP) $(LOCKED) -r requirements/torch.txt
	@touch $@

$(VENV)-bench/.installed: $(VENV)/.installed-torch requirements/bench.txt
	@echo "Installing what training is compared with ..."
	@$(PYTHON) -m venv $(VENV)-bench
	@$(BIN)/python -c 'import site; print(site.getsitepackages()[0])' >$$($(VENV)-bench/bin/python -c 'import site; print(site.getsitepackages()[0])')/millhand.pth
	@$(VENV)-bench/bin/python -m pip --disable-pip-version-check --quiet $(LOCKED) -r requirements/bench.txt
	@touch $@

.PHONY: help demo test chaos check bench bench-finetune docs model manual adapters lock clean
