"""Assay in Dagster: the same steps, seen and run as assets. Nothing is defined here that Assay knows already."""

import os
import warnings

import dagster as dg

warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)

from assets import MONTHS, make_assets
from automation import AUTOMATION
from project import read_graph


def side_by_side() -> int:
    """How many steps run at once: each is a process of several threads, so that two cores are busy with one."""
    return int(os.environ.get("ASSAY_DAGSTER_CONCURRENCY") or (os.cpu_count() or 1) // 2)


def make_executor() -> dg.ExecutorDefinition:
    if side_by_side() < 2:
        return dg.in_process_executor
    # forks of one that has loaded the definitions begin at once
    forks = {"forkserver": {"preload_modules": ["definitions"]}}
    return dg.multiprocess_executor.configured({"max_concurrent": side_by_side(), "start_method": forks})


def offer_partition() -> None:
    """Dagster's pages launch a table that has partitions by one of them, and before the first run no month is known."""
    if os.environ.get("DAGSTER_HOME"):
        dg.DagsterInstance.get().add_dynamic_partitions(MONTHS.name, ["undated"])


offer_partition()
defs = dg.Definitions(assets=make_assets(read_graph()), executor=make_executor(), **AUTOMATION)
