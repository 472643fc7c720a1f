import type {Config} from "../config.ts";
import {markdownOf, type Section} from "../diff/tell.ts";
import {type Plan, plan} from "../plan.ts";
import {openProgress} from "../progress.ts";
import {type Format, reportOf, textOf} from "./diff.ts";

/** `assay plan`: what the edit on disk would change; exit 1 if it would not be published. */
export async function planWord(config: Config, options: Format): Promise<void> {
  const found = await plan(config, {progress: openProgress()});
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : told(found, options.format));
  if (found.error !== null) throw new Error("the edit on disk would not be published");
}

function told({release, steps, diff, pages, error}: Plan, format: Format["format"]): string {
  const rebuilt: Section[] = steps.length
    ? [{title: "Done again", columns: ["step", "why"], rows: steps.map(({step, why}) => [step, why])}]
    : [];
  const title = `The edit on disk against release ${release}`;
  const head =
    format === "markdown" ? `## ${title}\n\n${markdownOf(rebuilt)}\n` : `${title}\n\n${textOf(rebuilt)}\n`;
  if (error !== null) return `${head}It would not be published:\n\n${fenced(error, format)}\n`;
  if (!diff) return `${head}Nothing that is published would change.\n`;
  const shown: Section[] = pages.length
    ? [
        {
          title: "Pages and charts",
          columns: ["page", "extract", "charts"],
          rows: pages.map(({page, extract, charts}) => [page, extract, charts.join(", ")])
        }
      ]
    : [];
  return `${head}${reportOf(diff, format)}\n${format === "markdown" ? markdownOf(shown) : textOf(shown)}`;
}

function fenced(text: string, format: Format["format"]): string {
  return format === "markdown" ? `\`\`\`\n${text}\n\`\`\`` : text;
}
