import {existsSync} from "node:fs";
import {readdir, readFile} from "node:fs/promises";
import {basename, dirname, join} from "node:path";

/** A page with its charts. */
export type Page = {path: string; file: string; title: string; charts: Chart[]};

/**
 * A chart, or whatever component shows data: the extracts that lead to it, the names that its own code reads in rows,
 * and those that all code on the way from the extracts reads.
 */
export type Chart = {name: string; extracts: string[]; names: string[]; namesOnTheWay: string[]};

/** A node of the tree that the Framework's parser (acorn) makes of JavaScript. */
type Node = {type: string; [field: string]: unknown};

/** What of the Framework reads pages: as the site reads them, so does the lineage. */
type Framework = {
  createMarkdownIt: () => unknown;
  parseMarkdown: (
    text: string,
    options: {md: unknown; path: string}
  ) => {title: string | null; code: {node: {body: Node; expression: boolean}}[]};
  parseProgram: (text: string) => Node;
};

/** A component: what it imports, the extracts it attaches, the names it reads. */
type Module = {imports: string[]; extracts: string[]; names: string[]};

/** The texts of all pages and components by path below `src`. */
export async function readSite(root: string): Promise<Record<string, string>> {
  const src = join(root, "src");
  const files = (await readdir(src, {recursive: true})).map(String);
  const kept = files.filter((file) => /^(?![.]|data[/]).*[.](md|js)$/.test(file)).sort();
  const texts = kept.map(async (file) => [file, await readFile(join(src, file), "utf8")] as const);
  return Object.fromEntries(await Promise.all(texts));
}

/** Reads every page of the site and the components it draws with. */
export async function readPages(root: string): Promise<Page[]> {
  const framework = await openFramework();
  const modules = new Map<string, Promise<Module>>();
  const readModule = (file: string) => {
    if (!modules.has(file)) modules.set(file, parseModule(framework, file));
    return modules.get(file)!;
  };
  const src = join(root, "src");
  const pages = Object.keys(await readSite(root)).filter((file) => file.endsWith(".md"));
  return Promise.all(pages.map((file) => readPage(framework, src, file, readModule)));
}

async function openFramework(): Promise<Framework> {
  const dist = "@observablehq/framework/dist";
  const [markdown, javascript] = await Promise.all([
    import(`${dist}/markdown.js`) as Promise<Omit<Framework, "parseProgram">>,
    import(`${dist}/javascript/parse.js`) as Promise<Pick<Framework, "parseProgram">>
  ]);
  const {createMarkdownIt, parseMarkdown} = markdown;
  return {createMarkdownIt, parseMarkdown, parseProgram: javascript.parseProgram};
}

async function parseModule({parseProgram}: Framework, file: string): Promise<Module> {
  // a module in TypeScript, which the Framework serves as .js, attaches nothing
  if (!existsSync(file) && existsSync(file.replace(/js$/, "ts")))
    return {imports: [], extracts: [], names: []};
  const program = parseProgram(await readFile(file, "utf8"));
  const nodes = [...within(program)];
  return {
    imports: nodes.flatMap(({type, source}) =>
      /^(Import|Export)/.test(type) && isLocal(source) ? [join(dirname(file), textOf(source)!)] : []
    ),
    extracts: nodes.flatMap((node) => attachedBy(node) ?? []),
    names: nodes.flatMap(namesOf)
  };
}

async function readPage(
  {createMarkdownIt, parseMarkdown}: Framework,
  src: string,
  file: string,
  readModule: (file: string) => Promise<Module>
): Promise<Page> {
  const path = `/${file.replace(/\.md$/, "").replace(/(^|\/)index$/, "")}`;
  const text = await readFile(join(src, file), "utf8");
  const {title, code} = parseMarkdown(text, {md: createMarkdownIt(), path});
  const bodies = code.map(({node}) => node);
  const scope = scopeOf(bodies.map(({body}) => body));
  const roots = bodies.flatMap(({body, expression}) => (expression ? [body] : shownBy(body)));
  const folder = join(src, dirname(file));
  const charts = await Promise.all(
    roots
      .flatMap((root) => chartsIn(root, scope, new Set()))
      .map(async ([name, call]): Promise<Chart> => {
        const own = await partsOf({nodes: [...within(call)], scope, folder, readModule});
        const all = await partsOf({nodes: closureOf(call, scope), scope, folder, readModule});
        return {name, extracts: all.extracts, names: own.names, namesOnTheWay: all.names};
      })
  );
  return {path, file: `src/${file}`, title: title ?? path, charts: together(charts)};
}

