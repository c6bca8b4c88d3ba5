/** `run` with input: at a terminal, from a file, recorded and replayed, on the bare machine and under the hypervisor. */
import { describe, expect, test } from 'vitest';
import { inFolder, run, Terminal, type Result, type Settings } from './run.ts';
import type { RunDocument } from '../src/commands/run.ts';

/** Polls the UART and sends what comes back, in capitals; a full stop powers off. */
const ECHO = `
_start: mov x3, #0x09000000
        mov w5, #'>'
        str w5, [x3]
1:      ldr w4, [x3, #0x18]
        tbnz w4, #4, 1b
        ldr w5, [x3]
        cmp w5, #'.'
        b.eq 2f
        cmp w5, #'a'
        b.lt 3f
        sub w5, w5, #32
3:      str w5, [x3]
        b 1b
2:      movz w0, #0x8400, lsl #16
        movk w0, #8
        hvc #0
`;

/** Waits with WFI for the UART's receive interrupt, which it does not take, and sends what comes; a full stop powers off. */
const WAITING = `
_start: mov x3, #0x09000000
        mov x6, #0x08000000
        mov w5, #1
        str w5, [x6]
        mov w5, #2
        str w5, [x6, #0x104]
        mov x7, #0x08010000
        mov w5, #0xff
        str w5, [x7, #4]
        mov w5, #1
        str w5, [x7]
        mov w5, #0x10
        str w5, [x3, #0x38]
        mov w5, #'>'
        str w5, [x3]
1:      wfi
4:      ldr w4, [x3, #0x18]
        tbnz w4, #4, 1b
        ldr w5, [x3]
        cmp w5, #'.'
        b.eq 2f
        str w5, [x3]
        b 4b
2:      movz w0, #0x8400, lsl #16
        movk w0, #8
        hvc #0
`;

const WAITING_ARGS = ['--gic', '2'];

async function runs(source: string, args: readonly (readonly string[])[], settings: readonly Settings[]): Promise<readonly Result[]> {
  return inFolder({ 'a.s': source }, async (path) => {
    await run(['asm', path('a.s'), '-o', path('a.elf')]);
    const results: Result[] = [];
    for (const [n, more] of args.entries()) results.push(await run(['run', path('a.elf'), '--memory', '2M', ...more.map((arg) => arg.replace('FOLDER', path('')))], settings[n] ?? {}));
    return results;
  });
}

const MODES = [[[]], [['--kvm', 'vhe']], [['--kvm', 'nvhe']]] as const;

describe('at a terminal', () => {
  test.each(MODES)('a guest that polls gets each key, and the terminal is as it was: %j', async (mode) => {
    const terminal = new Terminal([[/>/, 'abc'], [/ABC/, 'd'], [/D/, '.']]);
    const [result] = await runs(ECHO, [mode], [{ terminal, isTerminal: true }]);
    expect(result).toMatchObject({ status: 0, stdout: '>ABCD' });
    expect(result!.stderr).toMatch(/^\nworldswitch: .*a\.elf: poweroff after [\d,]+ instructions in [\d.]+ s \([\d.]+ MIPS\), [\d.]+ s of virtual time; [\d,]+ exceptions?(, [\d,]+ exits of the guest)?\n$/);
    expect(terminal.modes).toEqual([true, false]);
  });

  test.each(MODES)('a guest that waits for ever is woken by a key: %j', async (mode) => {
    const terminal = new Terminal([[/>/, 'one'], [/one/, ' two'], [/two/, '.']]);
    const [result] = await runs(WAITING, [[...WAITING_ARGS, ...mode]], [{ terminal, isTerminal: true }]);
    expect(result).toMatchObject({ status: 0, stdout: '>one two' });
  });

  test('Ctrl-A H lists keys, Ctrl-A Ctrl-A is Ctrl-A, Ctrl-A X ends', async () => {
    const terminal = new Terminal([[/>/, '\u0001h'], [/Ctrl-A X {2}end the run/, '\u0001\u0001'], [/\u0001/, '\u0001s'], [/MIPS/, '\u0001x']]);
    const [result] = await runs(ECHO, [[]], [{ terminal, isTerminal: true }]);
    expect(result).toMatchObject({ status: 130, stdout: '>\u0001' });
    expect(result!.stderr).toMatch(/interrupted after [\d,]+ instructions/);
    expect(terminal.modes).toEqual([true, false]);
  });

  test('Ctrl-C is the guest\'s when it looks for input, and ends the run while it does not', async () => {
    const terminal = new Terminal([[/>/, '\u0003.']]);
    const [listens] = await runs(ECHO, [[]], [{ terminal }]);
    expect(listens).toMatchObject({ status: 0, stdout: '>\u0003' });
    const [loops] = await runs('_start: b .\n', [[]], [{ terminal: new Terminal([[/^/, '\u0003']]) }]);
    expect(loops!.status).toBe(130);
  });

  test('a guest that waits for its timer and for keys waits in real time, unless told otherwise', async () => {
    // 62,500,000 ticks a second: 12,500,000 are 200 ms.
    const sleeping = WAITING.replace('1:      wfi', `        movz w5, #0xbebc, lsl #0
        movk w5, #0xbe, lsl #16
        msr cntv_tval_el0, x5
        mov w5, #1
        msr cntv_ctl_el0, x5
        movz w5, #0x0800, lsl #16
        str w5, [x6, #0x100]
        wfi
        mov w5, #'!'
        str w5, [x3]
        msr cntv_ctl_el0, xzr
1:      wfi`);
    const timed = async (args: readonly string[]): Promise<number> => {
      const started = performance.now();
      const [result] = await runs(sleeping, [[...WAITING_ARGS, ...args]], [{ terminal: new Terminal([[/!/, '.']]) }]);
      expect(result).toMatchObject({ status: 0, stdout: '>!' });
      return performance.now() - started;
    };
    await timed(['--idle', 'skip']);
    // A bound from below only: other work of the host makes either take longer.
    expect(await timed([])).toBeGreaterThan(200);
  });
});

