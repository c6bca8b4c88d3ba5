/** The remote protocol without a socket: packets in pieces and broken, a session over a target of the test's own, hostile bodies. */
import { describe, expect, test } from 'vitest';
import { bytesOf, encodePacket, fromHex, MAX_BODY, PacketReader, textToHex, toHex, type Incoming } from '../src/gdb/packet.ts';
import { Session } from '../src/gdb/session.ts';
import type { RegisterDescription, Target } from '../src/gdb/target.ts';

const read = (...pieces: string[]): Incoming[] => {
  const reader = new PacketReader();
  return pieces.flatMap((piece) => reader.take(bytesOf(piece)));
};

describe('packets', () => {
  // Checksums by hand: 'g' is 0x67; 'OK' is 0x4f + 0x4b = 0x9a; the empty body is 00.
  test('bodies arrive whole or in pieces, between acknowledgements and an interrupt', () => {
    expect(read('+$g#67+\u0003-$#00')).toEqual([{ kind: 'packet', body: 'g' }, { kind: 'interrupt' }, { kind: 'nack' }, { kind: 'packet', body: '' }]);
    expect(read('$', 'O', 'K', '#', '9', 'a')).toEqual([{ kind: 'packet', body: 'OK' }]);
  });

  test('what is no packet is passed over, a wrong checksum is told, a new beginning ends what was before', () => {
    expect(read('hello g#67')).toEqual([]);
    expect(read('$g#68')).toEqual([{ kind: 'bad' }]);
    expect(read('$g#xy')).toEqual([{ kind: 'bad' }]);
    expect(read('$garbage$g#67')).toEqual([{ kind: 'packet', body: 'g' }]);
  });

  test('a body longer than any is refused and takes no memory', () => {
    expect(read(`$${'a'.repeat(MAX_BODY + 1)}#00`)).toEqual([{ kind: 'bad' }]);
  });

  test('escaped bytes, and an interrupt as data', () => {
    // } is 0x7d, escaped as 7d 5d; the sum of 58 7d 5d 03 is 0x135.
    expect(read('$X\u007d\u005d\u0003#35')).toEqual([{ kind: 'packet', body: 'X}\u0003' }]);
    expect(toHex(encodePacket('a}#$*'))).toBe(`24617d5d7d037d047d0a23${((0x61 + 4 * 0x7d + 0x5d + 3 + 4 + 0x0a) & 0xff).toString(16).split('').map((digit) => digit.charCodeAt(0).toString(16)).join('')}`);
  });

  test('every body of bytes comes back', () => {
    const body = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
    expect(new PacketReader().take(encodePacket(body))).toEqual([{ kind: 'packet', body }]);
  });

  test.each(['0', 'zz', '0g'])('%s is no hexadecimal', (text) => {
    expect(fromHex(text)).toBeNull();
  });
});

const REGISTERS: readonly RegisterDescription[] = [
  { name: 'x0', bits: 64, feature: 'core' },
  { name: 'pc', bits: 64, feature: 'core' },
  { name: 'cpsr', bits: 32, feature: 'core' },
  { name: 'FIXED_EL1', bits: 64, feature: 'el1' },
];

/** Two threads with 256 bytes of memory at 0x1000, which are also at physical 0. */
class FakeTarget implements Target {
  readonly threads = [1, 2];
  readonly registers = REGISTERS;
  readonly description = '<target>a text</target>';
  readonly values: Uint8Array[][] = [1, 2].map((thread) => REGISTERS.map(({ bits }, number) => Uint8Array.from({ length: bits / 8 }, (_, at) => 16 * thread + number + at)));
  readonly memory = new Uint8Array(256);
  readonly calls: string[] = [];

