// @ts-check
/**
 * Built declarations as they are published: what the types of the entries reach, declaration by declaration, with their doc comments.
 * Left out are members marked `@internal`, and `implements` clauses, which say nothing about a declared class.
 */
import ts from 'typescript';

/** @typedef {{ start: number, end: number, text: string }} Edit */

/** @param {ts.Node} node */
const isInternal = (node) => ts.getJSDocTags(node).some((tag) => tag.tagName.text === 'internal');
/** @param {ts.Node} node */
const isImplements = (node) => ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword;
/** What stays out, wherever it stands. @param {ts.Node} node */
const isLeftOut = (node) => isImplements(node) || (ts.isClassElement(node) || ts.isTypeElement(node) ? isInternal(node) : false);

/** The statement of a file that holds `node`. @param {ts.Node} node @returns {ts.Statement} */
function statementOf(node) {
  let at = node;
  while (!ts.isSourceFile(at.parent)) at = at.parent;
  return /** @type {ts.Statement} */ (at);
}

/**
 * The new text of each declaration file below `folder` that the entries reach; an empty text for a file of which nothing is left.
 * @param {string} folder @param {readonly string[]} entries @returns {Map<string, string>}
 */
export function trimDeclarations(folder, entries) {
  const program = ts.createProgram([...entries], { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, strict: true, types: [], allowImportingTsExtensions: true, noEmit: true });
  const checker = program.getTypeChecker();
  const files = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(`${folder}/`));

  /** Statements that something public needs, and by file the imported names that they use. @type {Set<ts.Statement>} */
  const kept = new Set();
  /** @type {Set<ts.Symbol>} */
  const used = new Set();
  /** @param {ts.Symbol | undefined} symbol */
  const keep = (symbol) => {
    if (symbol === undefined) return;
    if (symbol.flags & ts.SymbolFlags.Alias) {
      used.add(symbol);
      keep(checker.getAliasedSymbol(symbol));
      return;
    }
    for (const declaration of symbol.declarations ?? []) {
      if (!files.includes(declaration.getSourceFile()) || ts.isSourceFile(declaration)) continue;
      const statement = statementOf(declaration);
      if (kept.has(statement)) continue;
      kept.add(statement);
      visit(statement);
    }
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (isLeftOut(node)) return;
    if (ts.isIdentifier(node)) keep(checker.getSymbolAtLocation(node));
    ts.forEachChild(node, visit);
  };
  /** @param {ts.SourceFile} file */
  const exportsOf = (file) => {
    const module = checker.getSymbolAtLocation(file);
    return module === undefined ? [] : checker.getExportsOfModule(module);
  };
  for (const entry of entries) {
    const file = program.getSourceFile(entry);
    if (file !== undefined) exportsOf(file).forEach(keep);
  }

  /** Whether a file or what it hands on has anything that is kept. @param {ts.SourceFile | undefined} file */
  const isReached = (file) => file === undefined || exportsOf(file).some((symbol) => resolved(symbol).declarations?.some((declaration) => ts.isSourceFile(declaration) || kept.has(statementOf(declaration))));
  /** @param {ts.Symbol} symbol */
  const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  /** @param {ts.Expression | undefined} specifier */
  const fileOf = (specifier) => {
    const target = specifier && checker.getSymbolAtLocation(specifier)?.declarations?.[0];
    return target !== undefined && ts.isSourceFile(target) ? target : undefined;
  };

  /** @param {ts.SourceFile} file @returns {string} */
  const textOf = (file) => {
    /** @type {Edit[]} */
    const edits = [];
    /** Names that `import("…").Name` stands for, by module. @type {Map<string, Set<string>>} */
    const hoisted = new Map();
    /** @param {ts.Node} node @param {string} text */
    const replace = (node, text) => edits.push({ start: text === '' ? node.getFullStart() : node.getStart(file), end: node.end, text });

    /** @param {ts.Node} node */
    const trim = (node) => {
      if (isLeftOut(node)) {
        replace(node, '');
        return;
      }
      if (ts.isImportTypeNode(node) && node.qualifier !== undefined && ts.isIdentifier(node.qualifier) && !node.isTypeOf && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
        const local = checker.resolveName(node.qualifier.text, file, ts.SymbolFlags.Type | ts.SymbolFlags.Alias, true);
        const target = checker.getSymbolAtLocation(node.qualifier);
        if (target !== undefined && (local === undefined || resolved(local) === resolved(target))) {
          edits.push({ start: node.getStart(file), end: node.qualifier.getStart(file), text: '' });
          if (local === undefined) {
            const from = node.argument.literal.text;
            hoisted.set(from, (hoisted.get(from) ?? new Set()).add(node.qualifier.text));
          } else used.add(local);
        }
      }
      ts.forEachChild(node, trim);
    };
    // Declarations first: they say which imports are needed.
    for (const statement of file.statements) {
      if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) continue;
      if (kept.has(statement)) trim(statement);
      else replace(statement, '');
    }
    for (const statement of file.statements) {
      if (ts.isImportDeclaration(statement)) {
        const bindings = statement.importClause?.namedBindings;
        if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
        const names = bindings.elements.filter((name) => used.has(/** @type {ts.Symbol} */ (checker.getSymbolAtLocation(name.name))));
        if (names.length === 0) edits.push({ start: statement.getStart(file), end: statement.end, text: '' });
        else if (names.length < bindings.elements.length) replace(bindings, `{ ${names.map((name) => name.getText(file)).join(', ')} }`);
      } else if (ts.isExportDeclaration(statement)) {
        const clause = statement.exportClause;
        if (clause === undefined && !isReached(fileOf(statement.moduleSpecifier))) replace(statement, '');
        if (clause === undefined || !ts.isNamedExports(clause)) continue;
        const names = clause.elements.filter((name) => {
          const symbol = checker.getSymbolAtLocation(name.name);
          return symbol !== undefined && (resolved(symbol).declarations ?? []).some((declaration) => kept.has(statementOf(declaration)) || !files.includes(declaration.getSourceFile()));
        });
        if (clause.elements.length > 0 && names.length === 0) replace(statement, '');
        else if (names.length < clause.elements.length) replace(clause, `{ ${names.map((name) => name.getText(file)).join(', ')} }`);
      }
    }
    let text = file.text;
    for (const { start, end, text: instead } of edits.sort((a, b) => b.start - a.start)) text = text.slice(0, start) + instead + text.slice(end);
    const imports = [...hoisted].map(([from, names]) => `import type { ${[...names].sort().join(', ')} } from '${from}';\n`).join('');
    const head = /^\/\*\*[^]*?\*\/\n(?=import )/.exec(text)?.[0] ?? '';
    text = head + imports + text.slice(head.length);
    text = text.replace(/\n{2,}/g, '\n').replace(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length >> 2)).trimStart();
    return /\b(?:export|declare|import)\b/.test(text) ? text : '';
  };
  return new Map(files.map((file) => [file.fileName, textOf(file)]));
}
