/**
 * What a user can give `run` wrongly, as a table: each is one line on stderr that says what, where and what to do, status 2, and no
 * file is written. And what a guest can do wrongly, which is counted and said at the end.
 */
import { linkSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { Machine } from '@worldswitch/machine';
import { writeElf, assemble } from '@worldswitch/tools';
import { expect, test, vi } from 'vitest';
import { inFolder, run } from './run.ts';
import type { Command } from '../src/command.ts';

function elf(source: string): Uint8Array {
  const assembled = assemble(source);
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ message }) => message).join('\n'));
  return writeElf(assembled.program);
}

const LOOP = elf('_start: b .\n');

/** A changed copy: 32-bit words by offset. */
function changed(bytes: Uint8Array, words: Readonly<Record<number, number>>): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (const [at, word] of Object.entries(words)) view.setUint32(Number(at), word, true);
  return copy;
}

/** A Linux Image of a branch to itself, which needs `size` bytes. */
function image(size: number): Uint8Array {
  return changed(new Uint8Array(4096), { 0: 0x1400_0000, 16: size, 56: 0x644d_5241 });
}

/** The same as a PE file whose only section ends at `end`. */
const peImage = (end: number): Uint8Array => changed(image(4096), { 0x3c: 0x40, 0x40: 0x4550, 0x44: 0x1_aa64, 0x54: 0, [0x58 + 16]: end, [0x58 + 20]: 0 });

const FILES: Readonly<Record<string, Uint8Array>> = {
  good: LOOP,
  empty: new Uint8Array(0),
  junk: Uint8Array.from({ length: 64 }, (_, n) => n),
  'cut-in-header': LOOP.slice(0, 40),
  'cut-in-segment': LOOP.slice(0, 0x78),
  x86: changed(LOOP, { 16: 0x003e_0002 }),
  'big-endian': changed(LOOP, { 4: 0x0001_0202 }),
  gzip: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0),
  image: image(4096),
  'image-too-large': image(0x4000_0000),
  'image-cut': peImage(0x2000),
  initrd: new Uint8Array(3 << 20),
  odd: new Uint8Array(700),
};

