// @ts-check
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { hostGlobals, hostMembers, layers, scope } from './scripts/check/layering-matrix.mjs';

const testFiles = ['**/*.test.{ts,tsx}', '**/test/**/*.{ts,tsx}'];
const escape = (/** @type {string} */ text) => text.replaceAll('/', '\\/');

/** The row of the import matrix as editor messages. @param {string} name @param {boolean} inTest */
function restrictedImports(name, inTest) {
  const layer = layers[name];
  if (layer === undefined) throw new Error(`no layer ${name}`);
  const allowed = Object.keys(layer.imports);
  const typesOnly = allowed.filter((specifier) => layer.imports[specifier] === 'type');
  const patterns = [
    {
      regex: `^${escape(scope)}${allowed.length === 0 ? '' : `(?!(?:${allowed.map(escape).join('|')})$)`}`,
      message: `${name} may import ${allowed.length === 0 ? 'no other package' : allowed.join(', ')}: scripts/check/layering-matrix.mjs.`,
    },
    ...typesOnly.map((specifier) => ({
      regex: `^${escape(scope)}${escape(specifier)}$`,
      allowTypeImports: true,
      message: `${name} may import only types of ${specifier}: write import type.`,
    })),
    { regex: '^(?:\\.\\.\\/)+(?:packages|apps)\\/', message: 'Across packages import by package name.' },
  ];
  if (layer.browser && !inTest) patterns.push({ regex: '^node:', message: 'The packages run in a browser too.' });
  return { '@typescript-eslint/no-restricted-imports': /** @type {['error', object]} */ (['error', { patterns }]) };
}

export default defineConfig(
  { ignores: ['**/dist/**', '**/coverage/**', '**/.test-report/**', '**/.scratch/**', '**/.turbo/**', '**/.cache/**'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only: a name is the same everywhere.' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      // An import whose every name is inline `type` still loads the module: that is what a types-only row must not do.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      // Numbers and bigints in templates are what a table printer does all day; objects and undefined stay errors.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      // `noUncheckedIndexedAccess` makes every typed-array read `| undefined`; on hot paths `!` says "in range" and emits nothing.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `() => callback()` as a one-line arrow reads better than a block.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `while (true)` is the shape of a run loop.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      // `BitRange | string` tells the reader what the string usually is.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      // It takes a parameter whose type comes from the context for a required one, and its default for useless.
      '@typescript-eslint/no-useless-default-assignment': 'off',
      // The text of tables and assembly is ASCII: spreading a string into characters is safe.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // No naming rule: the architecture's names stand as printed (SCTLR_EL1, ICH_LRn_EL2), and the rest is house style.
    },
  },
  ...Object.keys(layers).flatMap((name) => {
    const folder = layers[name]?.folder ?? name;
    return [
      { files: [`${folder}/**/*.{ts,tsx}`], rules: restrictedImports(name, false) },
      { files: testFiles.map((pattern) => `${folder}/${pattern}`), rules: restrictedImports(name, true) },
    ];
  }),
  {
    files: Object.values(layers).filter((layer) => layer.browser).map((layer) => `${layer.folder}/src/**/*.ts`),
    ignores: testFiles,
    rules: {
      'no-restricted-globals': ['error', ...hostGlobals.map((name) => ({ name, message: 'Not in a deterministic package that runs in a browser too.' }))],
      'no-restricted-properties': ['error', ...hostMembers.map(([object, property]) => ({ object, property, message: 'Differs from run to run.' }))],
    },
  },
  {
    files: testFiles,
    rules: {
      // A test says `expect(object.method).…` and feeds wrong types on purpose.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.config.ts'],
    rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/no-restricted-imports': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.strict, tseslint.configs.disableTypeChecked],
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
    },
  },
);
