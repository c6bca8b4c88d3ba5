/**
 * MRS and MSR (DDI 0487 and DDI 0601, the accessor pseudocode): allocated at this EL? then the traps of EL1 and EL2 in
 * order, then E2H redirection, then the register: a handler, a bank, a constant or a cell of the PE block. This file owns
 * the path; `handlers.ts` owns what single registers do.
 */
import { sysKeySyndrome, UNKNOWN_SYNDROME } from '../arch/esr.ts';
import type { FeatureSet } from '../arch/features.ts';
import { E2H_REDIRECTIONS, isIdSpace, SYSTEM_REGISTERS, type AnyRegister } from '../arch/sysregs/index.ts';
import { trapTarget, trapsOf, type HostBits, type TrapRow } from '../arch/traps.ts';
import { MODE, PE } from '../engine/layout.ts';
import type { ExceptionSlot } from '../exception/exception.ts';
import type { CpuObserver, SysRegBank } from '../ports.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { compileTrap, type CompiledTrap, ControlReader, trapSyndrome } from './controls.ts';
import type { PlainAccess, PlainForm, TrapGuard } from './plain.ts';
import { SYSREG_CELLS } from './storage.ts';
import { ALL_WRITABLE, NOTHING_WRITABLE, writeMask, type WriteMask } from './write-mask.ts';

/** What a register does when it is read or written; the value is in {@link SysRegAccess.value}. */
export interface RegisterHandler {
  /** Whether the access is UNDEFINED in the state that the PE is in. */
  readonly isUndefined?: () => boolean;
  /** Puts the value into `value`, which holds the constant that the register has. Without it a read is of the cell. */
  readonly read?: (value: Uint32Array) => void;
  /** Takes the value from `value`, masked. Without it a write goes to the cell. */
  readonly write?: (value: Uint32Array) => void;
  /** What `read` or `write` comes to in a mode (`codeMode`), where that is a move and nothing else decides. */
  readonly plain?: (mode: number, isRead: boolean) => PlainForm | null;
  /** Controls under which `read` gives something else than the constant that the register has, in a mode. */
  readonly constantUnless?: (mode: number) => readonly TrapGuard[] | null;
  /** Which bits a write keeps is the handler's business, too. */
  readonly unmasked?: true;
}

/** A register as an access meets it, made when it is first accessed. */
interface Entry {
  readonly key: number;
  readonly row: AnyRegister | null;
  /** Whether the row exists at all on this core. */
  readonly present: boolean;
  /** Cell of its storage, or 0. */
  readonly cell: number;
  readonly bank: SysRegBank | null;
  readonly handler: RegisterHandler | null;
  readonly watched: boolean;
  readonly constantLo: number;
  readonly constantHi: number;
  /** What a write leaves. */
  readonly writable: WriteMask;
  /** Traps by E2H, for reads and for writes. */
  readonly readTraps: readonly [readonly CompiledTrap[], readonly CompiledTrap[]];
  readonly writeTraps: readonly [readonly CompiledTrap[], readonly CompiledTrap[]];
  /** What an access from each state comes to, by {@link wayIndex}; filled in as they occur. */
  readonly ways: (Way | undefined)[];
  /** Key that a redirected access reaches with E2H = 1, or -1; whether EL0 is redirected too. */
  readonly redirect: number;
  readonly redirectAtEl0: boolean;
  /** Key of the register that an `_EL12` or `_EL02` name reaches, or -1. */
  readonly aliasOf: number;
}

/** An access from one EL with one value of {E2H, TGE}, as far as nothing else decides. */
interface Way {
  /** The traps that may apply, in order. */
  readonly traps: readonly CompiledTrap[];
  /** The register that is reached if none does; null where the access is UNDEFINED. */
  readonly target: Entry | null;
}

/** E2H and TGE of a mode word. */
export function hostBitsOf(mode: number): HostBits {
  return (((mode & MODE.E2H) !== 0 ? 2 : 0) | ((mode & MODE.TGE) !== 0 ? 1 : 0)) as HostBits;
}

/** Storage or a constant without a handler in the way, or what the handler says that it is. */
function plainForm({ cell, handler, constantLo, constantHi }: Entry, mode: number, isRead: boolean): PlainForm | null {
  if (handler?.plain !== undefined) return handler.plain(mode, isRead);
  if (handler?.isUndefined !== undefined) return null;
  if (handler?.constantUnless === undefined && (isRead ? handler?.read : handler?.write) !== undefined) return null;
  if (cell !== 0) return { kind: 'cell', offset: cell };
  return isRead ? { kind: 'constant', lo: constantLo | 0, hi: constantHi | 0 } : null;
}

