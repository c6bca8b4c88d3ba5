/** `run`: images on the bare machine and under the hypervisor, how they end, and what is said about it. */
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { inFolder, run, type Result } from './run.ts';
import type { RunDocument } from '../src/commands/run.ts';

/** Prints a line and powers off by HVC: firmware answers it bare, the hypervisor otherwise. */
const HELLO = `
_start: adr x2, text
        mov x3, #0x09000000
1:      ldrb w4, [x2], #1
        cbz w4, 2f
        str w4, [x3]
        b 1b
2:      movz w0, #0x8400, lsl #16
        movk w0, #8
        hvc #0
        b .
text:   .asciz "hello\\n"
`;

const LOOP = '_start: b .\n';
const EXIT_7 = `
_start: adr x1, block
        mov w0, #0x18
        hlt #0xf000
        b .
        .balign 8
block:  .quad 0x20026, 7
`;

/** Assembles the source and runs it. */
async function runSource(source: string, args: readonly string[], flat = false): Promise<Result & { readonly file: (name: string) => string }> {
  return inFolder({ 'a.s': source }, async (path) => {
    await run(['asm', path('a.s'), '-o', path('a.elf'), ...(flat ? ['--flat', '--base', '0x40000000'] : [])]);
    const result = await run(['run', path('a.elf'), ...args.map((arg) => arg.replace('FOLDER', path('')))]);
    const files = new Map(['stats.json', 'console'].map((name) => [name, safeRead(path(name))]));
    return { ...result, file: (name) => files.get(name) ?? '' };
  });
}

function safeRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

test.each([[[]], [['--kvm', 'vhe']], [['--kvm', 'nvhe', '--steps', 'base']], [['--kvm', 'nvhe', '--machine', 'seattle']], [['--clock', 'retired']]])('a guest prints and powers off: %j', async (args) => {
  expect(await runSource(HELLO, ['--memory', '2M', ...args])).toMatchObject({ status: 0, stdout: 'hello\n', stderr: '' });
});

test('a flat binary runs where --base puts it', async () => {
  expect(await runSource(HELLO, ['--base', '0x40000000'], true)).toMatchObject({ status: 0, stdout: 'hello\n' });
});

