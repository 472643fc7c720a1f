import type {Browser, BrowserContext, Page, Request} from "playwright-core";

/** Every page of the site, and what is there once it is drawn. */
export const pages: Record<string, string> = {
  "/": "[data-figure=revenue]",
  "/dashboards/sales": "[data-figure=revenue]",
  "/dashboards/customers": "[data-figure=customers]",
  "/customer": ".in-lines tbody tr",
  "/eda/customers": ".cell:nth-of-type(1) .answer",
  "/dashboards/products": "#pareto-table",
  "/product": ".product-list a",
  "/eda/products": ".cell:nth-of-type(1) .answer",
  "/eda/sales": ".cell:nth-of-type(1) .answer",
  "/explore/": "[data-board] tbody tr",
  "/explore/question": ".builder-card [data-total], .builder-card svg",
  "/explore/sql": ".result-card .status:text-matches('ms$')",
  "/explore/profile": ".profile tbody tr",
  "/docs/": ".docs-pages a",
  "/docs/data": ".docs-table tbody tr",
  "/docs/measures": ".docs-measure",
  "/docs/pages": "pre code",
  "/docs/gallery": ".card-body svg",
  "/explore/crossfilter": ".crossfilter:not([aria-busy])",
  "/trust/reconciliation": ".matrix td",
  "/trust/releases": ".lede:text-matches('[.]')",
  "/trust/runs": ".run-list li",
  "/trust/lineage": ".lineage [aria-current]",
  "/trust/checks": ".checks-grid .strip"
};

/** How every page is looked at: phone and wide screen in both themes, a tablet's width alternately in one of them. */
export const views = [360, 768, 1440].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme, theme) => ({
    width,
    colorScheme,
    paths: Object.keys(pages).filter((_, page) => width !== 768 || page % 2 === theme)
  }))
);

/** A window of one width and theme, that notes what goes wrong in its pages. */
export type Window = {
  /** Opens a page; `script` runs in it before anything else does. */
  open: (path: string, script?: string) => Promise<Page>;
  /** Console errors, errors, failed requests and requests to other hosts, in order. */
  wrong: string[];
  /** Paths of the files asked for. */
  asked: string[];
  close: () => Promise<void>;
};

/** Opens a window on the site at `url`; nothing beyond it can be reached. */
export async function openWindow(
  browser: Browser,
  url: string,
  {width = 1440, height = 900, colorScheme = "light" as "light" | "dark"} = {}
): Promise<Window> {
  const context = await browser.newContext({
    viewport: {width, height},
    colorScheme,
    reducedMotion: "reduce"
  });
  const wrong: string[] = [];
  const asked: string[] = [];
  watch(context, url, wrong, asked);
  return {
    wrong,
    asked,
    async open(path, script) {
      const page = await context.newPage();
      if (script) await page.addInitScript(script);
      page.setDefaultTimeout(20_000);
      await page.goto(url + path, {waitUntil: "networkidle"});
      await page.waitForFunction(() => !document.querySelector("observablehq-loading"));
      return page;
    },
    close: () => context.close()
  };
}

function watch(context: BrowserContext, url: string, wrong: string[], asked: string[]): void {
  context.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => wrong.push(`error: ${error.error().message}`));
  context.on("request", (request) => {
    if (/^(data|blob):/.test(request.url())) return;
    if (!request.url().startsWith(`${url}/`)) wrong.push(`another host: ${request.url()}`);
    else asked.push(request.url().slice(url.length));
  });
  // Chromium calls aborted what was answered but not read to its end: a HEAD request, a wasm file it compiles
  const answered = new Set<Request>();
  context.on("response", (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()}: ${response.url()}`);
    else answered.add(response.request());
  });
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    if (reason !== "net::ERR_ABORTED" || !answered.has(request))
      wrong.push(`failed: ${request.method()} ${request.url()} ${reason}`);
  });
}

/** How far a page is wider than its window, and how many cells show an error. */
export function faultsOf(page: Page): Promise<{overflow: number; errors: number}> {
  return page.evaluate(() => ({
    overflow: Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
    errors: document.querySelectorAll(".observablehq--error").length
  }));
}

/** The addresses of a page's links into the site, without query and fragment. */
export function linksOf(page: Page): Promise<string[]> {
  return page.evaluate(() => [
    ...new Set(
      [...document.querySelectorAll<HTMLAnchorElement>("a[href]")]
        .filter((link) => link.origin === location.origin)
        .map((link) => link.pathname)
    )
  ]);
}
