// @ts-check
/**
 * `npm run check:layering [-- --self-test]`: does every package import only what `layering-matrix.mjs` allows?
 * Asked of four witnesses, because each sees what another cannot: the manifests, turbo's tags, the sources, and the built
 * files (from which type-only imports have vanished). With `--self-test`, plants one violation of each kind in a temporary
 * copy, one after the other, and requires that it is found. Ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { filesBelow, members, readJson, root } from '../lib/workspace.mjs';
import { dependenciesOf, hostGlobals, hostMembers, layers, packageOf, scope, tagOf } from './layering-matrix.mjs';

/**
 * @typedef {'undeclared package' | 'upward package' | 'forbidden subpath' | 'value of a types-only import' | 'relative escape'
 *   | 'host access' | 'outside dependency' | 'tags' | 'boundaries' | 'manifest' | 'not built'} Kind
 * @typedef {{ kind: Kind, where: string, what: string }} Finding
 * @typedef {{ specifier: string, typeOnly: boolean, line: number }} Import
 * @typedef {{ what: string, line: number }} HostUse
 * @typedef {{ imports: Import[], hostUses: HostUse[] }} Source
 * @typedef {{ name: string, findings: Finding[] }} Check
 */

const order = Object.keys(layers);

/** All checks of the checkout at `at`. @param {string} at @returns {Check[]} */
function checks(at) {
  return [...packageChecks(at), boundaries(at)];
}

/** What turbo says of the whole. @param {string} at @returns {Check} */
function boundaries(at) {
  return { name: 'turbo boundaries', findings: boundariesFindings(at) };
}

/** @param {string} at @returns {Check[]} */
function packageChecks(at) {
  const all = members(at);
  const unknown = all.filter(({ folder }) => !order.some((layer) => join(at, layers[layer]?.folder ?? '') === folder));
  /** @type {Check[]} */
  const result = [
    {
      name: 'workspace: every package has a row in the matrix',
      findings: unknown.map(({ folder }) => ({ kind: 'manifest', where: relative(at, folder), what: 'has no row in layering-matrix.mjs' })),
    },
  ];
  for (const layer of order) {
    const member = all.find(({ folder }) => folder === join(at, layers[layer]?.folder ?? ''));
    if (member === undefined) {
      result.push({ name: `${layer}: exists`, findings: [{ kind: 'manifest', where: layer, what: 'has a row in layering-matrix.mjs and no folder' }] });
      continue;
    }
    const sources = ['src', 'test', 'bench'].flatMap((part) => filesBelow(join(member.folder, part))).filter((file) => /\.m?ts$/.test(file));
    const read = sources.map((file) => ({ file, ...readSource(file) }));
    result.push({ name: `${layer}: manifest`, findings: manifestFindings(layer, member.manifest, relative(at, member.folder)) });
    result.push({ name: `${layer}: turbo tags`, findings: tagFindings(layer, member.folder, at) });
    result.push({
      name: `${layer}: ${String(sources.length)} sources`,
      findings: read.flatMap(({ file, imports }) =>
        imports.flatMap((entry) => importFindings(layer, member, file, entry, isTest(file), relative(at, file))),
      ),
    });
    const { count, findings } = builtFindings(layer, member, at);
    result.push({ name: `${layer}: ${String(count)} built files`, findings });
    if (layers[layer]?.browser === true) {
      const shipped = read.filter(({ file }) => !isTest(file) && file.startsWith(join(member.folder, 'src')));
      result.push({ name: `${layer}: nothing of the host`, findings: shipped.flatMap(({ file, hostUses }) => hostFindings(hostUses, relative(at, file))) });
    }
  }
  return result;
}

/** @param {string} file */
function isTest(file) {
  return /\.(test|bench)\.ts$/.test(file) || /[/\\](test|bench)[/\\]/.test(file);
}

