"""Assay in Dagster: the same steps, seen and run as assets. Nothing is defined here that Assay knows already."""

import warnings

import dagster as dg

warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)

from assets import make_assets
from automation import AUTOMATION
from project import read_graph

executor = dg.multiprocess_executor.configured({"start_method": {"forkserver": {"preload_modules": ["definitions"]}}})

defs = dg.Definitions(assets=make_assets(read_graph()), executor=executor, **AUTOMATION)
