/** What holds for every command: help, versions, slips, exit statuses, JSON, colours, closed pipes, bugs of ours. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/commands.ts';
import { inFolder, run } from './run.ts';

test('help lists every command with an example', async () => {
  const { status, stdout, stderr } = await run(['--help']);
  expect([status, stderr]).toEqual([0, '']);
  for (const { name, example } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} .*\\n +${example.replace(/[.*+?()[\]]/g, '\\$&')}$`, 'm'));
});

test.each(COMMANDS.map(({ name }) => name))('%s --help: usage, options, an example', async (name) => {
  const { status, stdout } = await run([name, '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain(`usage: worldswitch ${name}`);
  expect(stdout).toMatch(/^ +--json /m);
  expect(stdout).toMatch(/examples?:\n {2}worldswitch /);
});

test('--version', async () => {
  expect((await run(['--version'])).stdout).toMatch(/^worldswitch \d+\.\d+\.\d+\n$/);
  expect(JSON.parse((await run(['--version', '--json'])).stdout)).toMatchObject({ schema: 'worldswitch.version/1' });
});

test.each([
  [[], 'no command given (worldswitch --help lists them)'],
  [['dissasm'], 'unknown command dissasm; did you mean disasm? (worldswitch --help lists them)'],
  [['xyzzy'], 'unknown command xyzzy (worldswitch --help lists them)'],
  [['serve'], 'serve arrives with a later release (worldswitch --help lists what this one has)'],
  [['--jsn'], 'unknown option --jsn; a command comes first (worldswitch --help lists them)'],
  [['asm', 'a.s', '--lsiting'], 'asm has no option --lsiting; did you mean --listing? (worldswitch asm --help lists them)'],
  [['asm', 'a.s', '-o'], '-o needs a value: -o OUT'],
  [['asm', 'a.s', '--flat=yes'], '--flat takes no value, but got yes'],
  [['asm', 'a.s', '-o', '--listing'], '-o needs a value: -o OUT (-o=--listing if that is one)'],
  [['bench', '--kvm', '--help'], '--kvm needs a value: --kvm MODE (--kvm=--help if that is one)'],
  [['bench', '--kvm', 'vhe', '--kvm=nvhe'], '--kvm is given twice: leave one of them out'],
  [['asm', 'a.s', '--arch='], '--arch needs a value: --arch VERSION'],
  [['asm'], 'asm needs a source: worldswitch asm FILE.s -o OUT.elf'],
  [['asm', 'a.s'], 'asm needs a file to write: worldswitch asm a.s -o OUT.elf (or --listing alone)'],
  [['asm', 'a.s', '-o', 'x', '--base', '0x3'], '--base 0x3: instructions begin at a multiple of 4'],
  [['disasm'], 'disasm needs a file, --words or --stdin: worldswitch disasm FILE'],
  [['disasm', '--words'], 'disasm --words needs words: worldswitch disasm --words 0xd53c1100'],
  [['disasm', '--words', '0xd53c1100', 'hello'], 'hello is no word: 32 bits in hexadecimal are expected, such as 0xd53c1100'],
  [['disasm', '--words', '0', '--arch', 'v9.0'], '--arch v9.0: known are v8.0, v8.1, v8.2, v8.3, v8.4, v8.5, with +FEATURE or -FEATURE'],
  [['disasm', '--words', '0', '--arch', 'v8.4-JSCVTT'], '--arch v8.4-JSCVTT: there is no feature JSCVTT; did you mean JSCVT?'],
  [['decode'], 'decode takes one word: worldswitch decode 0xd53c5200'],
  [['decode', '0x1d53c5200'], '0x1d53c5200 does not fit in 32 bits: check the word'],
  [['decode', 'nop'], 'nop is no number: the word is written 0x… in hexadecimal'],
  [['sysreg', 'HRC_EL2'], 'there is no system register HRC_EL2; did you mean HCR_EL2? (an encoding is written S3_4_C1_C1_0 or 3,4,1,1,0)'],
  [['sysreg', '1,0,0,0,0'], '1,0,0,0,0 is no encoding of a system register: op0 is 2 or 3, CRn and CRm are 0 to 15'],
  [['sysreg', 'HCR_EL2', '0x1ffffffffffffffff'], '0x1ffffffffffffffff does not fit in 64 bits: check the value'],
  [['sysreg', '3,7,15,15,7', '0x5'], '3,7,15,15,7: no register has this encoding, so that 0x5 has no fields: leave it out'],
  [['steps', 'list', '--kvm', 'vhe'], '--kvm: steps list does not use it: leave it out'],
  [['steps', 'explain', '3', '--steps', 'p3'], '--steps: steps explain does not use it: leave it out'],
  [['steps', 'diff', 'p27', 'p28', '--kvm', 'vhe', '--steps', 'p3'], '--steps: steps diff does not use it: leave it out'],
  [['disasm', '--words', '0', '--labels'], '--labels: only an ELF file has symbols: leave it out'],
  [['bench', '--iterations', '1e3'], '--iterations 1e3: give a number from 1 to 1000000'],
  [['run', '--he'], 'run has no option --he; did you mean --help? (worldswitch run --help lists them)'],
  [['--json'], 'no command given (worldswitch --help lists them)'],
  [['esr'], 'esr takes one value: worldswitch esr 0x5a000000'],
  [['isa'], 'isa needs to know what to print: worldswitch isa --status'],
  [['steps'], 'steps needs to know what to print: steps list, steps explain N, steps plan --kvm vhe --steps p28, or steps diff A B --kvm vhe'],
  [['steps', 'explain', '41'], 'steps explain takes one step, 1 to 40 or its slug, but got 41'],
  [['steps', 'plan'], 'steps plan needs a mode: --kvm vhe or --kvm nvhe'],
  [['steps', 'diff', 'p27', '--kvm', 'vhe'], 'steps diff takes two step sets: worldswitch steps diff p27 p28 --kvm vhe'],
  [['ladder', '--kvm', 'both'], '--kvm both: the modes are vhe (the host kernel at EL2) and nvhe (at EL1)'],
  [['ladder', '--prefixes=3'], '--prefixes 3: write A..B, with 0 <= A <= B <= 40'],
  [['ladder', '--prefixes', '3..41'], '--prefixes 3..41: write A..B, with 0 <= A <= B <= 40'],
  [['ladder', '--scenario', 'hcv'], '--scenario hcv: known are hvc, irq, irq-1lr, irq-4lr, mmio, gicv2-on-v3-irq, gicv2-on-v3-irq-1lr, hvc-a32, hvc-fp, hvc-debug, gicv2-irq, gicv2-irq-1lr, and all'],
  [['ladder', '--machine', 'seatle'], '--machine seatle: the machines are generic, mustang, seattle, seattle-vhe, thunderx, thunderx2; did you mean seattle?'],
  [['bench', 'hcv'], 'bench hcv: there is no such benchmark; known are hvc, mmio_read_vgic, mmio_read_user, eoi, ipi, ipi_wfi, lpi, timer_10ms, noop, vmswitch, io_latency_out, io_latency_in, ipi_benchmark'],
  [['bench', '--machine', 'seattle', '--kvm', 'vhe'], '--kvm vhe: seattle has no FEAT_VHE; take --kvm nvhe or --machine seattle-vhe'],
  [['bench', 'lpi', '--gic', '2'], 'bench lpi: it lacks a GICv3, which has LPIs: choose another --gic, --machine or --form'],
  [['bench', 'timer_10ms', '--form', 'papers'], 'bench timer_10ms: it lacks the form papers: choose another --gic, --machine or --form'],
  [['bench', '--iterations', '0'], '--iterations 0: give a number from 1 to 1000000'],
  [['bench', '--steps', 'p41'], 'step set "p41": "p41" is neither a set nor a step; use base, final, fixed, p0 to p40, linux-4.0, linux-4.6, or a list such as 1-24,28 or final,-33'],
  [['bench', 'hvc', '--machine', 'seattle-vhe', '--steps', 'linux-4.0'], '--steps: linux-4.0 has no VHE: use it with the mode nvhe'],
  [['run'], 'run needs an image: worldswitch run IMAGE (an ELF file, a Linux Image, or a flat binary with --base)'],
  [['run', 'nowhere.elf'], 'nowhere.elf: no such file or folder: check the path'],
  [['run', 'a.elf', '--steps', 'p3'], '--steps: only with --kvm vhe or --kvm nvhe'],
  [['run', 'a.elf', '--memory', '12X'], '--memory 12X: a size is written 512M, 1G, or in bytes'],
  [['run', 'a.elf', '--max-instructions', '0'], '--max-instructions 0: give a number above 0'],
  [['run', 'a.elf', '--until', '('], '--until (: it is no regular expression: check brackets, and write \\ before special characters'],
])('a mistake is one line and status 2: %j', async (args, message) => {
  expect(await run(args)).toEqual({ status: 2, stdout: '', stderr: `worldswitch: ${message}\n` });
});

test.each([
  [['disasm', '--words', '0xd53c1100', '0xffffffff'], 'worldswitch.disasm/1'],
  [['decode', '0xd53c5200'], 'worldswitch.decode/1'],
  [['decode', '0xffffffff'], 'worldswitch.decode/1'],
  [['sysreg', 'HCR_EL2', '0x488000000'], 'worldswitch.sysreg/1'],
  [['esr', '0x5a000000'], 'worldswitch.esr/1'],
  [['isa', '--status'], 'worldswitch.isa/1'],
  [['demo'], 'worldswitch.demo/1'],
  [['steps', 'list'], 'worldswitch.steps/1'],
  [['steps', 'explain', '28'], 'worldswitch.steps/1'],
  [['steps', 'plan', '--kvm', 'vhe'], 'worldswitch.plan/1'],
  [['steps', 'diff', 'p27', 'p28', '--kvm', 'vhe'], 'worldswitch.plan/1'],
  [['ladder', '--kvm', 'vhe', '--prefixes', '40..40'], 'worldswitch.ladder/1'],
  [['bench', 'noop', '--machine', 'thunderx2', '--iterations', '8'], 'worldswitch.bench/1'],
])('--json is one document, its schema first: %j', async (args, schema) => {
  const { status, stdout, stderr } = await run([...args, '--json']);
  expect([status, stderr]).toEqual([0, '']);
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expect([Object.keys(document)[0], document['schema']]).toEqual(['schema', schema]);
});

test('--json may come before the command', async () => {
  for (const args of [['decode', '0xd503201f'], ['--version']]) expect(await run(['--json', ...args])).toEqual(await run([...args, '--json']));
});

test('a word is the same number in every command, also without 0x where it has all its digits', async () => {
  for (const [command, ...names] of [['decode'], ['esr'], ['sysreg', 'SCTLR_EL1']] as const) {
    const [bare, prefixed] = await Promise.all(['92000045', '0x92000045'].map((word) => run([command, ...names, word])));
    expect([bare!.status, bare]).toEqual([0, prefixed]);
  }
});

test('no line of help is wider than 100 columns, but for examples', async () => {
  for (const { name } of COMMANDS) {
    const [options = ''] = (await run([name, '--help'])).stdout.split(/\nexamples?:/);
    expect(options.split('\n').filter((line) => line.length > 100 && line.startsWith(' '))).toEqual([]);
  }
});

test('help and version that cannot be written are not done', async () => {
  for (const args of [['--help'], ['run', '--help'], ['--version']]) expect((await run(args, { failure: 'ENOSPC: no space left on device' })).status).toBe(2);
});

test('colours only on a terminal, and not where NO_COLOR is set', async () => {
  const args = ['decode', '0xd503201f'];
  expect((await run(args, { isTerminal: true })).stdout).toContain('\u001b[1mnop\u001b[22m');
  expect((await run(args, { isTerminal: true, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
  expect((await run(args)).stdout).not.toContain('\u001b');
});

test('when the reader has gone, the rest is not made', async () => {
  let lines = 0;
  function* endless(): Iterable<string> {
    for (; lines < 1_000_000; lines++) yield 'd503201f\n';
  }
  const { status } = await run(['disasm', '--stdin'], { stdin: endless(), closeAfter: 1000 });
  expect(status).toBe(0);
  expect(lines).toBeLessThan(1000);
});

test('output that cannot be written is the user\'s to mend', async () => {
  const { status, stderr } = await run(['decode', '0'], { failure: 'ENOSPC: no space left on device' });
  expect([status, stderr]).toEqual([2, 'worldswitch: the standard output: ENOSPC: no space left on device: write to another place\n']);
});

test('a bug of ours: status 70, what happened, and how to see it again', async () => {
  const broken = COMMANDS.map((command) => ({
    ...command,
    load: () =>
      Promise.resolve({
        run: ({ inputs }: { inputs: { path: string; bytes: Uint8Array }[] }) => {
          inputs.push({ path: 'it.elf', bytes: new Uint8Array(0) });
          throw new Error('the table is upside down');
        },
      }),
  }));
  const { status, stdout, stderr } = await run(['decode', '0xd5 03'], { commands: broken });
  expect([status, stdout]).toEqual([70, '']);
  expect(stderr).toMatch(/^worldswitch: a bug of ours: Error: the table is upside down\n/);
  expect(stderr).toMatch(/\nreplay: worldswitch decode '0xd5 03' {2}\(worldswitch \d\S*, node v\d\S*; sha256 of it\.elf: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\)\n$/);
});

const BUILT = fileURLToPath(new URL('../dist/main.js', import.meta.url));
if (!existsSync(BUILT)) process.stderr.write('skipped: the command is not built (npm run build)\n');

test.skipIf(!existsSync(BUILT))('the built program runs', async () => {
  await inFolder({}, (path) => {
    const text = execFileSync(process.execPath, [BUILT, 'disasm', '--words', '0xd503201f'], { encoding: 'utf8', cwd: path('.') });
    expect(text).toBe('0x00000000  0xd503201f  nop\n');
    return Promise.resolve();
  });
});