/** What nodes of a page, and the components they name, attach and read. */
async function partsOf({
  nodes,
  scope,
  folder,
  readModule
}: {
  nodes: Node[];
  scope: Scope;
  folder: string;
  readModule: (file: string) => Promise<Module>;
}): Promise<Pick<Module, "extracts" | "names">> {
  const imports = nodes.flatMap((node) => importedBy(node, scope) ?? []);
  const modules = await modulesOf(imports, folder, readModule);
  return {
    extracts: [
      ...nodes.flatMap((node) => attachedBy(node) ?? []),
      ...modules.flatMap(({extracts}) => extracts)
    ],
    names: [...nodes.flatMap(namesOf), ...modules.flatMap(({names}) => names)]
  };
}

function importedBy(node: Node, {components}: Scope): string | undefined {
  if (node.type === "ImportExpression" && isLocal(node.source)) return textOf(node.source);
  return node.type === "Identifier" ? components.get(node.name as string) : undefined;
}

/** What a program shows: `display(x)`, `view(x)`. */
function shownBy({body}: Node): Node[] {
  const calls = (body as Node[]).map((one) => one.expression as Node | undefined);
  return calls.flatMap((call) =>
    call && /^(display|view)$/.test((call.callee as Node | undefined)?.name as string) ? [call] : []
  );
}

/** What a page declares by name, and which names are components. */
type Scope = {declared: Map<string, Node>; components: Map<string, string>};

function scopeOf(bodies: Node[]): Scope {
  const scope: Scope = {declared: new Map(), components: new Map()};
  for (const node of bodies.flatMap((body) => (body.type === "Program" ? (body.body as Node[]) : []))) {
    if (node.type === "ImportDeclaration" && isLocal(node.source))
      for (const {local} of node.specifiers as {local: {name: string}}[])
        scope.components.set(local.name, textOf(node.source)!);
    if (node.type === "FunctionDeclaration") scope.declared.set((node.id as {name: string}).name, node);
    if (node.type === "VariableDeclaration")
      for (const {id, init} of node.declarations as {id: Node; init: Node | null}[])
        if (init) declare(scope.declared, id, init);
  }
  return scope;
}

/** Binds the names of a pattern to what they are made of; `[a, b] = await Promise.all([x, y])` binds each to its own. */
function declare(declared: Map<string, Node>, pattern: Node, init: Node): void {
  if (pattern.type === "Identifier") return void declared.set(pattern.name as string, init);
  const all = pattern.type === "ArrayPattern" ? elementsOf(init) : undefined;
  for (const [place, part] of namedBy(pattern).entries()) declare(declared, part, all?.[place] ?? init);
}

function namedBy(pattern: Node): Node[] {
  if (pattern.type === "ArrayPattern")
    return (pattern.elements as (Node | null)[]).flatMap((one) => one ?? []);
  if (pattern.type === "ObjectPattern")
    return (pattern.properties as {value?: Node; argument?: Node}[]).flatMap(
      (one) => one.value ?? one.argument ?? []
    );
  return [(pattern.left ?? pattern.argument) as Node].filter(Boolean);
}

function elementsOf(init: Node): Node[] | undefined {
  if (init.type === "AwaitExpression") return elementsOf(init.argument as Node);
  if (init.type === "ArrayExpression") return init.elements as Node[];
  if (init.type === "CallExpression") return elementsOf((init.arguments as Node[])[0] ?? {type: ""});
  return undefined;
}

/** The calls of components that an expression shows, through the page's own functions and `made.node`. */
function chartsIn(node: Node, scope: Scope, seen: Set<Node>): [string, Node][] {
  if (seen.has(node)) return [];
  seen.add(node);
  if (node.type === "CallExpression") {
    const component = componentOf(node.callee as Node, scope);
    if (component) return [[labelOf(node) ?? component, node]];
  }
  return shownIn(node, scope).flatMap((child) => chartsIn(child, scope, seen));
}

/** The parts of an expression whose value it shows; what it only asks, it does not show. */
function shownIn(node: Node, {declared}: Scope): Node[] {
  if (node.type === "Identifier") {
    const made = declared.get(node.name as string);
    return made && (/Function/.test(made.type) || made.type === "CallExpression") ? [made] : [];
  }
  if (/Function/.test(node.type)) {
    const body = node.body as Node;
    return body.type === "BlockStatement"
      ? [...within(body)].filter(({type}) => type === "ReturnStatement")
      : [body];
  }
  const asked = [node.test, node.operator === "&&" ? node.left : null];
  return childrenOf(node).filter((child) => !asked.includes(child));
}