test('--json prints the run document, and the console goes to stderr', async () => {
  const { status, stdout, stderr } = await runSource(HELLO, ['--json', '--kvm', 'vhe', '--memory', '2M']);
  const document = JSON.parse(stdout) as RunDocument;
  expect([status, stderr]).toEqual([0, 'hello\n']);
  expect(document).toMatchObject({ schema: 'worldswitch.run/1', stop: 'poweroff', exitCode: 0, machine: 'generic', mode: 'vhe', consoleLines: 1, exits: { HVC64: 1, InstructionAbortLower: 1, DataAbortLower: 6 } });
  expect(document.exceptions['EL2']).toMatchObject({ HVC64: 1, DataAbortLower: 6 });
  expect(document.instructions.el1).toBe(document.instructions.total);
  expect(document.cycles).toBe(document.architecturalCycles + document.softwareCycles);
  expect([document.digest, document.guestDigest]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

test('what the guest owns does not depend on mode or plan; the machine does', async () => {
  const documents = [];
  for (const args of [['--kvm', 'vhe'], ['--kvm', 'nvhe', '--steps', 'base']]) documents.push(JSON.parse((await runSource(HELLO, ['--json', '--clock', 'retired', '--memory', '2M', ...args])).stdout) as RunDocument);
  expect(documents[0]!.guestDigest).toBe(documents[1]!.guestDigest);
  expect(documents[0]!.digest).not.toBe(documents[1]!.digest);
});

test('--stats and --console write files', async () => {
  const { stdout, file } = await runSource(HELLO, ['--stats', 'FOLDER/stats.json', '--console', 'FOLDER/console']);
  expect([stdout, file('console'), (JSON.parse(file('stats.json')) as RunDocument).stop]).toEqual(['', 'hello\n', 'poweroff']);
});

test('the text of --stats, but for what the host has to do with', async () => {
  const { file } = await runSource(HELLO, ['--stats', 'FOLDER/stats.json', '--memory', '2M', '--clock', 'retired']);
  const text = file('stats.json').replace(/("digest": )"[0-9a-f]{64}"/, '$1DIGEST').replace(/("(?:hostSeconds|mips|peakRssBytes)": )[\d.e-]+/g, '$1N');
  // Two instructions, four for each character, two for the end of the text, three for the call; a store to the UART is 100 cycles more.
  expect(text).toBe(`{
  "schema": "worldswitch.run/1",
  "stop": "poweroff",
  "exitCode": 0,
  "machine": "generic",
  "instructions": {
    "total": 31,
    "el0": 0,
    "el1": 31,
    "el2": 0
  },
  "nativeOperations": 0,
  "virtualSeconds": 3.1e-8,
  "exceptions": {},
  "events": {
    "instruction": 31,
    "mmio": 6
  },
  "cycles": 631,
  "architecturalCycles": 631,
  "softwareCycles": 0,
  "consoleLines": 1,
  "ignored": {
    "holes": {},
    "reserved": {},
    "semihosting": {},
    "itsCommands": 0
  },
  "mode": "bare",
  "exits": null,
  "digest": DIGEST,
  "guestDigest": null,
  "guestHoles": null,
  "hostSeconds": N,
  "mips": N,
  "peakRssBytes": N
}
`);
});

test('--stats - prints the document on stdout', async () => {
  const { stdout, stderr } = await runSource(HELLO, ['--stats', '-']);
  expect([(JSON.parse(stdout) as RunDocument).stop, stderr]).toEqual(['poweroff', 'hello\n']);
});

test('what a guest prints comes out byte by byte', async () => {
  const source = `${HELLO.slice(0, HELLO.indexOf('text:'))}text: .byte 0x41, 0x80, 0xff, 0xc3, 0xa9, 0xe2, 0x82, 0x0d, 0x0a, 0xe2, 0\n`;
  await inFolder({ 'a.s': source }, async (path) => {
    await run(['asm', path('a.s'), '-o', path('a.elf')]);
    const stdoutBytes: number[] = [];
    await run(['run', path('a.elf')], { stdoutBytes });
    expect(stdoutBytes).toEqual([0x41, 0x80, 0xff, 0xc3, 0xa9, 0xe2, 0x82, 0x0d, 0x0a, 0xe2]);
  });
});

/** Reads the second counter of the PL031, and ends with its low byte. */
const CLOCK = `
_start: mov x3, #0x09010000
        ldr w4, [x3]
        adr x1, block
        and w4, w4, #0x3f
        str x4, [x1, #8]
        mov w0, #0x18
        hlt #0xf000
        .balign 8
block:  .quad 0x20026, 0
`;

test('--rtc is a time of UTC, whatever the zone of the host', async () => {
  vi.stubEnv('TZ', 'Asia/Kathmandu');
  // 1970-01-01T00:00:41Z; a day begins with a multiple of 86,400 seconds, which 64 divides.
  expect((await runSource(CLOCK, ['--semihosting', '--rtc', '1970-01-01T00:00:41Z'])).status).toBe(41);
  expect((await runSource(CLOCK, ['--semihosting', '--rtc', '2018-02-15'])).status).toBe(0);
  vi.unstubAllEnvs();
});

test('--append may be empty, and may begin with -- where it says so', async () => {
  for (const value of [['--append', ''], ['--append='], ['--append=--x']]) expect((await runSource(EXIT_7, ['--semihosting', ...value])).status).toBe(7);
});

test('a loop ends at --max-instructions, with status 3', async () => {
  const { status, stderr } = await runSource(LOOP, ['--max-instructions', '1000']);
  expect([status, stderr]).toEqual([3, expect.stringContaining('the limit of --max-instructions was reached, after 1,000 instructions')]);
});

test('--until stops at a line, and its absence is a failure', async () => {
  expect(await runSource(HELLO, ['--until', '^hel+o$'])).toMatchObject({ status: 0, stdout: 'hello\n' });
  const { status, stderr } = await runSource(HELLO, ['--until', 'login:']);
  expect([status, stderr]).toEqual([1, expect.stringContaining('it ended (poweroff)')]);
});

test('semihosting: the guest\'s exit code is the status, and without the option HLT is UNDEFINED', async () => {
  expect((await runSource(EXIT_7, ['--semihosting'])).status).toBe(7);
  expect((await runSource(EXIT_7, [])).stderr).toContain('no progress');
});

test.each([
  ['junk', '', 'it is neither an ELF file nor a Linux Image: give a flat binary\'s address with --base (RAM begins at 0x40000000)'],
  ['\u007fELFjunk', '', ''],
])('an image that is none is one line and status 2: %j', async (bytes, _, message) => {
  await inFolder({ 'a.elf': bytes }, async (path) => {
    const { status, stdout, stderr } = await run(['run', path('a.elf')]);
    expect([status, stdout, stderr.split('\n').length, stderr.includes(message)]).toEqual([2, '', 2, true]);
  });
});

test.each([
  [['--memory', '7M', '--kvm', 'vhe'], '--memory: 7340032 bytes of RAM: a guest has a multiple of 2 MiB'],
  [['--kvm', 'vhe', '--machine', 'seattle'], '--kvm vhe: seattle has no FEAT_VHE: take --kvm nvhe, --vhe on, or another machine'],
  [['--kvm', 'vhe', '--vhe', 'off'], '--vhe off: with --kvm vhe the host needs FEAT_VHE: leave it out, or take --kvm nvhe'],
  [['--kvm', 'vhe', '--semihosting'], '--semihosting: a guest of the hypervisor has none yet: leave it out, or leave out --kvm'],
  [['--smp', '9', '--gic', '2'], '--smp: 9 PEs: a machine with GICv2 has 1 to 8'],
  [['--seed', 'x'], '--seed x: give a whole number'],
  [['--rtc', 'never'], '--rtc never: a time is written 2018-02-15T00:00:00Z'],
  [['--drive', '/nowhere/disk'], '--drive /nowhere/disk: there is no such file: make one, for example with truncate -s 64M'],
  [['--kvm', 'vhe', '--el', '2'], '--el: with --kvm the hypervisor has EL2, and the image starts at EL1: leave it out'],
])('a machine that cannot be is one line and status 2: %j', async (args, message) => {
  expect(await runSource(LOOP, args)).toMatchObject({ status: 2, stdout: '', stderr: `worldswitch: ${message}\n` });
});

const PRINT_FOREVER = `
_start: mov x1, #0x09000000
1:      mov w0, #65
        str w0, [x1]
        mov w0, #10
        str w0, [x1]
        b 1b
`;

test('--until stops at the line that matches, not some lines later', async () => {
  for (const mode of [[], ['--kvm', 'vhe']]) {
    const { status, stdout } = await runSource(PRINT_FOREVER, ['--until', 'A', ...mode]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'A\n' });
  }
});

test('a guest that prints for ever ends when its reader has gone', async () => {
  const status = await inFolder({ 'a.s': PRINT_FOREVER }, async (path) => {
    await run(['asm', path('a.s'), '-o', path('a.elf')]);
    return (await run(['run', path('a.elf')], { closeAfter: 100 })).status;
  });
  expect(status).toBe(130);
});

test('options without effect, and files that cannot be written, are refused before the guest runs', async () => {
  expect((await runSource(HELLO, ['--append', 'x'])).stderr).toMatch(/^worldswitch: --append: only with a Linux Image, or with --semihosting.*\n$/);
  expect((await runSource(HELLO, ['--base', '0x40000000'])).stderr).toMatch(/^worldswitch: --base: .* says itself where it goes.*\n$/);
  const { status, stdout, stderr } = await runSource(HELLO, ['--stats', 'FOLDER/none/stats.json']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/no such file or folder/);
});

test('what a guest reads where its board has nothing is counted by page', async () => {
  const source = HELLO.replace('_start:', '_start: mov x5, #0x0f000000\n        ldr w6, [x5, #8]\n       ');
  const { stdout } = await runSource(source, ['--kvm', 'vhe', '--json']);
  expect((JSON.parse(stdout) as RunDocument).guestHoles).toEqual({ '0xf000000': 1 });
});

test('--trace writes a JSON line for each event', async () => {
  await inFolder({ 'a.s': HELLO }, async (path) => {
    await run(['asm', path('a.s'), '-o', path('a.elf')]);
    expect(await run(['run', '--trace', 'mmio,exceptions', path('t'), path('a.elf')])).toMatchObject({ status: 0, stdout: 'hello\n' });
    const lines = readFileSync(path('t'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ kind, event, device, value }) => [kind, event, device, value])).toEqual(Array.from('hello\n', (character) => ['mmio', 'write', 'UART', `0x${character.charCodeAt(0).toString(16)}`]));
  });
});

test.each([
  [['--trace', 'mmio,irqs', 'FOLDER/t'], '--trace mmio,irqs: it traces exceptions, sysreg, mmio, gic, switch, with commas between, but not irqs'],
  [['--trace', 'switch', 'FOLDER/t'], '--trace switch: there is a world switch only with --kvm vhe or --kvm nvhe'],
  [['--trace', 'mmio'], '--trace needs two values: --trace LIST FILE'],
  [['--gdb', '65536'], '--gdb 65536: give a TCP port, 1 to 65535, or 0 for one that is free'],
])('what cannot be traced or debugged is one line and status 2: %j', async (args, message) => {
  expect(await runSource(LOOP, args)).toMatchObject({ status: 2, stdout: '', stderr: `worldswitch: ${message}\n` });
});