/** @param {string} layer @param {any} manifest @param {string} where @returns {Finding[]} */
function manifestFindings(layer, manifest, where) {
  const allowed = dependenciesOf(layer);
  const browser = layers[layer]?.browser === true;
  /** @type {Finding[]} */
  const findings = [];
  for (const group of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const [name, range] of Object.entries(manifest[group] ?? {})) {
      if (!name.startsWith(scope)) {
        if (browser && group !== 'devDependencies') {
          findings.push({ kind: 'outside dependency', where, what: `${group} has ${name}; published packages depend on nothing outside ${scope}` });
        }
        continue;
      }
      const target = name.slice(scope.length);
      if (!allowed.includes(target)) {
        findings.push({ kind: 'upward package', where, what: `${group} has ${name}; ${layer} may depend on ${allowed.join(', ') || 'nothing'}` });
      }
      if (range !== 'workspace:^') findings.push({ kind: 'manifest', where, what: `${name} is ${String(range)}; write workspace:^` });
    }
  }
  return findings;
}

/** @param {string} layer @param {string} folder @param {string} at @returns {Finding[]} */
function tagFindings(layer, folder, at) {
  const file = join(folder, 'turbo.json');
  const expected = { extends: ['//'], tags: [tagOf(layer)], boundaries: { dependencies: { allow: dependenciesOf(layer).map(tagOf) } } };
  // What a package adds to its tasks is its own business.
  const { tasks: _tasks, ...found } = existsSync(file) ? readJson(file) : {};
  if (JSON.stringify(found) === JSON.stringify(expected)) return [];
  return [{ kind: 'tags', where: relative(at, file), what: `differs from the matrix; it should be ${JSON.stringify(expected)}` }];
}

/** What each text says: the self-test reads the same thousand in every copy. @type {Map<string, Source>} */
const known = new Map();

/** @param {string} file @returns {Source} */
function readSource(file) {
  const text = readFileSync(file, 'utf8');
  let source = known.get(text);
  if (source === undefined) {
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
    source = { imports: importsOf(tree), hostUses: hostUsesOf(tree) };
    known.set(text, source);
  }
  return source;
}

/** Every module that a file names: import and export declarations, `import()`, import types, `require`. @param {ts.SourceFile} tree @returns {Import[]} */
function importsOf(tree) {
  /** @type {Import[]} */
  const found = [];
  /** @param {ts.Node | undefined} specifier @param {boolean} typeOnly */
  const add = (specifier, typeOnly) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    found.push({ specifier: specifier.text, typeOnly, line: tree.getLineAndCharacterOfPosition(specifier.getStart(tree)).line + 1 });
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    // Under verbatimModuleSyntax only `import type` vanishes; `import { type A }` still loads the module.
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly === true);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) add(node.moduleReference.expression, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText(tree) === 'require')) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  for (const { fileName, pos } of tree.typeReferenceDirectives) {
    found.push({ specifier: fileName, typeOnly: true, line: tree.getLineAndCharacterOfPosition(pos).line + 1 });
  }
  return found;
}

/**
 * @param {string} layer @param {import('../lib/workspace.mjs').Member} member @param {string} file @param {Import} entry
 * @param {boolean} inTest @param {string} shown @returns {Finding[]}
 */
