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
    description="Asks the source, without reading its rows, whether anything changed since it was asked last.",
)
def source_changed(context: dg.SensorEvaluationContext):
    found = ask("changed", "--json")
    before = context.cursor
    context.update_cursor(found["position"])
    if found["position"] == before or (before is None and found["changed"] is False):
        return dg.SkipReason(f"nothing changed: {found['why']}")
    return dg.RunRequest(run_key=found["position"], tags={"assay/why": "the source changed"})


def end_run(key: str, status: str, *words: str) -> None:
    """Ends the Assay run of this name: others may work again, and a failure is told to the webhook."""
    ask("run", "--end", status, "--run", key, "--json", *words)


@dg.run_failure_sensor(
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Puts a failed run on record, and tells the webhook.",
)
def failed(context: dg.RunFailureSensorContext):
    failures = [event.step_failure_data for event in context.get_step_failure_events()]
    said = [one.user_failure_data.description for one in failures if one.user_failure_data]
    why = "\n".join(text for text in said if text) or context.failure_event.message or "failed"
    end_run(run_key(context.dagster_run), "failed", "--reason", why)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.CANCELED,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Puts a cancelled run on record.",
)
def cancelled(context: dg.RunStatusSensorContext):
    end_run(run_key(context.dagster_run), "failed", "--reason", "cancelled")


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Ends a run that made some tables and published nothing.",
)
def done(context: dg.RunStatusSensorContext):
    if "dagster/backfill" not in context.dagster_run.tags:
        end_run(run_key(context.dagster_run), "unpublished")


@dg.sensor(
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Ends the run of a backfill that published nothing, once no Dagster run of it is to come.",
)
def backfilled(context: dg.SensorEvaluationContext):
    known = set((context.cursor or "").split())
    going = {"REQUESTED", "CANCELING", "FAILING"}
    ended = [
        one.backfill_id for one in context.instance.get_backfills(limit=50) if one.status.name not in going
    ]
    for key in ended:
        if key not in known:
            end_run(key, "unpublished")
    context.update_cursor(" ".join(ended))
    return dg.SkipReason("backfills end here, and begin elsewhere")


AUTOMATION = {
    "jobs": [refresh],
    "schedules": [daily],
    "sensors": [source_changed, failed, cancelled, done, backfilled],
}
FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=HOURS))