const ROWS: readonly (readonly [args: string, message: RegExp])[] = [
  ['', /run needs an image/],
  ['good good', /takes one image, but also got/],
  ['missing', /missing: no such file or folder: check the path/],
  ['.', /it is a directory: name a file/],
  ['good/x', /a part of the path is not a folder/],
  ['empty', /the file is empty: check that it was written completely/],
  ['junk', /neither an ELF file nor a Linux Image: give a flat binary's address with --base/],
  ['cut-in-header', /cut-in-header: the file has 40 bytes, its header alone takes 64/],
  ['cut-in-segment', /cut-in-segment: .*ends at/],
  ['x86', /it is not for AArch64/],
  ['big-endian', /big-endian/],
  ['gzip', /cannot be decompressed: check that it was written completely/],
  ['image-too-large', /image-too-large: the kernel needs 0x40000000 bytes.*give more with --memory/],
  ['image-cut', /its sections end at 0x2000, but the file at 0x1000: check that it was written completely/],
  ['image --initrd initrd --memory 4M', /the initial RAM disk of 0x300000 bytes does not fit behind the kernel.*give more with --memory/],
  ['image --initrd missing', /missing: no such file or folder/],
  ['image --initrd empty', /empty: the file is empty/],
  ['image --dtb junk', /the device tree: .*magic number/],
  ['image --base 0x40000000', /--base: .* says itself where it goes: leave it out/],
  ['good --initrd initrd', /--initrd: only with a Linux Image/],
  ['good --dtb junk', /--dtb: only with a Linux Image/],
  ['good --append x', /--append: only with a Linux Image, or with --semihosting/],
  ['junk --base 0x50000000 --memory 1M', /outside|RAM/],
  ['junk --base 0x41', /--base 0x41: instructions begin at a multiple of 4/],
  ['junk --base x', /x is no number/],
  ['good --memory -5M', /--memory -5M: a size is written 512M, 1G, or in bytes/],
  ['good --memory 0', /--memory: 0 bytes of RAM/],
  ['good --memory 100000', /--memory: 100000 bytes of RAM: a machine has a multiple of 64 KiB/],
  ['good --memory 64G', /--memory: 68719476736 bytes of RAM: .* up to \d+ MiB/],
  ['good --memory 3M --kvm vhe', /--memory: 3145728 bytes of RAM: a guest has a multiple of 2 MiB/],
  ['good --smp 0', /--smp 0: give a number of processors above 0/],
  ['good --smp -1', /--smp -1: give a number of processors above 0/],
  ['good --smp 9 --gic 2', /--smp: 9 PEs: a machine with GICv2 has 1 to 8/],
  ['good --smp 9 --machine seattle', /--smp: 9 PEs: a machine with GICv2 has 1 to 8/],
  ['good --smp 9 --gic 2 --kvm nvhe', /--smp: 9 PEs: a guest with GICv2 has 1 to 8/],
  ['good --smp 17', /--smp: 17 PEs: a machine with GICv3 has 1 to 16/],
  ['good --machine seatle', /--machine seatle: the machines are .*; did you mean seattle\?/],
  ['good --machine toString', /--machine toString: the machines are/],
  ['good --el 3', /--el 3: it is 1 or 2/],
  ['good --gic 4', /--gic 4: it is 2 or 3/],
  ['good --vhe on', /VHE needs EL2: start at EL2, or leave it out/],
  ['good --vhe maybe', /--vhe maybe: it is on or off/],
  ['good --kvm maybe', /--kvm maybe: the modes are vhe .* and nvhe/],
  ['good --kvm vhe --machine mustang', /--kvm vhe: mustang has no FEAT_VHE: take/],
  ['good --kvm vhe --vhe off', /--vhe off: with --kvm vhe the host needs FEAT_VHE/],
  ['good --kvm vhe --el 2', /--el: with --kvm the hypervisor has EL2/],
  ['good --kvm nvhe --gic 3 --machine seattle', /--gic 3: seattle has a GICv2, which carries GICv2 guests only/],
  ['good --host-gic 2', /--host-gic: only with --kvm/],
  ['good --steps p3', /--steps: only with --kvm/],
  ['good --kvm vhe --steps p41', /p41/],
  ['good --clock wall', /--clock wall: it is cost or retired/],
  ['good --seed -1', /--seed -1: give a whole number/],
  ['good --seed 4294967296', /--seed: seed 4294967296: it is a whole number from 0 to 4294967295/],
  ['good --rtc soon', /--rtc soon: a time is written/],
  ['good --rtc 2018-02-15T00:00:00', /--rtc 2018-02-15T00:00:00: a time is written 2018-02-15T00:00:00Z/],
  ['good --rtc 2018-02-15T00:00:00+01:00', /: a time is written/],
  ['good --rtc 2018-02-30T00:00:00Z', /: a time is written/],
  ['good --rtc 2018-02-15T24:00:00Z', /: a time is written/],
  ['good --rtc 15', /--rtc 15: a time is written/],
  ['good --drive .', /--drive .*: it is a directory: name a file, a raw image of a disk/],
  ['good --semihosting --semihosting-root .', /--semihosting-root: semihosting opens no files here, only console, exit, clock and command line: leave it out/],
  ['good --semihosting --append --smp', /--append needs a value: --append TEXT \(--append=--smp if that is one\)/],
  ['good --smp 2 --smp 3', /--smp is given twice: leave one of them out/],
  ['good --rtc 1960-01-01', /--rtc: time -\d+: the real-time clock holds seconds since 1970/],
  ['good --drive missing', /--drive .*missing: there is no such file: make one/],
  ['good --drive odd', /--drive .*odd: it has 700 bytes: a disk is a multiple of 512 bytes/],
  ['good --max-instructions 0', /--max-instructions 0: give a number above 0/],
  ['good --max-instructions -5', /--max-instructions -5: give a number above 0/],
  ['good --until (', /--until \(: it is no regular expression/],
  ['good --gdb 99999', /--gdb 99999: give a TCP port/],
  ['good --dump-dtb none/x', /--dump-dtb|no such file or folder/],
  ['good --idle maybe', /--idle maybe: it is wait or skip/],
  ['good --replay missing', /missing: no such file or folder/],
  ['good --replay junk', /it is no file that --record wrote/],
  ['--restore junk', /junk: .*give a snapshot that this release wrote/],
  ['good --nonsense', /run has no option --nonsense/],
];

const WRITTEN = ['--console', 'out-console', '--virtio-console', 'out-virtio', '--trace', 'mmio', 'out-trace', '--stats', 'out-stats'];

test.each(ROWS)('run %s', async (args, message) => {
  const files = Object.fromEntries(Object.entries(FILES).filter(([name]) => args.split(/[ /]/).includes(name)));
  await inFolder(files, async (path, list) => {
    const before = list();
    const isFile = (word: string): boolean => Object.hasOwn(FILES, word.split('/')[0]!) || /^(missing|out-.*|none\/x|\.)$/.test(word);
    const words = [...args.split(' ').filter((word) => word !== ''), ...WRITTEN].map((word) => (isFile(word) ? path(word) : word));
    const { status, stdout, stderr } = await run(['run', ...words]);
    expect({ status, stdout, lines: stderr.split('\n').length - 1 }).toEqual({ status: 2, stdout: '', lines: 1 });
    expect(stderr).toMatch(/^worldswitch: /);
    expect(stderr).toMatch(message);
    expect(list()).toEqual(before);
  });
});

test.each([
  ['--console out --stats out', /--\w+ .*out: --\w+ writes there: name another file/],
  ['--record out --console none', /--record: nothing is typed with the console at none/],
  ['--record out --replay good', /--record: what --replay gives is recorded already/],
  ['--console none/x', /--console .*none\/x: no such file or folder/],
  ['--console good/x', /--console .*good\/x: no such file: a part of the path is not a folder/],
  ['--console -', /--console -: only --stats has a name for standard output: name a file/],
  ['--trace mmio - --stats -', /--trace -: only --stats has a name for standard output: name a file/],
  ['--console good', /--console .*good: it would replace the image: name another file/],
  ['--trace mmio good', /--trace .*good: it would replace the image/],
  ['--record good', /--record .*good: it would replace the image/],
  ['--stats good', /--stats .*good: it would replace the image/],
  ['--snapshot good', /--snapshot .*good: it would replace the image/],
  ['--drive initrd --stats initrd', /--stats .*initrd: it would replace --drive/],
  ['--drive initrd,readonly --virtio-console initrd', /--virtio-console .*initrd: it would replace --drive/],
  ['--replay junk --trace mmio junk', /--trace .*junk: it would replace --replay/],
  ['--dtb junk --console junk', /--console .*junk: it would replace --dtb/],
  ['--initrd junk --console junk', /--console .*junk: it would replace --initrd/],
])('outputs that cannot be: %s', async (args, message) => {
  await inFolder(FILES, async (path, list) => {
    const before = list();
    const words = args.split(' ').map((word) => (/^(out|good|junk|initrd|initrd,readonly|none\/x|good\/x)$/.test(word) ? path(word) : word));
    const { status, stderr } = await run(['run', path('good'), ...words]);
    expect([status, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toMatch(message);
    expect(list()).toEqual(before);
    expect(Object.entries(FILES).filter(([name, bytes]) => !readFileSync(path(name)).equals(bytes))).toEqual([]);
  });
});

test('an output that is an input, or another output, is found under every name', async () => {
  await inFolder({ good: LOOP }, async (path) => {
    linkSync(path('good'), path('hard'));
    symlinkSync(path('good'), path('soft'));
    symlinkSync(path('.'), path('folder'));
    for (const name of ['hard', 'soft', 'folder/good']) {
      expect(await run(['run', path('good'), '--trace', 'mmio', path(name)])).toMatchObject({ status: 2, stderr: `worldswitch: --trace ${path(name)}: it would replace the image: name another file\n` });
    }
    const { stderr } = await run(['run', path('good'), '--trace', 'mmio', path('out'), '--console', path('folder/out')]);
    expect(stderr).toBe(`worldswitch: --console ${path('folder/out')}: --trace writes there: name another file\n`);
  });
});

test('a machine is saved over the snapshot that it came from, and over nothing else that is read', async () => {
  await inFolder({ good: LOOP }, async (path) => {
    const limited = ['--max-instructions', '5', '--snapshot', path('saved')];
    expect((await run(['run', path('good'), '--memory', '2M', ...limited])).status).toBe(3);
    const again = ['run', '--restore', path('saved'), '--snapshot', path('saved'), '--max-instructions', '9'];
    expect((await run(['run', '--restore', path('saved'), '--stats', path('saved')])).stderr).toBe(`worldswitch: --stats ${path('saved')}: it would replace --restore: name another file\n`);
    expect((await run(again)).status).toBe(3);
    expect((JSON.parse((await run(['snapshot', 'show', path('saved'), '--json'])).stdout) as { instructions: number }).instructions).toBe(9);
  });
});

test('a mistake that shows only when the machine is made leaves the files of outputs as they were', async () => {
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const script = `${JSON.stringify({ schema: 'worldswitch.input/1', image: '0' })}\n`;
  const kept = { out1: 'a', out2: 'b', out3: 'c' };
  await inFolder({ good: LOOP, big: image(0x4000_0000), script, ...kept }, async (path) => {
    const outputs = ['--console', path('out1'), '--trace', 'mmio', path('out2'), '--stats', path('out3')];
    for (const [args, message] of [
      [['good', '--gdb', String((busy.address() as AddressInfo).port)], /another program listens there/],
      [['good', '--replay', path('script')], /it was recorded with another image/],
      [['big'], /give more with --memory/],
    ] as const) {
      const [name, ...more] = args;
      const { status, stderr } = await run(['run', path(name), ...more, ...outputs]);
      expect(status).toBe(2);
      expect(stderr).toMatch(message);
      expect(Object.keys(kept).map((file) => readFileSync(path(file), 'utf8'))).toEqual(Object.values(kept));
    }
  });
  busy.close();
});

const OFF = 'movz w0, #0x8400, lsl #16\nmovk w0, #8\nhvc #0\n';
/** Vectors that go on behind whatever they are taken for. */
const VECTORS = `.balign 2048
vectors: .space 0x200
        mrs x9, elr_el1
        add x9, x9, #4
        msr elr_el1, x9
        eret
`;

/** Tables and commands that are all ones; the queue is in memory. */
const RUBBISH_ITS = `
  movz x12, #0x0808, lsl #16
  movz x13, #0x4010, lsl #16
  mov x1, #-1
  mov x2, x13
  mov x3, #64
1: str x1, [x2], #8
  subs x3, x3, #1
  b.ne 1b
  str x1, [x12, #0x100]
  str x1, [x12, #0x108]
  orr x4, x13, #(1 << 63)
  str x4, [x12, #0x80]
  mov w5, #1
  str w5, [x12]
  mov x5, #0x200
  str x5, [x12, #0x88]
`;

test.each([
  ['jumps into nowhere', '_start: movz x1, #0xdead, lsl #32\nbr x1\n', 1, /no progress after 2 instructions at PC 0x[0-9a-f]+, EL1/],
  ['loops in an exception', '_start: .inst 0\n', 1, /no progress after 0 instructions/],
  ['writes where nothing is', `_start: adr x0, vectors\nmsr vbar_el1, x0\nmovz x1, #0x0f00, lsl #16\nstr w1, [x1]\nstr w1, [x1, #4]\n${OFF}${VECTORS}`, 0, /ignored: 2 accesses where nothing is \(pages 0xf000000\)\n$/],
  ['reads reserved offsets', `_start: movz x1, #0x0800, lsl #16\nldr w2, [x1, #0x7c]\n${OFF}`, 0, /ignored: 1 access to reserved offsets of GICD/],
  ['programs the ITS with rubbish', `_start: ${RUBBISH_ITS}${OFF}`, 0, /ignored: 16 ITS commands in error\n$/],
  ['programs the ITS with rubbish, under --kvm', `_start: ${RUBBISH_ITS}${OFF}`, 0, /ignored: 16 ITS commands in error\n$/, ['--kvm', 'vhe']],
])('a guest that %s is architecture, and is said at the end', async (_title, source, status, message, options: readonly string[] = []) => {
  await inFolder({ guest: elf(source) }, async (path) => {
    const result = await run(['run', path('guest'), '--memory', '2M', ...options]);
    expect(result).toMatchObject({ status, stdout: '' });
    expect(result.stderr).toMatch(message);
  });
});

test('an error of ours under --kvm says what the hypervisor was at, and how to come there again', async () => {
  let turns = 0;
  const turn = vi.spyOn(Machine.prototype, 'nextNative').mockImplementation(function (this: Machine) {
    if (++turns === 2) throw new Error('oh');
    return this.pes[0]!;
  });
  await inFolder({ guest: elf('_start: hvc #0\n b .\n') }, async (path) => {
    const { status, stderr } = await run(['run', path('guest'), '--memory', '2M', '--kvm', 'nvhe']);
    turn.mockRestore();
    expect(status).toBe(70);
    expect(stderr).toMatch(/^worldswitch: a bug of ours: Error: oh\n[^]*\nat PC 0x.*; hypervisor \(nvhe\): PE 0, vCPU 0, last operation .* in \w+, after 10,000 instructions\nreplay: worldswitch run .*--kvm nvhe --max-instructions 10001 {2}\(worldswitch .*; sha256 of .*guest: [0-9a-f]{64}/);
  });
});

test('an error of ours says where the machine was, and how to come there again', async () => {
  const broken: Command = {
    name: 'broken', usage: '', summary: '', example: '', options: { 'max-instructions': { value: 'N', help: '' } },
    load: () => Promise.resolve({
      run: ({ scene }) => {
        scene.show = () => ({ instructions: 41, text: 'at PC 0x40, EL1: nop (row HINT): here', needs: null });
        throw new Error('oh');
      },
    }),
    loadRenderer: () => Promise.reject(new Error('unused')),
  };
  const { status, stderr } = await run(['broken'], { commands: [broken] });
  expect(status).toBe(70);
  expect(stderr).toMatch(/^worldswitch: a bug of ours: Error: oh\n[^]*\nat PC 0x40, EL1: nop \(row HINT\): here, after 41 instructions\nreplay: worldswitch broken --max-instructions 42 {2}\(worldswitch /);
});
