# Everything needed is installed by the targets themselves: a bare Debian 12 with Python 3.11, make and git will do.
SHELL    := /bin/sh
VENV     := .venv
BIN      := $(VENV)/bin
PYTHON   ?= $(shell command -v python3.11 || command -v python3)
WORKERS  ?= 2
PYTEST   := $(BIN)/python -m pytest -n $(WORKERS)
PIP      := $(BIN)/python -m pip --disable-pip-version-check install -qq --no-deps

.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-2300 check bench install lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: $(VENV)/.installed ## Run the product with a demo park; ends with an address and sign-ins
	@$(BIN)/lingyuan demo

test: $(VENV)/.tools $(VENV)/.browser $(VENV)/.broker ## Run the tests, browser included (under 10 minutes on 2 cores)
	@$(PYTEST) -m "not long" tests

test-long: $(VENV)/.tools $(VENV)/.browser $(VENV)/.broker ## Run the long tests: 20 kills, 2,300 tenants, screenshots, benches
	@$(PYTEST) -m long tests

test-2300: $(VENV)/.tools ## Run the isolation matrix once with 2,300 tenants
	@$(PYTEST) -n 0 -m long tests/isolation

check: $(VENV)/.tools ## Look for faults without running: style, types, direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.installed ## Measure speed as ratios against bare PostgreSQL in the same run
	@set -e; for what in ingest provision migrate rollup mqtt devices files; do $(BIN)/lingyuan bench $$what; done

install: $(VENV)/.installed ## Install the product into .venv

lock: $(VENV)/.tools ## Renew the locked versions after a change of the dependencies in pyproject.toml
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet uv
	@set -e; compile="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header"; \
	echo 'setuptools>=77' > $(VENV)/build.in; \
	$$compile pyproject.toml $(VENV)/build.in -o requirements.lock; \
	$$compile --extra test -c requirements.lock pyproject.toml $(VENV)/build.in -o requirements-test.lock

clean: ## Remove what was installed and built; data in instance/ stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Stamps inside .venv: a second run finds them newer than what they were made from, and starts at once.

$(VENV)/.made:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed. / 需要 Python 3.11 或更新版本。" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || $(call debian,python3-venv)
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml $(VENV)/.made
	@echo "Installing the product into $(VENV) (about a minute) ... / 正在安装（约一分钟）……"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/.tools: requirements-test.lock $(VENV)/.installed
	@echo "Installing the test tools ... / 正在安装测试工具……"
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

$(VENV)/.browser: $(VENV)/.made
	@command -v chromium >/dev/null || $(call debian,chromium)
	@test -n "$$(find /lib /usr/lib -name 'libatomic.so.1*' -print -quit 2>/dev/null)" || $(call debian,libatomic1)
	@test -n "$$(find /usr/share/fonts -iname '*CJK*' -print -quit 2>/dev/null)" || $(call debian,fonts-noto-cjk)
	@touch $@

$(VENV)/.broker: $(VENV)/.made
	@command -v mosquitto >/dev/null || test -x /usr/sbin/mosquitto || $(call debian,mosquitto)
	@touch $@

# Installs a Debian package as root; says what to do otherwise.
define debian
{ \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing $(1) ... / 正在安装 $(1)……"; \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $(1) >/dev/null; \
	else \
		echo "$(1) is missing. Install it, for example: sudo apt-get install -y $(1) / 缺少 $(1)，请先安装。" >&2; exit 1; \
	fi; }
endef