/** The name of the component that is called: imported, or imported when needed (`const x = await import(…)`). */
function componentOf(callee: Node, {declared, components}: Scope): string | undefined {
  if (callee.type === "Identifier")
    return components.has(callee.name as string) ? (callee.name as string) : undefined;
  if (callee.type !== "MemberExpression" || (callee.object as Node).type !== "Identifier") return undefined;
  const made = declared.get((callee.object as Node).name as string);
  const isImported = made && [...within(made)].some(({type}) => type === "ImportExpression");
  return isImported ? ((callee.property as Node).name as string) : undefined;
}

/** How a call names its chart: `{id: "bars"}`, or the component in `{chart: growthChart}`. */
function labelOf({arguments: given}: Node): string | undefined {
  const object = (given as Node[]).find(({type}) => type === "ObjectExpression");
  const valueOf = (name: string) =>
    (object?.properties as {key?: Node; value?: Node}[] | undefined)?.find(({key}) => key?.name === name)
      ?.value;
  return textOf(valueOf("id")) ?? (valueOf("chart")?.name as string | undefined);
}

/** All that an expression is made of on its page; of `{a, b}.a` only `a`. */
function closureOf(root: Node, {declared}: Scope): Node[] {
  const nodes = new Set<Node>();
  const todo = [root];
  for (let node = todo.pop(); node; node = todo.pop()) {
    if (nodes.has(node)) continue;
    nodes.add(node);
    if (node.type === "Identifier") {
      const made = declared.get(node.name as string);
      if (made) todo.push(made);
    } else if (node.type === "MemberExpression") {
      todo.push(memberOf(node, declared) ?? (node.object as Node));
      if (node.computed) todo.push(node.property as Node);
    } else todo.push(...childrenOf(node));
  }
  return [...nodes];
}

function memberOf({object, property, computed}: Node, declared: Map<string, Node>): Node | undefined {
  const made = declared.get((object as Node).name as string);
  if (computed || made?.type !== "ObjectExpression") return undefined;
  const properties = made.properties as {key?: Node; value: Node}[];
  return properties.find(({key}) => key?.name === (property as Node).name)?.value;
}

async function modulesOf(
  imports: string[],
  folder: string,
  readModule: (file: string) => Promise<Module>
): Promise<Module[]> {
  const found = new Map<string, Module>();
  const todo = imports.map((path) => join(folder, path));
  for (let file = todo.pop(); file; file = todo.pop()) {
    if (found.has(file)) continue;
    const module = await readModule(file);
    found.set(file, module);
    todo.push(...module.imports);
  }
  return [...found.values()];
}

/** Charts of one name are one chart. */
function together(charts: Chart[]): Chart[] {
  return unique(charts.map(({name}) => name)).map((name) => {
    const same = charts.filter((one) => one.name === name);
    return {
      name,
      extracts: unique(same.flatMap((one) => one.extracts)),
      names: unique(same.flatMap((one) => one.names)),
      namesOnTheWay: unique(same.flatMap((one) => one.namesOnTheWay))
    };
  });
}

/** The extract of `FileAttachment("…/data/NAME")`. */
function attachedBy({type, callee, arguments: given}: Node): string | undefined {
  if (type !== "CallExpression" || (callee as Node).name !== "FileAttachment") return undefined;
  const path = textOf((given as Node[])[0]);
  return path === undefined ? undefined : basename(path);
}

/** The names by which a node may read a field: `row.x`, `({x})`, and the text "x" for `row[name]`. */
function namesOf(node: Node): string[] {
  if (node.type === "MemberExpression" && !node.computed) return [(node.property as Node).name as string];
  if (node.type === "ObjectPattern")
    return (node.properties as {key?: Node}[]).flatMap(({key}) => (key?.name as string | undefined) ?? []);
  const text = textOf(node);
  return text === undefined ? [] : [text];
}

function textOf(node: unknown): string | undefined {
  const {type, value} = (node ?? {}) as Node;
  return type === "Literal" && typeof value === "string" ? value : undefined;
}

function isLocal(source: unknown): boolean {
  return /^[.]{1,2}\//.test(textOf(source) ?? "");
}

function* within(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* within(child);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((one): one is Node => typeof (one as Node | null)?.type === "string");
}

function unique(names: string[]): string[] {
  return [...new Set(names)].sort();
}
