import {readdirSync, readFileSync} from "node:fs";

/** The largest sum of proportional set sizes seen, in bytes: of a process, all below it and `others` with theirs. */
export function watchMemory(root: number, others: () => number[] = () => []): () => number {
  let peak = 0;
  const sample = () => {
    const parents = parentsOf();
    const roots = new Set([root, ...others()]);
    const pids = [...parents.keys()].filter((pid) => isBelow(pid, roots, parents));
    peak = Math.max(
      peak,
      pids.reduce((sum, pid) => sum + proportionalSize(pid), 0)
    );
  };
  const timer = setInterval(sample, 250);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

function parentsOf(): Map<number, number> {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return new Map(pids.map((pid) => [pid, parentOf(pid)]));
}

function parentOf(pid: number): number {
  const stat = readProc(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

function isBelow(pid: number, roots: Set<number>, parents: Map<number, number>): boolean {
  for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (roots.has(at)) return true;
  return false;
}

function proportionalSize(pid: number): number {
  const pss = /^Pss:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(pss ?? 0) * 1024;
}

/** A process may end between listing and reading. */
function readProc(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