describe('from a file', () => {
  test.each([[ECHO, [], '>ABC'], [WAITING, WAITING_ARGS, '>abc']] as const)('input comes when the guest looks for it, at the same instants in each run', async (source, args, stdout) => {
    const results = await runs(source, [[...args, '--json'], [...args, '--json']], [{ stdin: ['ab', 'c.'] }, { stdin: ['abc.'] }]);
    expect(results.map(({ status, stderr }) => [status, stderr])).toEqual([[0, stdout], [0, stdout]]);
    const [first, second] = results.map((result) => (JSON.parse(result.stdout) as RunDocument).digest);
    expect(first).toBe(second);
  });

  test('a guest that waits when the file has ended waits for ever', async () => {
    const [result] = await runs(WAITING, [WAITING_ARGS], [{ stdin: ['abc'] }]);
    expect(result).toMatchObject({ status: 1, stdout: '>abc' });
    expect(result!.stderr).toContain('nothing will send');
  });

  test('more than any FIFO holds arrives as it was', async () => {
    const text = Array.from({ length: 300 }, (_, n) => String.fromCharCode(0x41 + (n % 26))).join('');
    const [result] = await runs(ECHO, [[]], [{ stdin: [text, '.'] }]);
    expect(result).toMatchObject({ status: 0, stdout: `>${text}` });
  });
});

describe('recorded', () => {
  test.each(MODES)('what was typed is given at the same instants, and the same happens: %j', async (mode) => {
    const terminal = new Terminal([[/>/, 'on'], [/on/, 'e'], [/e/, '.']]);
    const args = ['--json', ...WAITING_ARGS, ...mode];
    const [recorded, replayed] = await runs(WAITING, [[...args, '--record', 'FOLDER/in'], [...args, '--replay', 'FOLDER/in']], [{ terminal }]);
    const facts = ({ stdout, stderr }: Result): unknown[] => {
      const { digest, guestDigest, instructions, virtualSeconds } = JSON.parse(stdout) as RunDocument;
      return [stderr, digest, guestDigest, instructions, virtualSeconds];
    };
    expect(facts(replayed!)).toEqual(facts(recorded!));
  });

  test('another run than was recorded is refused where the two part', async () => {
    const [, other] = await runs(ECHO, [['--record', 'FOLDER/in'], ['--replay', 'FOLDER/in', '--clock', 'retired']], [{ stdin: ['a.'] }]);
    expect(other).toMatchObject({ status: 2, stdout: '>' });
    expect(other!.stderr).toMatch(/line 2: this run is another one/);
  });

  test.each([
    ['x', '--replay FILE: it is no file that --record wrote'],
    ['{"schema":"worldswitch.input/1","image":"0"}', '--replay FILE: it was recorded with another image: give the one with the SHA-256 0'],
    ['{"schema":"worldswitch.input/1","image":"0"}\n{"instruction":-1,"ns":0,"text":"a"}', '--replay FILE: line 2: it is no line that --record wrote: give the file as it was'],
  ])('a record that is none is refused: %s', async (contents, message) => {
    await inFolder({ 'a.s': ECHO, in: contents }, async (path) => {
      await run(['asm', path('a.s'), '-o', path('a.elf')]);
      expect(await run(['run', path('a.elf'), '--replay', path('in')])).toMatchObject({ status: 2, stdout: '', stderr: `worldswitch: ${message.replace('FILE', path('in'))}\n` });
    });
  });
});

test('a signal ends a run, a ladder and a benchmark with one line and status 130', async () => {
  const [result] = await runs('_start: b .\n', [['--stats', 'FOLDER/stats']], [{ interruptAfter: 50 }]);
  expect([result!.status, result!.stderr.replace(/[\d,]+ instr/, 'N instr')]).toEqual([130, expect.stringMatching(/^worldswitch: .*a\.elf: interrupted after N instructions, [\d.]+ s of virtual time\n$/)]);
  const ladder = await run(['ladder', '--scenario', 'hvc'], { interruptAfter: 0 });
  expect([ladder.status, ladder.stdout, ladder.stderr]).toEqual([130, '', expect.stringMatching(/^worldswitch: interrupted at ladder: .*\n$/)]);
});
