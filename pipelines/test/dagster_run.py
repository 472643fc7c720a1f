"""Runs assets of the project in `pipelines/dagster` (the working folder) in one process, and prints what became of them.

The one argument is JSON: `select`, names of assets (all, if there is none) and of those `without`; `partition`, `tags`;
`months` that somebody added by hand.
"""

import json
import sys

sys.path.insert(0, ".")

import dagster as dg
from definitions import defs

asked = json.loads(sys.argv[1])
key_of = lambda name: dg.AssetKey(name.split("."))
name_of = lambda key: ".".join(key.path)

instance = dg.DagsterInstance.get()
instance.add_dynamic_partitions("month", asked.get("months", []))
keys = [key_of(name) for name in asked.get("select", [])] or list(
    defs.resolve_asset_graph().get_all_asset_keys()
)
left = {key_of(name) for name in asked.get("without", [])}
job = dg.define_asset_job(
    "asked", selection=dg.AssetSelection.assets(*[key for key in keys if key not in left])
)
resolved = dg.Definitions.merge(defs, dg.Definitions(jobs=[job])).resolve_job_def("asked")
result = resolved.execute_in_process(
    instance=instance, raise_on_error=False, partition_key=asked.get("partition"), tags=asked.get("tags")
)

told = {"success": result.success, "steps": {}, "made": {}, "checks": {}, "months": {}, "errors": {}}
for event in result.all_events:
    kind = event.event_type_value
    if kind in {"STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED"}:
        told["steps"][event.step_key] = kind
    if kind == "STEP_FAILURE":
        data = event.event_specific_data
        told["errors"][event.step_key] = (
            data.user_failure_data.description if data.user_failure_data else data.error.message
        )
    if kind == "ASSET_MATERIALIZATION":
        made = event.event_specific_data.materialization
        metadata = {
            name: value.value
            for name, value in made.metadata.items()
            if not hasattr(value, "schema") and name != "dagster/column_lineage"
        }
        metadata["columns"] = [
            [column.name, column.type]
            for value in made.metadata.values()
            if hasattr(value, "schema")
            for column in value.schema.columns
        ]
        lineage = made.metadata.get("dagster/column_lineage")
        if lineage:
            metadata["lineage"] = {
                column: [f"{name_of(one.asset_key)}.{one.column_name}" for one in deps]
                for column, deps in lineage.value.deps_by_column.items()
            }
        if made.partition:
            told["months"][made.partition] = metadata
        else:
            told["made"][name_of(made.asset_key)] = {
                **metadata,
                "version": made.tags.get("dagster/data_version"),
            }
    if kind == "ASSET_CHECK_EVALUATION":
        check = event.event_specific_data
        found = {"passed": check.passed, "severity": check.severity.value, "blocking": check.blocking}
        found["found"] = check.metadata["found"].value
        told["checks"][f"{name_of(check.asset_key)}:{check.check_name}"] = found
told["tags"] = instance.get_run_by_id(result.run_id).tags
told["partitions"] = sorted(instance.get_dynamic_partitions("month"))
print(json.dumps(told))
