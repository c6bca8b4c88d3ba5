// @ts-check
/** What the core did, as a table that a person can read: one row a register. */
import { e2hLayout, SYSTEM_REGISTERS } from '../../../packages/cpu/dist/arch/index.js';
import { SETTINGS, SITUATIONS } from './core.mjs';
import { RULES } from './rules.mjs';

/** @param {number} key */
export function describeKey(key) {
  const encoding = [(key >> 14) & 3, (key >> 11) & 7, (key >> 7) & 15, (key >> 3) & 15, key & 7].join(',');
  const name = RULES.get(key)?.name ?? SYSTEM_REGISTERS.byKey(key)?.name;
  return name === undefined ? encoding : `${name} (${encoding})`;
}

/** @param {import('./model.mjs').Situation | undefined} at */
export function describeSituation(at) {
  return at === undefined ? '' : `EL${String(at.el)} E2H=${String(at.e2h)} TGE=${String(at.tge)}`;
}

/** @param {import('./core.mjs').Setting | undefined} setting @param {0 | 1} [e2h] */
export function describeSetting(setting, e2h = 0) {
  if (setting === undefined || setting.register === '') return 'nothing trapped';
  const row = SYSTEM_REGISTERS.byName(setting.register);
  const names = setting.bits.map((bit) => {
    const field = row === undefined ? undefined : e2hLayout(row, e2h).fields.find(({ lsb, width }) => bit >= lsb && bit < lsb + width);
    return field === undefined ? String(bit) : field.width === 1 ? field.name : `${field.name}<${String(bit - field.lsb)}>`;
  });
  return `${setting.register}.${names.join('+')}`;
}

/** @param {string} name */
const isRegister = (name) => !/^(UNDEFINED|trap) /.test(name);

/** @param {[number, number, number, boolean, string][]} results */
export function table(results) {
  /** @type {Map<number, Map<string, string>>} */
  const base = new Map();
  /** @type {Map<number, Map<string, Set<string>>>} */
  const changes = new Map();
  const sorted = results.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || Number(b[3]) - Number(a[3]));
  for (const [setting, situation, key, isRead, ours] of sorted) {
    const place = `${String(situation)} ${isRead ? 'R' : 'W'}`;
    if (setting === 0) {
      const row = base.get(key) ?? new Map();
      base.set(key, row.set(place, ours));
    } else if (base.get(key)?.get(place) !== ours) {
      const at = SITUATIONS[situation];
      const name = describeSetting(SETTINGS[setting], at?.e2h);
      const row = changes.get(key) ?? new Map();
      const places = row.get(name) ?? new Set();
      changes.set(key, row.set(name, places.add(`EL${String(at?.el)}${isRead ? 'R' : 'W'}`)));
    }
  }
  const lines = [...base].sort(([a], [b]) => a - b).map(([key, row]) => {
    const rule = RULES.get(key);
    const cells = SITUATIONS.map((_, situation) => cell(rule?.name ?? '', rule?.writeName ?? '', row.get(`${String(situation)} R`) ?? '', row.get(`${String(situation)} W`) ?? ''));
    const traps = [...(changes.get(key) ?? new Map())].map(([name, places]) => `${name} (${[...places].join(' ')})`).join(', ');
    return `| ${describeKey(key)} | ${cells.join(' | ')} | ${traps} |`;
  });
  const heads = SITUATIONS.map(({ el, e2h, tge }) => `EL${String(el)} ${String(e2h)}${String(tge)}`);
  return `# System registers: what each access comes to

Made by \`npm run check:sysregs -- --quick --write\` from what the core \`generic\` does; do not edit. The columns are the EL and
{E2H, TGE}, with every control set so that it traps nothing: \`R\` and \`W\` are executed, \`-\` is UNDEFINED, \`T1\` and \`T2\` a trap to that EL;
where another register is accessed its name follows. The last column names what changes the result when it alone is inverted, and where.

| register | ${heads.join(' | ')} | changed by |
|---|${heads.map(() => '---|').join('')}---|
${lines.join('\n')}
`;
}

/** @param {string} readName @param {string} writeName @param {string} read @param {string} write */
function cell(readName, writeName, read, write) {
  const letter = (/** @type {string} */ result, /** @type {string} */ done) => (isRegister(result) ? done : result.startsWith('trap') ? `T${result.slice(7, 8)}` : '');
  const letters = [...new Set([letter(read, 'R'), letter(write, 'W')])].join('');
  const other = [[read, readName], [write, writeName]].find(([result = '', own]) => isRegister(result) && result !== own)?.[0];
  return letters === '' ? '-' : other === undefined ? letters : `${letters} ${other}`;
}
