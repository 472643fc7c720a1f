"""A step of Assay as Dagster runs it: one process of the command line, which speaks Dagster Pipes."""

import os
import signal
from collections.abc import Iterator
from graphlib import TopologicalSorter
from subprocess import Popen, TimeoutExpired

import dagster as dg
from dagster import open_pipes_session
from project import ASSAY, ROOT

# Dagster stops a run that is cancelled; the step ends by itself within this many seconds, or is killed
PATIENCE = 20

# a step finds again what it made, so that repeating one costs what was not made yet
RETRIES = 2


def run_steps(context: dg.AssetExecutionContext, steps: list[str]) -> Iterator:
    """Runs steps of the Assay run that belongs to this Dagster run, and yields what they made and found.

    A failure that would come again, such as a failed check, is not retried.
    """
    command = [
        *ASSAY,
        "run",
        *steps,
        "--run",
        run_key(context.run),
        "--wait",
        *_accepted(context),
        *_months(context),
    ]
    with open_pipes_session(
        context=context,
        context_injector=dg.PipesTempFileContextInjector(),
        message_reader=dg.PipesTempFileMessageReader(),
        extras=_extras(context),
    ) as session:
        code = _wait(
            context, Popen(command, cwd=ROOT, env={**os.environ, **session.get_bootstrap_env_vars()})
        )
    said = {name: value for message in session.get_custom_messages() for name, value in message.items()}
    # before the table, whose columns and checks are what is told of it last
    if "months" in said and context.selected_asset_keys:
        tell_months(context, said["months"])
    yield from sorted(session.get_results(implicit_materializations=False), key=_order(context.assets_def))
    if "run" in said:
        context.instance.add_run_tags(context.run_id, said["run"])
    if code:
        raise _failure(
            context,
            said.get("error", f"assay run {' '.join(steps)} ended with {code}"),
            said.get("retry", code != 2),
        )


def run_key(run: dg.DagsterRun) -> str:
    """What Assay calls the run: the runs of a backfill are one, and a re-execution goes on with the run it repeats."""
    tags = run.tags
    return tags.get("dagster/backfill") or tags.get("dagster/root_run_id") or run.run_id


def tell_months(context: dg.AssetExecutionContext, months: list[dict]) -> None:
    """Makes each month of the sales a partition, and puts those on record whose lines are others than before."""
    key = dg.AssetKey(["gold", "fct_sales"])
    instance = context.instance
    there = {one["month"] for one in months}
    instance.add_dynamic_partitions("month", sorted(there))
    # such as one that was mistyped: a backfill of all months would fail of it
    for month in set(instance.get_dynamic_partitions("month")) - there - {"undated"}:
        instance.delete_dynamic_partition("month", month)
    known = {
        record.partition_key: record.asset_materialization.metadata.get("content")
        for record in reversed(
            instance.fetch_materializations(dg.AssetRecordsFilter(asset_key=key), limit=5000).records
        )
        if record.partition_key
    }
    launched = set(context.partition_keys) if _is_partitioned(context) else set()
    for one in months:
        before = known.get(one["month"])
        if one["month"] in launched or (before and before.value == one["content"]):
            continue
        metadata = {
            "dagster/partition_row_count": int(one["rows"]),
            "sales_amount": float(one["sales_amount"]),
            "content": one["content"],
        }
        context.log_event(dg.AssetMaterialization(asset_key=key, partition=one["month"], metadata=metadata))


def _failure(context: dg.AssetExecutionContext, why: str, may_pass: bool) -> Exception:
    """What fails for a reason that may pass is tried again: a retry policy would do so with what is cancelled too."""
    failure = dg.Failure(description=why, allow_retries=False)
    if not may_pass or context.retry_number >= RETRIES:
        return failure
    retry = dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=5 * 2**context.retry_number)
    retry.__cause__ = failure
    return retry


def _order(assets: dg.AssetsDefinition):
    """Tables before those that are made of them, as Dagster wants them, and checks after all tables."""
    order = list(TopologicalSorter(assets.asset_deps).static_order())
    return lambda result: (isinstance(result, dg.AssetCheckResult), order.index(result.asset_key))


def _wait(context: dg.AssetExecutionContext, process: Popen) -> int:
    try:
        return process.wait()
    except BaseException:
        context.log.info("cancelled: telling the step to stop")
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=PATIENCE)
        except TimeoutExpired:
            process.kill()
        raise


def _extras(context: dg.AssetExecutionContext) -> dict:
    checks = [f"{'.'.join(key.asset_key.path)}:{key.name}" for key in context.selected_asset_check_keys]
    ui = os.environ.get("ASSAY_DAGSTER_URL")
    return {
        "checks": checks,
        "pages": os.environ.get("ASSAY_SITE_URL"),
        "url": f"{ui}/runs/{context.run_id}" if ui else None,
    }


def _is_partitioned(context: dg.AssetExecutionContext) -> bool:
    tags = context.run.tags
    return context.assets_def.partitions_def is not None and (
        "dagster/partition" in tags or "dagster/asset_partition_range_start" in tags
    )


def _months(context: dg.AssetExecutionContext) -> list[str]:
    return ["--months", *context.partition_keys] if _is_partitioned(context) else []


def _accepted(context: dg.AssetExecutionContext) -> list[str]:
    """What an operator lets through, from the tags of the run: `assay/accept` names monitors, `assay/reason` says why."""
    tags = context.run.tags
    accept, reason = tags.get("assay/accept"), tags.get("assay/reason")
    return ["--accept", *accept.split(), "--reason", reason or ""] if accept else []