  describeThread = (thread: number): string => `thread ${String(thread)}`;
  readRegister = (thread: number, number: number): Uint8Array => this.values[thread - 1]![number]!;
  writeRegister(thread: number, number: number, bytes: Uint8Array): boolean {
    if (number === 3 || bytes.length !== REGISTERS[number]!.bits / 8) return false;
    this.values[thread - 1]![number] = bytes;
    return true;
  }
  readMemory(_thread: number, address: bigint, length: number, physical: boolean): Uint8Array {
    const at = Number(address - (physical ? 0n : 0x1000n));
    return at < 0 || at >= 256 ? new Uint8Array(0) : this.memory.subarray(at, at + length);
  }
  writeMemory(_thread: number, address: bigint, bytes: Uint8Array, physical: boolean): boolean {
    const at = Number(address - (physical ? 0n : 0x1000n));
    if (at < 0 || at + bytes.length > 256) return false;
    this.memory.set(bytes, at);
    return true;
  }
  setBreakpoint = (address: bigint): void => void this.calls.push(`break ${address.toString(16)}`);
  clearBreakpoint = (address: bigint): void => void this.calls.push(`unbreak ${address.toString(16)}`);
  setWatchpoint = (address: bigint, bytes: number, access: string): void => void this.calls.push(`watch ${address.toString(16)} ${String(bytes)} ${access}`);
  clearWatchpoint = (address: bigint, bytes: number, access: string): void => void this.calls.push(`unwatch ${address.toString(16)} ${String(bytes)} ${access}`);
  clearAll = (): void => void this.calls.push('clear');
  translate = (_thread: number, address: bigint): bigint | null => (address === 0x1000n ? 0n : null);
}

function session(): { readonly target: FakeTarget; readonly ask: (body: string) => string; readonly session: Session } {
  const target = new FakeTarget();
  const one = new Session(target, 3);
  return {
    target,
    session: one,
    ask: (body) => {
      const reaction = one.handle(body);
      return 'reply' in reaction ? reaction.reply : `resume ${String(reaction.resumption.step)} ${String(reaction.resumption.only)}`;
    },
  };
}