function importFindings(layer, member, file, { specifier, typeOnly, line }, inTest, shown) {
  const where = `${shown}:${String(line)}`;
  if (specifier.startsWith('.') || specifier.startsWith('/')) {
    const target = resolve(dirname(file), specifier);
    if (target.startsWith(join(member.folder, '/'))) return [];
    return [{ kind: 'relative escape', where, what: `${specifier} leaves the package; import by package name` }];
  }
  if (isBuiltin(specifier)) {
    if (inTest || layers[layer]?.browser === false) return [];
    return [{ kind: 'host access', where, what: `${specifier} exists in Node only` }];
  }
  if (!specifier.startsWith(scope)) {
    const { dependencies = {}, devDependencies = {} } = member.manifest;
    const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
    if (name in dependencies || (inTest && name in devDependencies)) return [];
    return [{ kind: 'undeclared package', where, what: `${name} is not a dependency of ${member.name}` }];
  }
  const target = specifier.slice(scope.length);
  const targetPackage = packageOf(target);
  if (targetPackage === layer) return [{ kind: 'forbidden subpath', where, what: `${specifier} is the package itself; import relatively` }];
  if (!dependenciesOf(layer).includes(targetPackage)) {
    const upward = order.includes(targetPackage);
    return [{ kind: upward ? 'upward package' : 'undeclared package', where, what: `${layer} may not import ${specifier}` }];
  }
  const group = layers[layer]?.isBundled === true ? 'devDependencies' : 'dependencies';
  if (!(`${scope}${targetPackage}` in (member.manifest[group] ?? {}))) {
    return [{ kind: 'undeclared package', where, what: `${scope}${targetPackage} is not in the ${group} of ${member.name}` }];
  }
  const permission = layers[layer]?.imports[target];
  if (permission === undefined) {
    const allowed = Object.keys(layers[layer]?.imports ?? {}).filter((path) => packageOf(path) === targetPackage);
    return [{ kind: 'forbidden subpath', where, what: `${layer} may not import ${specifier}, only ${allowed.map((path) => scope + path).join(', ')}` }];
  }
  if (permission === 'type' && !typeOnly) {
    return [{ kind: 'value of a types-only import', where, what: `${layer} may import only types of ${specifier}; write import type` }];
  }
  return [];
}

/** What the compiler left: values in `.js`, types in `.d.ts`. @param {string} layer @param {import('../lib/workspace.mjs').Member} member @param {string} at */
function builtFindings(layer, member, at) {
  const folder = join(member.folder, 'dist');
  const sourceOf = (/** @type {string} */ file) => join(member.folder, 'src', relative(folder, file)).replace(/(\.d\.ts|\.js)$/, '.ts');
  const files = filesBelow(folder).filter((file) => /\.(js|d\.ts)$/.test(file) && existsSync(sourceOf(file)));
  /** @type {Finding[]} */
  const findings = files.flatMap((file) => {
    const types = file.endsWith('.d.ts');
    return readSource(file).imports.flatMap((entry) =>
      importFindings(layer, member, file, { ...entry, typeOnly: types || entry.typeOnly }, false, relative(at, file)),
    );
  });
  if (files.length === 0) findings.push({ kind: 'not built', where: relative(at, folder), what: 'holds no built file; run npm run build' });
  return { count: files.length, findings };
}

/** @param {HostUse[]} uses @param {string} shown @returns {Finding[]} */
function hostFindings(uses, shown) {
  return uses.map(({ what, line }) => ({ kind: 'host access', where: `${shown}:${String(line)}`, what: `${what} is of the host; take it as an argument` }));
}