function wayIndex(el: number, hostBits: HostBits, isRead: boolean): number {
  return (isRead ? 12 : 0) + 3 * hostBits + el;
}

/** Encodings that are one register when they are read and another when they are written. */
const NAMED_BY_DIRECTION: ReadonlySet<number> = new Set(
  SYSTEM_REGISTERS.rows.filter(({ key, directions }) => directions === 'W' && SYSTEM_REGISTERS.byKey(key, 'R') !== undefined).map(({ key }) => key),
);
/** Above every key. */
const WRITTEN = 1 << 16;

const REDIRECT = new Map(E2H_REDIRECTIONS.map((row) => [row.from.key, row]));
const ALIAS = new Map(E2H_REDIRECTIONS.map((row) => [row.alias.key, row.from.key]));

/** What the core does around register accesses. */
export interface SysRegOwner {
  readonly features: FeatureSet;
  readonly hasEl2: boolean;
  /** Constants of read-only registers by name. */
  readonly constants: ReadonlyMap<string, bigint>;
  /** Handlers by register name. */
  readonly handlers: Readonly<Record<string, RegisterHandler>>;
  bankOf(key: number): SysRegBank | null;
  /** Whether the core has the register, as far as the numbers of its family go. */
  isPresent(name: string): boolean;
  /** Whether {@link written} is to be told of writes of a register. */
  watches(key: number): boolean;
  /** A watched register was written: contexts, mode word and lines may follow. */
  written(key: number): void;
  /** Who is told of accesses by software; null: nobody. */
  readonly accessed: CpuObserver['registerAccessed'] | null;
}

/** More encodings that are no plain register than any software has: beyond them the answer is worked out anew each time. */
const MOST_NOT_PLAIN = 4096;

export class SysRegAccess {
  /** The value of the access at hand: low and high word. */
  readonly value = new Uint32Array(2);
  /** The register that the last access really reached, after redirection. */
  reached = 0;
  readonly #state: CpuState;
  readonly #exception: ExceptionSlot;
  readonly #owner: SysRegOwner;
  readonly #controls: ControlReader;
  readonly #entries = new Map<number, Entry>();
  /** Plain accesses that were asked for: by mode and direction, then by key. */
  readonly #plain: (Map<number, PlainAccess | null> | undefined)[] = [];

  constructor(state: CpuState, exception: ExceptionSlot, owner: SysRegOwner) {
    this.#state = state;
    this.#exception = exception;
    this.#owner = owner;
    this.#controls = new ControlReader(state, owner.features, (key) => owner.bankOf(key));
  }

