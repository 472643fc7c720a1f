"""What Assay says of itself: the graph of `npx assay graph`, asked again when a file that decides it changes."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ASSAY = ["node", "--import", "tsx", str(ROOT / "pipelines" / "cli.ts")]


def read_graph() -> dict[str, Any]:
    """The assets with their steps, checks and columns. Raises if the command fails, with what it said."""
    kept = _home() / "dagster-graph" / f"{_state()}.json"
    if not kept.exists():
        graph = ask("graph", "--json")
        kept.parent.mkdir(parents=True, exist_ok=True)
        written = kept.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(graph))
        written.replace(kept)
    return json.loads(kept.read_text())


def ask(*words: str) -> Any:
    """The facts that a command of Assay prints as JSON."""
    done = subprocess.run([*ASSAY, *words], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            f"npx assay {' '.join(words)} ended with {done.returncode}:\n{done.stderr.strip()}"
        )
    return json.loads(done.stdout)


def _home() -> Path:
    return ROOT / (os.environ.get("ASSAY_HOME") or ".assay")


def _state() -> str:
    """A hash of the files that decide the graph: their names, sizes and times."""
    folders = ["pipelines", "loaders", "dbt", "src"]
    seen = [
        (str(path), found.st_size, found.st_mtime_ns)
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".ts", ".js", ".sql", ".md", ".yml"} and not _is_made(path)
        for found in [path.stat()]
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def _is_made(path: Path) -> bool:
    return any(part in {".observablehq", "target", "logs", "test", "bench"} for part in path.parts)
