# Every command makes and renews .venv by itself. Another interpreter: make PYTHON=python3.12 run
# More for the program: make run ARGS="sheets/ --csv digits.csv"
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --requirement

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

# The demo is `python -m realtime` that also saves what it would show where there is no window.
run: $(VENV)/run.done ## read digits off the camera, or off the sample clip where there is none
	$(PY) -c "import sys; from realtime.cli import main; sys.exit(main(demo=True))" $(ARGS)

web: $(VENV)/run.done ## the same in the browser: http://127.0.0.1:8000
	$(PY) main.py $(ARGS)

test: $(VENV)/all.done ## style, types and all tests
	$(PY) -m ruff check
	+$(MAKE) --no-print-directory --jobs 2 style tests

# All tests of a file go to one of the two processes: they share what is made once for them. Each has its own screen.
# They begin in the order of tests/conftest.py, not with the files of most tests.
tests:
	$(PY) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

# Style, fast tests and whole results at the same time; what each says comes in one piece. Pictures are drawn before.
check: $(VENV)/check.done ## style, fast tests and whole results in about a minute, for every commit: no TensorFlow
	$(PY) -m benchmarks.regression.cache
	+$(MAKE) --no-print-directory --jobs 3 $(if $(filter output-sync,$(.FEATURES)),--output-sync) style unit whole

style:
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy

unit:
	$(PY) -m pytest --quiet tests/unit

whole:
	$(PY) -m pytest --quiet tests/whole

lint: $(VENV)/all.done ## style and types
	+$(MAKE) --no-print-directory style

# Each step goes on where a stopped one was. MINUTES bounds the training of each network that finds and reads rows.
train: $(VENV)/all.done ## make models/ from MNIST (and DATA, FONTS), within MINUTES a network; goes on where it stopped
	$(PY) -m training ink $(DATA) $(HANDS) $(BUDGET)
	$(PY) -m training line $(DATA) $(HANDS) $(BUDGET)
	+$(MAKE) --no-print-directory naming
	$(PY) -m training decide $(DATA) $(HANDS)

HANDS = $(addprefix --fonts ,$(FONTS))
BUDGET = $(addprefix --minutes ,$(MINUTES))

naming: runs/rendered.npz ## the network that names digits, from what the recogniser cuts out of drawn pages
	$(PY) -m training train --rendered $< $(DATA) $(addprefix --teacher ,$(wildcard models/teachers/*.tflite)) \
		--output runs/student $(ARGS)
	$(PY) -m training join models/digits.keras runs/student/digits.keras --rendered $< $(DATA)
	$(PY) -m training glance --rendered $< $(DATA)

runs/rendered.npz: | $(VENV)/all.done
	mkdir -p $(@D)
	$(PY) -m training render $@

pictures: $(VENV)/all.done ## draw the pictures of the README anew
	$(PY) -m benchmarks pictures $(ARGS)
	$(PY) -m benchmarks screenshots $(ARGS)

bench: $(VENV)/all.done ## speed, start and memory: the numbers of the README
	$(PY) -m benchmarks speed $(ARGS)
	$(PY) -m benchmarks web
	$(PY) -m benchmarks batch

# One file in .venv a requirements file, as old as the last installation: a change of the list installs anew.
$(VENV)/run.done: requirements-run.txt
	$(PYTHON) tools/preflight.py
	$(PYTHON) -m venv $(VENV)
	@echo "Installing $< into $(VENV): once, and again when the list changes."
	$(PIP) $<
	$(PY) tools/preflight.py cv2
	touch $@

$(VENV)/check.done: requirements-check.txt $(VENV)/run.done
	@echo "Installing $< into $(VENV)."
	$(PIP) $<
	touch $@

$(VENV)/all.done: requirements.txt requirements-check.txt requirements-batch.txt $(VENV)/run.done
	@echo "Installing $< into $(VENV): about a minute."
	$(PIP) $<
	touch $(VENV)/check.done $@

.PHONY: help run web test tests check style unit whole lint train naming bench pictures
