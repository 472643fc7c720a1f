"""Every table, model, extract, the release and the site as assets, from what `npx assay graph` says."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import dagster as dg
from automation import FRESHNESS
from dagster_dbt import DagsterDbtTranslator, build_dbt_asset_specs
from steps import run_steps

MONTHS = dg.DynamicPartitionsDefinition(name="month")
# one process each: a snapshot of the source, a schema of the warehouse with dbt over it, one engine for all extracts
TOGETHER = {"bronze": "bronze", "warehouse": "warehouse", "marts": "warehouse", "extracts": "extracts"}
KINDS = {
    "bronze": "source",
    "silver": "duckdb",
    "gold": "duckdb",
    "warehouse": "postgres",
    "extracts": "duckdb",
    "published": "typescript",
}


class Translator(DagsterDbtTranslator):
    """dbt's models under the names Assay has for them: gold in the warehouse is `warehouse/TABLE`."""

    def get_asset_key(self, dbt_resource_props):
        layer = "warehouse" if dbt_resource_props["resource_type"] == "source" else "marts"
        return dg.AssetKey([layer, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props):
        return "marts"


def make_assets(graph: dict[str, Any]) -> list[dg.AssetsDefinition]:
    """One op for each process, with the assets it makes and the checks it does."""
    models = {
        spec.key: spec
        for spec in build_dbt_asset_specs(
            manifest=Path(graph["manifest"]), dagster_dbt_translator=Translator()
        )
    }
    ops = defaultdict(list)
    for asset in graph["assets"]:
        ops[TOGETHER.get(asset["group"], asset["name"].replace(".", "_"))].append(asset)
    return [make_op(name, assets, models, graph["owner"]) for name, assets in ops.items()]


def make_op(name: str, assets: list[dict], models: dict, owner: str | None) -> dg.AssetsDefinition:
    has_months = any(asset.get("months") for asset in assets)
    partitions = (
        {"partitions_def": MONTHS, "backfill_policy": dg.BackfillPolicy.single_run()} if has_months else {}
    )
    step_of = {key_of(asset): asset["step"] for asset in assets}
    for asset in assets:
        for check in asset["checks"]:
            step_of[dg.AssetCheckKey(key_of(asset), check["name"])] = check.get("step") or asset["step"]

    @dg.multi_asset(
        name=name,
        specs=[make_spec(asset, models, owner) for asset in assets],
        check_specs=[make_check(asset, check) for asset in assets for check in asset["checks"]],
        can_subset=True,
        **partitions,
    )
    def op(context: dg.AssetExecutionContext):
        # checks may be launched without their assets
        keys = context.selected_asset_keys | context.selected_asset_check_keys
        yield from run_steps(context, sorted({step_of[key] for key in keys}))

    return op


def key_of(asset: dict) -> dg.AssetKey:
    return dg.AssetKey(asset["name"].split("."))


def make_spec(asset: dict, models: dict, owner: str | None) -> dg.AssetSpec:
    key = key_of(asset)
    metadata = {
        "file": asset["file"],
        "step": f"npx assay run {asset['step']}",
        **({"pages": dg.MetadataValue.json(asset["pages"])} if asset.get("pages") else {}),
        **({"dagster/column_schema": make_schema(asset["columns"])} if asset["columns"] else {}),
    }
    said = {
        "group_name": asset["group"],
        "description": asset["description"],
        "deps": [name.split(".") for name in asset["reads"]],
        "owners": [owner] if owner else [],
        "code_version": asset["code"] or None,
        "freshness_policy": FRESHNESS if asset["name"] == "release" else None,
    }
    model = models.get(key)
    if model:
        return model.replace_attributes(**said).merge_attributes(metadata=metadata)
    return dg.AssetSpec(key, metadata=metadata, kinds={KINDS[asset["group"]]}, **said)


def make_schema(columns: list[dict]) -> dg.TableSchema:
    return dg.TableSchema(
        [dg.TableColumn(one["name"], one["type"], one["description"] or None) for one in columns]
    )


def make_check(asset: dict, check: dict) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        name=check["name"],
        asset=key_of(asset),
        description=check["description"] or None,
        blocking=check["blocks"],
    )