/** Names of the host in an expression, unless the file declares that name itself. @param {ts.SourceFile} tree @returns {HostUse[]} */
function hostUsesOf(tree) {
  /** @type {HostUse[]} */
  const uses = [];
  /** @type {Set<string>} */
  const declared = new Set();
  /** @param {ts.Node} node */
  const collect = (node) => {
    if (
      (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isFunctionDeclaration(node) || ts.isImportSpecifier(node)) &&
      node.name !== undefined &&
      ts.isIdentifier(node.name)
    ) {
      declared.add(node.name.text);
    }
    ts.forEachChild(node, collect);
  };
  collect(tree);
  /** @param {ts.Node} node @param {string} what */
  const report = (node, what) => {
    uses.push({ what, line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1 });
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isPropertyAccessExpression(node)) {
      const object = node.expression.getText(tree);
      const member = node.name.text;
      if (hostMembers.some(([name, property]) => object === name && member === property)) report(node, `${object}.${member}`);
      if (object === 'globalThis' && hostGlobals.includes(member)) report(node, `globalThis.${member}`);
    } else if (ts.isIdentifier(node) && hostGlobals.includes(node.text) && !declared.has(node.text) && isReference(node)) {
      report(node, node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return uses;
}

/** Whether an identifier stands for a variable, not for a member, a key, a label or a type. @param {ts.Identifier} node */
function isReference(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !(
    ts.isTypeNode(parent) ||
    ts.isQualifiedName(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isGetAccessor(parent) ||
    ts.isNamedTupleMember(parent) ||
    ts.isEnumMember(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent)
  );
}

/** @param {string} at @returns {Finding[]} */
function boundariesFindings(at) {
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
  const result = spawnSync(turbo, ['boundaries', '--skip-infer', '--no-color', '--cwd', at], { cwd: at, encoding: 'utf8', env });
  if (result.status === 0 && /no issues found/.test(result.stdout + result.stderr)) return [];
  const said = `${result.stdout}${result.stderr}${result.error?.message ?? ''}`.trim().split('\n').filter((line) => line.trim() !== '' && !/^•/.test(line));
  return [{ kind: 'boundaries', where: 'turbo boundaries', what: said.slice(0, 30).join('\n    ') }];
}

/** @param {Check[]} all @returns {[passed: number, failed: number]} */
function print(all) {
  for (const { name, findings } of all) {
    if (findings.length > 0) process.stdout.write(`FAILED ${name}\n`);
    for (const { kind, where, what } of findings) process.stdout.write(`  ${where}: ${kind}: ${what}\n`);
  }
  const failed = all.filter(({ findings }) => findings.length > 0).length;
  return [all.length - failed, failed];
}

// ---- the self-test: planted violations ----

/**
 * Changes a copy of the checkout, and gives what takes the change back.
 * @typedef {(copy: string) => () => void} Planting
 */

/**
 * A violation to plant, and who must see it.
 * @typedef {object} Plant
 * @property {Kind} kind
 * @property {string} title
 * @property {string} in The check that must report it, by the start of its name.
 * @property {Planting} plant
 */

/** @param {string} path @param {string} text @returns {Planting} */
const append = (path, text) => change(path, (old) => `${old}\n${text}\n`);

/** @param {string} path @param {(json: any) => void} edit @returns {Planting} */
const editJson = (path, edit) =>
  change(path, (old) => {
    const json = JSON.parse(old);
    edit(json);
    return `${JSON.stringify(json, null, 2)}\n`;
  });

/** @param {string} path @param {(old: string) => string} edit @returns {Planting} */
function change(path, edit) {
  return (copy) => {
    const file = join(copy, path);
    const firstMade = mkdirSync(dirname(file), { recursive: true });
    const old = existsSync(file) ? readFileSync(file, 'utf8') : null;
    writeFileSync(file, edit(old ?? ''));
    return () => {
      if (old === null) rmSync(firstMade ?? file, { recursive: true });
      else writeFileSync(file, old);
    };
  };
}

/** @param {Planting} first @param {Planting} second @returns {Planting} */
function both(first, second) {
  return (copy) => {
    const undo = [first(copy), second(copy)];
    return () => undo.forEach((step) => step());
  };
}

/** @type {readonly Plant[]} */
const plants = [
  { kind: 'undeclared package', title: 'cpu imports a package it does not declare', in: 'cpu: ', plant: append('packages/cpu/src/planted.ts', "import { parse } from 'left-pad';\nexport const p = parse;") },
  { kind: 'undeclared package', title: 'timer imports an allowed package that its manifest lacks', in: 'timer: ', plant: both(
    editJson('packages/timer/package.json', (json) => { delete json.dependencies; }),
    append('packages/timer/src/planted.ts', "export { HCR_EL2 } from '@worldswitch/cpu/arch';"),
  ) },
  { kind: 'upward package', title: 'cpu imports hyp', in: 'cpu: ', plant: append('packages/cpu/src/planted.ts', "export * from '@worldswitch/hyp';") },
  { kind: 'upward package', title: 'cpu imports only types of machine', in: 'cpu: ', plant: append('packages/cpu/src/planted.ts', "export type * from '@worldswitch/machine';") },
  { kind: 'upward package', title: 'gic declares a dependency on hyp', in: 'gic: manifest', plant: editJson('packages/gic/package.json', (json) => { json.dependencies['@worldswitch/hyp'] = 'workspace:^'; }) },
  { kind: 'upward package', title: 'timer imports gic, its neighbour', in: 'timer: ', plant: append('packages/timer/src/planted.ts', "export const gic = () => import('@worldswitch/gic');") },
  { kind: 'forbidden subpath', title: 'hyp reaches into the gic', in: 'hyp: ', plant: append('packages/hyp/src/planted.ts', "import type { Gic } from '@worldswitch/gic';\nexport type G = Gic;") },
  { kind: 'forbidden subpath', title: 'tools imports the core', in: 'tools: ', plant: append('packages/tools/src/planted.ts', "export * from '@worldswitch/cpu';") },
  { kind: 'forbidden subpath', title: 'gic imports a file inside cpu', in: 'gic: ', plant: append('packages/gic/src/planted.ts', "export * from '@worldswitch/cpu/src/arch/bits.ts';") },
  { kind: 'value of a types-only import', title: 'hyp imports a value of cpu', in: 'hyp: ', plant: append('packages/hyp/src/planted.ts', "import { Core } from '@worldswitch/cpu';\nexport const c = Core;") },
  { kind: 'value of a types-only import', title: 'gic imports cpu with inline type only, which loads it', in: 'gic: ', plant: append('packages/gic/src/planted.ts', "import { type Core } from '@worldswitch/cpu';\nexport type C = Core;") },
  { kind: 'value of a types-only import', title: 'a built file of timer loads cpu', in: 'timer: ', plant: append('packages/timer/dist/index.js', "import {} from '@worldswitch/cpu';") },
  { kind: 'forbidden subpath', title: 'a built type file of tools names the core', in: 'tools: ', plant: append('packages/tools/dist/index.d.ts', "export type P = import('@worldswitch/cpu').P;") },
  { kind: 'relative escape', title: 'tools imports cpu by a relative path', in: 'tools: ', plant: append('packages/tools/src/deep/planted.ts', "export * from '../../../cpu/src/arch/bits.ts';") },
  { kind: 'relative escape', title: 'a test of hyp imports machine by a relative path', in: 'hyp: ', plant: append('packages/hyp/test/planted.test.ts', "export * from '../../machine/src/index.ts';") },
  { kind: 'host access', title: 'cpu reads the clock', in: 'cpu: nothing of the host', plant: append('packages/cpu/src/planted.ts', 'export const now = () => Date.now();') },
  { kind: 'host access', title: 'timer uses performance', in: 'timer: nothing of the host', plant: append('packages/timer/src/planted.ts', 'export const now = () => performance.now();') },
  { kind: 'host access', title: 'hyp draws a random number', in: 'hyp: nothing of the host', plant: append('packages/hyp/src/planted.ts', 'export const dice = () => Math.random();') },
  { kind: 'host access', title: 'machine reads the environment', in: 'machine: nothing of the host', plant: append('packages/machine/src/planted.ts', 'export const home = () => globalThis.process.env;') },
  { kind: 'host access', title: 'tools imports a Node module', in: 'tools: ', plant: append('packages/tools/src/planted.ts', "export { readFileSync } from 'node:fs';") },
  { kind: 'outside dependency', title: 'cpu gets a runtime dependency', in: 'cpu: manifest', plant: editJson('packages/cpu/package.json', (json) => { json.dependencies = { 'left-pad': '1.3.0' }; }) },
  { kind: 'tags', title: 'gic gives itself a tag', in: 'gic: turbo tags', plant: editJson('packages/gic/turbo.json', (json) => { json.boundaries.dependencies.allow.push('layer-hyp'); }) },
  { kind: 'boundaries', title: 'turbo itself sees the upward dependency', in: 'turbo boundaries', plant: editJson('packages/gic/package.json', (json) => { json.dependencies['@worldswitch/hyp'] = 'workspace:^'; }) },
  { kind: 'boundaries', title: 'turbo itself sees the undeclared import', in: 'turbo boundaries', plant: append('packages/cpu/src/planted.ts', "import { x } from '@worldswitch/timer';\nexport const y = x;") },
  { kind: 'manifest', title: 'a package without a row', in: 'workspace', plant: append('packages/planted/package.json', '{ "name": "@worldswitch/planted" }') },
];

/** Lines that eslint must refuse in the editor already: file, text. @type {readonly (readonly [string, string])[]} */
const lintPlants = [
  ['packages/cpu/src/planted.ts', "export * from '@worldswitch/hyp';"],
  ['packages/tools/src/planted.ts', "export * from '@worldswitch/cpu';"],
  ['packages/hyp/src/planted.ts', "export { Core } from '@worldswitch/cpu';"],
  ['packages/gic/src/planted.ts', "export * from '../../../packages/cpu/src/index.ts';"],
  ['packages/machine/src/planted.ts', "export * from 'node:fs';"],
];

/** @returns {Promise<[passed: number, failed: number]>} */
async function selfTest() {
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-layering-'));
  let passed = 0;
  let failed = 0;
  /** @param {boolean} ok @param {string} what @param {string} detail */
  const record = (ok, what, detail) => {
    if (ok) passed++;
    else failed++;
    process.stdout.write(`${ok ? 'caught' : 'MISSED'}: ${what}${detail === '' ? '' : `: ${detail}`}\n`);
  };
  try {
    const copy = join(folder, 'copy');
    copyCheckout(copy);
    const before = checks(copy).filter(({ findings }) => findings.length > 0);
    if (before.length > 0) throw new Error(`the self-test needs a clean copy; it has: ${before.map(({ name }) => name).join('; ')}`);
    for (const { kind, title, in: checkName, plant } of plants) {
      const undo = plant(copy);
      const looked = kind === 'boundaries' ? [boundaries(copy)] : packageChecks(copy);
      const found = looked.filter(({ name }) => name.startsWith(checkName)).flatMap(({ findings }) => findings).find((finding) => finding.kind === kind);
      record(found !== undefined, `${kind} (${title})`, found === undefined ? '' : found.where);
      undo();
    }
    const undo = append('packages/cpu/src/planted.ts', "export * from '@worldswitch/hyp';")(copy);
    const whole = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--root', copy], { encoding: 'utf8' });
    record(whole.status === 1 && / passed, [1-9]\d* failed\n$/.test(whole.stdout), 'the script ends with status 1 and counts the failure', whole.stdout.trim().split('\n').at(-1) ?? '');
    undo();
    for (const [file, text, seen] of await lintFindings(copy)) record(seen, `by eslint: ${text.trim()}`, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [passed, failed];
}

/** @param {string} copy @returns {Promise<[file: string, text: string, seen: boolean][]>} */
async function lintFindings(copy) {
  for (const [path, text] of lintPlants) append(path, text)(copy);
  const { ESLint } = await import('eslint');
  const eslint = new ESLint({ cwd: copy, overrideConfigFile: join(copy, 'eslint.config.js') });
  const results = await eslint.lintFiles(lintPlants.map(([path]) => path));
  return lintPlants.map(([path, text]) => {
    const messages = results.find(({ filePath }) => filePath === join(copy, path))?.messages ?? [];
    return [path, text, messages.some(({ ruleId }) => ruleId === '@typescript-eslint/no-restricted-imports')];
  });
}

/** The checkout as it is, built files included; installed programs by link. @param {string} to */
function copyCheckout(to) {
  const skipped = new Set(['node_modules', '.git', '.turbo', '.cache', '.test-report', '.scratch', 'coverage']);
  cpSync(root, to, { recursive: true, filter: (from) => !skipped.has(basename(from)) });
  for (const folder of [root, ...members().map((member) => member.folder)]) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) symlinkSync(modules, join(to, relative(root, folder), 'node_modules'));
  }
}

const args = process.argv.slice(2);
const at = args.includes('--root') ? resolve(args[args.indexOf('--root') + 1] ?? '.') : root;
let [passed, failed] = print(checks(at));
if (args.includes('--self-test')) {
  if (failed > 0) process.stdout.write('self-test skipped: the checkout itself has findings\n');
  else {
    const [caught, missed] = await selfTest();
    passed += caught;
    failed += missed;
  }
}
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