  /** MRS: the value is in {@link value}. False: an exception is in the slot. `rt` is for the syndrome. */
  read(key: number, rt: number): boolean {
    const entry = this.#resolve(key, true, rt);
    if (entry === null) return false;
    this.reached = entry.key;
    if (!this.#readEntry(entry)) return this.#undefined();
    this.#owner.accessed?.(key, entry.key, true, this.value[0]!, this.value[1]!);
    return true;
  }

  /** MSR of {@link value}. */
  write(key: number, rt: number): boolean {
    const entry = this.#resolve(key, false, rt);
    if (entry === null) return false;
    this.reached = entry.key;
    const lo = this.value[0]!;
    const hi = this.value[1]!;
    if (!this.#writeEntry(entry)) return this.#undefined();
    this.#owner.accessed?.(key, entry.key, false, lo, hi);
    return true;
  }

  /** What a register holds, whatever the rules of access say; null where the core has none. For tools. */
  peek(key: number): bigint | null {
    const entry = this.#entry(key);
    if (!entry.present || !this.#readEntry(entry)) return null;
    return (BigInt(this.value[1]!) << 32n) | BigInt(this.value[0]!);
  }

  /** Whether a register, by key or name, can hold a value: whether a write of it would leave it so. */
  isPossible(register: number | string, lo: number, hi: number): boolean {
    const key = typeof register === 'number' ? register : (SYSTEM_REGISTERS.byName(register)?.key ?? 0);
    const { maskLo, maskHi, onesLo, onesHi } = this.#entry(key).writable;
    return ((lo & maskLo) | onesLo) === lo && ((hi & maskHi) | onesHi) === hi;
  }

  /** Sets what a register holds, masked as a write is. */
  poke(key: number, value: bigint): boolean {
    const entry = this.#entry(key);
    this.value[0] = Number(value & 0xffff_ffffn);
    this.value[1] = Number((value >> 32n) & 0xffff_ffffn);
    return entry.present && this.#writeEntry(entry);
  }

  /**
   * What an access by `key` in a mode (`codeMode`) comes to, if it is a move of a cell; otherwise null.
   * The mode, the traps that it names and the features decide, so the answer is remembered.
   */
  plain(key: number, isRead: boolean, mode: number): PlainAccess | null {
    const access = this.move(key, isRead, mode);
    return access?.isFollowed === true ? null : access;
  }

  /** The same, or a write that is such a move and that the owner is to be told of ({@link SysRegOwner.written}). */
  move(key: number, isRead: boolean, mode: number): PlainAccess | null {
    const known = (this.#plain[2 * mode + (isRead ? 1 : 0)] ??= new Map<number, PlainAccess | null>());
    let access = known.get(key);
    if (access === undefined) {
      access = this.#findPlain(key, isRead, mode);
      if (access !== null || known.size < MOST_NOT_PLAIN) known.set(key, access);
    }
    return access;
  }

  #findPlain(key: number, isRead: boolean, mode: number): PlainAccess | null {
    if (this.#owner.accessed !== null) return null;
    const { traps, target } = this.#way(this.#entry(key), mode, isRead);
    if (target === null || target.bank !== null) return null;
    const form = plainForm(target, mode, isRead);
    const others = target.handler?.constantUnless === undefined ? [] : target.handler.constantUnless(mode);
    if (form === null || others === null || traps.some(({ guard }) => guard === null)) return null;
    const guards = traps.map(({ guard }) => guard).filter((guard): guard is TrapGuard => guard !== null && guard !== 'never');
    return { form, reached: target.key, ...target.writable, guards: [...guards, ...others], isFollowed: !isRead && target.watched };
  }

  #undefined(): false {
    return this.#exception.sync(UNKNOWN_SYNDROME);
  }

  /** Everything before the register itself; null with an exception in the slot. */
  #resolve(key: number, isRead: boolean, rt: number): Entry | null {
    const entry = isRead || !NAMED_BY_DIRECTION.has(key) ? this.#entry(key) : this.#entry(key, 'W');
    const mode = this.#state.get32(PE.MODE);
    const { traps, target } = this.#way(entry, mode, isRead);
    for (let i = 0; i < traps.length; i++) {
      const { row, holds } = traps[i]!;
      if (!holds()) continue;
      const to = trapTarget(row, hostBitsOf(mode));
      if (to === 'undefined') this.#undefined();
      else this.#exception.sync(trapSyndrome(row, sysKeySyndrome(key, rt, isRead ? 1 : 0)), to === 2 && row.level === 2 ? 'el2' : 'default');
      return null;
    }
    if (target === null || target.handler?.isUndefined?.() === true) {
      this.#undefined();
      return null;
    }
    return target;
  }

  #way(entry: Entry, mode: number, isRead: boolean): Way {
    const el = (mode & MODE.EL_MASK) as 0 | 1 | 2;
    const hostBits = hostBitsOf(mode);
    return (entry.ways[wayIndex(el, hostBits, isRead)] ??= this.#makeWay(entry, el, hostBits, isRead));
  }

  #makeWay(entry: Entry, el: 0 | 1 | 2, hostBits: HostBits, isRead: boolean): Way {
    const e2h = hostBits >> 1 === 1 ? 1 : 0;
    const isUndefined = !this.#allocated(entry, el, e2h, isRead);
    const traps = (isRead ? entry.readTraps : entry.writeTraps)[e2h].filter(
      ({ row, guard }) =>
        guard !== 'never' && (row.level !== 2 || this.#owner.hasEl2) && row.from.includes(el) && row.hostBits.includes(hostBits) && (row.undefinedAccess === 'also' || (row.undefinedAccess === 'only') === isUndefined),
    );
    if (isUndefined) return { traps, target: null };
    const isRedirected = entry.redirect >= 0 && e2h === 1 && (el === 2 || (el === 0 && hostBits === 3 && entry.redirectAtEl0));
    return { traps, target: isRedirected ? this.#entry(entry.redirect) : entry.aliasOf >= 0 ? this.#entry(entry.aliasOf) : entry };
  }

  /** Whether the encoding is allocated at this EL in this direction, before any control is asked. */
  #allocated(entry: Entry, el: 0 | 1 | 2, e2h: 0 | 1, isRead: boolean): boolean {
    if (entry.row === null) return isRead && el > 0 && isIdSpace(entry.key);
    if (!entry.present || (entry.aliasOf >= 0 && e2h === 0)) return false;
    if (entry.row.highestEl === 'write' && !isRead && el !== (this.#owner.hasEl2 ? 2 : 1)) return false;
    if (entry.row.highestEl === 'present' && Number(entry.row.name.slice(-1)) !== (this.#owner.hasEl2 ? 2 : 1)) return false;
    return entry.row.accessAt(el).includes(isRead ? 'R' : 'W');
  }

  #readEntry(entry: Entry): boolean {
    const { value } = this;
    if (entry.bank !== null) return entry.bank.read(entry.key, value);
    if (entry.handler?.read !== undefined) {
      value[0] = entry.constantLo;
      value[1] = entry.constantHi;
      entry.handler.read(value);
    } else if (entry.cell !== 0) {
      value[0] = this.#state.lo(entry.cell);
      value[1] = this.#state.hi(entry.cell);
    } else {
      value[0] = entry.constantLo;
      value[1] = entry.constantHi;
    }
    return true;
  }

  #writeEntry(entry: Entry): boolean {
    const { value } = this;
    if (entry.bank !== null) {
      if (!entry.bank.write(entry.key, value)) return false;
      if (entry.watched) this.#owner.written(entry.key);
      return true;
    }
    const { maskLo, maskHi, onesLo, onesHi } = entry.writable;
    value[0] = (value[0]! & maskLo) | onesLo;
    value[1] = (value[1]! & maskHi) | onesHi;
    if (entry.handler?.write !== undefined) {
      entry.handler.write(value);
    } else if (entry.cell !== 0) {
      this.#state.set64(entry.cell, value[0], value[1]);
    }
    if (entry.watched) this.#owner.written(entry.key);
    return true;
  }

  /** `direction` where reads and writes reach two registers; otherwise there is one entry. */
  #entry(key: number, direction?: 'W'): Entry {
    const index = direction === undefined ? key : key | WRITTEN;
    let entry = this.#entries.get(index);
    if (entry === undefined) {
      entry = this.#makeEntry(key, direction);
      this.#entries.set(index, entry);
    }
    return entry;
  }

  #makeEntry(key: number, direction?: 'W'): Entry {
    const owner = this.#owner;
    const row = SYSTEM_REGISTERS.byKey(key, direction) ?? null;
    const constant = (row === null ? undefined : owner.constants.get(row.name)) ?? 0n;
    const access = { kind: 'register', key, name: row?.name ?? null } as const;
    const traps = (isRead: boolean): [CompiledTrap[], CompiledTrap[]] => {
      const rows = registerTraps(access, isRead).filter((trap) => trap.feature === null || owner.features.has(trap.feature));
      return [rows.map((trap) => compileTrap(trap, 0, this.#controls)), rows.map((trap) => compileTrap(trap, 1, this.#controls))];
    };
    const redirection = REDIRECT.get(key);
    const handler = (row === null ? undefined : owner.handlers[row.name]) ?? null;
    return {
      key,
      row,
      present: row?.status === 'implemented' && (row.feature === null || owner.features.has(row.feature)) && owner.isPresent(row.name),
      cell: SYSREG_CELLS.get(key) ?? 0,
      bank: owner.bankOf(key),
      watched: owner.watches(key),
      handler,
      constantLo: Number(constant & 0xffff_ffffn),
      constantHi: Number(constant >> 32n),
      writable: row === null ? NOTHING_WRITABLE : handler?.unmasked === true ? ALL_WRITABLE : writeMask(row, owner.features),
      readTraps: traps(true),
      writeTraps: traps(false),
      ways: new Array<Way | undefined>(24),
      redirect: redirection?.to.key ?? -1,
      redirectAtEl0: redirection?.atEl0 ?? false,
      aliasOf: ALIAS.get(key) ?? -1,
    };
  }
}

/** Which traps name a register is a fact of the tables, which takes a look at every row: found once. */
const REGISTER_TRAPS = new Map<string, readonly TrapRow[]>();

function registerTraps(access: { readonly kind: 'register'; readonly key: number; readonly name: string | null }, isRead: boolean): readonly TrapRow[] {
  if (access.name === null) return trapsOf(access, isRead);
  const key = `${access.name} ${String(access.key)} ${isRead ? 'R' : 'W'}`;
  const known = REGISTER_TRAPS.get(key);
  if (known !== undefined) return known;
  const rows = trapsOf(access, isRead);
  REGISTER_TRAPS.set(key, rows);
  return rows;
}