describe('a session', () => {
  test('registers of the selected thread, together and one by one', () => {
    const { ask } = session();
    expect(ask('g')).toBe('1011121314151617' + '1112131415161718' + '12131415');
    expect([ask('p3'), ask('Hg2'), ask('p0')]).toEqual(['131415161718191a', 'OK', '2021222324252627']);
    expect([ask('P0=0807060504030201'), ask('p0'), ask('Hg1'), ask('p0')]).toEqual(['OK', '0807060504030201', 'OK', '1011121314151617']);
    expect([ask('P3=0000000000000000'), ask('P0=00'), ask('P0=0x'), ask('P9=00')]).toEqual(['E22', 'E22', 'E01', 'E03']);
    expect([ask('G' + '00'.repeat(20)), ask('g'), ask('G00')]).toEqual(['OK', '00'.repeat(20), 'E01']);
  });

  test('memory, as far as it goes; binary data; physical addresses', () => {
    const { ask, target } = session();
    expect([ask('M1004,3:0a0b0c'), ask('m1003,5'), ask('X1000,2:}\u0001'), ask('m1000,2')]).toEqual(['OK', '000a0b0c00', 'OK', '7d01']);
    expect([ask('m10ff,4'), ask('m2000,4'), ask('M10ff,2:0000'), ask('m1000,0')]).toEqual(['00', 'E14', 'E14', '']);
    expect([ask('Qqemu.PhyMemMode:1'), ask('m0,2'), ask('qqemu.PhyMemMode'), ask(`qRcmd,${textToHex('physical off')}`), ask('m0,2')]).toEqual(['OK', '7d01', '1', 'OK', 'E14']);
    expect(target.memory[4]).toBe(10);
  });

  test('breakpoints and watchpoints are set once and told by their kind', () => {
    const { ask, target, session: one } = session();
    ask('qSupported:swbreak+;hwbreak+;xmlRegisters=i386');
    expect([ask('Z0,1000,4'), ask('Z1,1112131415161718,4'), ask('Z2,1010,8'), ask('Z2,1010,8'), ask('Z3,1020,1'), ask('Z4,1030,4'), ask('z3,1020,1'), ask('z0,1000,4'), ask('z0,1000,4')]).toEqual(Array(9).fill('OK'));
    expect(target.calls).toEqual(['break 1000', 'break 1112131415161718', 'watch 1010 8 write', 'watch 1020 1 read', 'watch 1030 4 both', 'unwatch 1020 1 read', 'unbreak 1000']);
    target.values[0]![1] = fromHex('1817161514131211')!;
    expect(one.stopped({ thread: 1, cause: { kind: 'breakpoint' } })).toBe('T05thread:1;hwbreak:;');
    expect(one.stopped({ thread: 2, cause: { kind: 'breakpoint' } })).toBe('T05thread:2;swbreak:;');
    expect([one.stopped({ thread: 2, cause: { kind: 'watchpoint', address: 0x1014n } }), ask('?'), ask('qC')]).toEqual(['T05thread:2;watch:1014;', 'T05thread:2;watch:1014;', 'QC2']);
    expect(one.stopped({ thread: 1, cause: { kind: 'watchpoint', address: 0x1032n } })).toBe('T05thread:1;awatch:1032;');
    expect([one.stopped({ thread: 1, cause: { kind: 'interrupt' } }), one.ended(3)]).toEqual(['T02thread:1;', 'W03']);
  });

  test.each([
    ['c', 'resume null null'],
    ['s', 'resume 1 1'],
    ['C05', 'resume null null'],
    ['vCont;c', 'resume null null'],
    ['vCont;s:2;c', 'resume 2 null'],
    ['vCont;s:2', 'resume 2 2'],
    ['vCont;c:2', 'resume null 2'],
    ['vCont;C05:1;s', 'resume 2 null'],
    ['vCont;s', 'resume 1 1'],
    ['vCont;s:7', 'E02'],
    ['vCont;t', 'E01'],
    ['vCont;', 'E01'],
    ['s12x', 'E01'],
  ])('%s', (body, reaction) => {
    expect(session().ask(body)).toBe(reaction);
  });

  test('execution goes on elsewhere where the debugger says so', () => {
    const { ask, target } = session();
    expect([ask('c4008'), toHex(target.values[0]![1]!)]).toEqual(['resume null null', '0840000000000000']);
  });

  test('threads, the description in pieces, leaving', () => {
    const { ask, target } = session();
    expect([ask('qfThreadInfo'), ask('qsThreadInfo'), ask('T2'), ask('T3'), ask('Hg3'), ask('Hc-1'), ask('qThreadExtraInfo,1')]).toEqual(['m1,2', 'l', 'OK', 'E02', 'E02', 'OK', textToHex('thread 1')]);
    expect([ask('qXfer:features:read:target.xml:0,8'), ask('qXfer:features:read:target.xml:8,ff'), ask('qXfer:features:read:target.xml:fff,ff'), ask('qXfer:features:read:other:0,8'), ask('qXfer:auxv:read::0,8')]).toEqual(['m<target>', 'la text</target>', 'l', 'E00', '']);
    expect([ask('vMustReplyEmpty'), ask('qUnknown'), ask('D'), target.calls.at(-1)]).toEqual(['', '', 'OK', 'clear']);
  });

  test.each([
    ['translate 0x1000', '0x0\n'],
    ['translate 0x2000', '0x2000 is not mapped\n'],
    ['translate', 'translate needs an address, such as 0x40080000\n'],
    ['physical maybe', 'physical is on or off\n'],
    ['fly', 'there is no command fly: monitor help lists them\n'],
  ])('monitor %s', (command, answer) => {
    expect(session().ask(`qRcmd,${textToHex(command)}`)).toBe(textToHex(answer));
  });

  test.each(['m', 'm,', 'm1000', 'm1000,', 'm1000,1,1', 'm-1,1', 'm1000,fffffff', 'm11111111111111111,1', 'mzz,1', 'M1000,2', 'M1000,2:00', 'M1000,1:0', 'X1000,5:ab', 'Z2,1000,0', 'Z2,1000,fffffff', 'Z0', 'Z0,x,4', 'G', 'H', 'Hx1', 'qXfer:features:read:target.xml:0', 'qRcmd,0'])('%s is malformed', (body) => {
    expect(session().ask(body)).toMatch(/^E\d\d$/);
  });

  test('no body of random bytes, and no mutation of a good one, does more than answer', () => {
    const good = ['g', 'p1', 'P0=0000000000000000', 'm1000,10', 'M1000,1:00', 'X1000,1:a', 'Z0,1000,4', 'z2,1000,4', 'vCont;s:1;c', 'qSupported:a+', 'qXfer:features:read:target.xml:0,10', 'qRcmd,00', 'Hg1', 'T1', 'D', 'k', 'c1'];
    let state = 12345;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
    const { session: one } = session();
    for (let n = 0; n < 5000; n++) {
      const body = Array.from(good[random(good.length)]!, (character) => (random(6) === 0 ? String.fromCharCode(random(256)) : character));
      if (random(3) === 0) body.splice(random(body.length + 1), random(3), String.fromCharCode(random(256)));
      expect(['reply', 'resume', 'detach', 'kill']).toContain(one.handle(body.join('')).kind);
    }
  });
});
