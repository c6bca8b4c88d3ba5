// @ts-check
/**
 * Linux's own description of AArch64 system registers, `arch/arm64/tools/sysreg`, from Debian's source packages. It is GPL:
 * it is fetched into a folder outside the repository, read for comparison, and nothing of its text is committed or printed
 * beyond the names and bits of a difference.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {{ name: string, msb: number, lsb: number, values: Map<string, number> }} LinuxField
 * @typedef {{ name: string, encoding: number[] | null, fields: LinuxField[] }} LinuxRegister
 */

/** @param {string} script @param {string} cwd */
const shell = (script, cwd) => spawnSync('bash', ['-o', 'pipefail', '-c', script], { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });

/**
 * The text of the file in the package's newest version that apt offers, or the reason why there is none.
 * @param {string} series `6.1` or `6.12`
 * @returns {{ text: string, version: string } | { reason: string }}
 */
export function fetchLinuxSysregs(series) {
  const name = `linux-source-${series}`;
  const candidate = () => /Candidate: (\S+)/.exec(shell(`apt-cache policy ${name}`, tmpdir()).stdout ?? '')?.[1];
  let version = candidate();
  if (version === undefined || version === '(none)') {
    shell('apt-get update -qq', tmpdir());
    version = candidate();
  }
  if (version === undefined || version === '(none)') return { reason: `apt offers no ${name}` };
  const cache = join(process.env['XDG_CACHE_HOME'] ?? (existsSync(homedir()) ? join(homedir(), '.cache') : tmpdir()), 'worldswitch', `${name}_${version}`);
  const file = join(cache, 'sysreg');
  if (!existsSync(file)) {
    mkdirSync(cache, { recursive: true });
    let download = shell(`apt-get download ${name}=${version}`, cache);
    if (download.status !== 0) {
      shell('apt-get update -qq', cache);
      download = shell(`apt-get download ${name}=${version}`, cache);
    }
    if (download.status !== 0) return { reason: `${name} ${version} cannot be downloaded: ${download.stderr.trim().split('\n').at(-1) ?? ''}` };
    // tar stops reading at the first match, so the pipe behind it breaks: only the result tells whether it worked.
    const unpack = shell(
      `dpkg-deb --fsys-tarfile ${name}_*.deb | tar -xO ./usr/src/${name}.tar.xz | tar -xJO --occurrence=1 ${name}/arch/arm64/tools/sysreg`,
      cache,
    );
    shell(`rm -f ${name}_*.deb`, cache);
    if (!unpack.stdout.includes('Sysreg')) {
      rmSync(cache, { recursive: true, force: true });
      return { reason: `${name} ${version} has no arch/arm64/tools/sysreg: ${unpack.stderr.trim().slice(0, 200)}` };
    }
    writeFileSync(`${file}.part`, unpack.stdout);
    renameSync(`${file}.part`, file);
  }
  return { text: readFileSync(file, 'utf8'), version };
}

/** @param {string} bits */
function range(bits) {
  const [msb = NaN, lsb = msb] = bits.split(':').map(Number);
  return { msb, lsb };
}

/** Registers and shared field lists of the file. @param {string} text @returns {{ registers: LinuxRegister[], lines: number }} */
export function parseLinuxSysregs(text) {
  /** @type {LinuxRegister[]} */
  const registers = [];
  /** @type {Map<string, LinuxField[]>} */
  const shared = new Map();
  /** @type {[LinuxRegister, string][]} */
  const uses = [];
  /** @type {LinuxRegister | null} */
  let current = null;
  /** @type {LinuxField | null} */
  let open = null;
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    const [keyword = '', ...rest] = words;
    /** @returns {never} */
    const lost = () => {
      throw new Error(`line ${String(i + 1)} of Linux's sysreg file: ${keyword} is not understood here`);
    };
    switch (keyword) {
      case '':
      case 'Res0':
      case 'Res1':
      case 'Raz':
      case 'Unkn':
        break;
      case 'Sysreg':
        current = { name: rest[0] ?? '', encoding: rest.slice(1).map(Number), fields: [] };
        registers.push(current);
        break;
      case 'SysregFields':
        current = { name: rest[0] ?? '', encoding: null, fields: [] };
        shared.set(current.name, current.fields);
        break;
      case 'EndSysreg':
      case 'EndSysregFields':
        current = null;
        break;
      case 'Fields':
        uses.push([current ?? lost(), rest[0] ?? '']);
        break;
      case 'Mapping':
        break;
      case 'Field':
      case 'Enum':
      case 'UnsignedEnum':
      case 'SignedEnum': {
        const field = { name: rest[1] ?? '', ...range(rest[0] ?? ''), values: new Map() };
        (current ?? lost()).fields.push(field);
        open = keyword === 'Field' ? null : field;
        break;
      }
      case 'EndEnum':
        open = null;
        break;
      default:
        if (!/^0b[01]+$/.test(keyword) || open === null) lost();
        open?.values.set(rest[0] ?? '', Number(keyword));
    }
  });
  for (const [register, name] of uses) {
    const fields = shared.get(name);
    if (fields === undefined) throw new Error(`Linux's sysreg file uses ${name}, which it does not declare`);
    register.fields.push(...fields);
  }
  return { registers, lines: lines.length };
}
