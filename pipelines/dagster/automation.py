"""When runs begin by themselves, and what follows when one ends."""

import os
from datetime import timedelta

import dagster as dg
from project import ask
from steps import run_key

CRON = os.environ.get("ASSAY_SCHEDULE")
SENSOR = os.environ.get("ASSAY_SENSOR") or "on"
HOURS = float(os.environ.get("ASSAY_FRESH_HOURS") or 26)

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="Everything, from the source to the site: what `npm run build` does.",
)

daily = dg.ScheduleDefinition(
    name="daily_refresh",
    job=refresh,
    cron_schedule=CRON or "15 5 * * *",
    # whoever says when means it
    default_status=dg.DefaultScheduleStatus.RUNNING if CRON else dg.DefaultScheduleStatus.STOPPED,
)


@dg.sensor(
    job=refresh,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED if SENSOR == "off" else dg.DefaultSensorStatus.RUNNING,
)
def source_changed(context: dg.SensorEvaluationContext):
    """Asks the source, without reading its rows, whether anything changed since it was asked last."""
    found = ask("changed", "--json")
    before = context.cursor
    context.update_cursor(found["position"])
    if found["position"] == before or (before is None and found["changed"] is False):
        return dg.SkipReason(f"nothing changed: {found['why']}")
    return dg.RunRequest(run_key=found["position"], tags={"assay/why": "the source changed"})


def end_run(run: dg.DagsterRun, status: str, *words: str) -> None:
    """Ends the Assay run of a Dagster run: others may work again, and a failure is told to the webhook."""
    ask("run", "--end", status, "--run", run_key(run), "--json", *words)


def is_last(context: dg.RunStatusSensorContext) -> bool:
    """Whether no other run of the same Assay run is to come: those of a backfill are one."""
    backfill = context.dagster_run.tags.get("dagster/backfill")
    if not backfill:
        return True
    found = context.instance.get_backfill(backfill)
    return found is None or found.status.name not in {"REQUESTED", "CANCELING"}


@dg.run_failure_sensor(minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def failed(context: dg.RunFailureSensorContext):
    """Puts a failed run on record, and tells the webhook."""
    end_run(context.dagster_run, "failed", "--reason", context.failure_event.message or "failed")


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.CANCELED,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def cancelled(context: dg.RunStatusSensorContext):
    """Puts a cancelled run on record."""
    end_run(context.dagster_run, "failed", "--reason", "cancelled")


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def done(context: dg.RunStatusSensorContext):
    """Ends a run that made some tables and published nothing."""
    if is_last(context):
        end_run(context.dagster_run, "unpublished")


AUTOMATION = {"jobs": [refresh], "schedules": [daily], "sensors": [source_changed, failed, cancelled, done]}
FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=HOURS))
