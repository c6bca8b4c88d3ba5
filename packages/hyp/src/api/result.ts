/** What an ioctl comes to: a value, or the errno that KVM gives, by name. On an error nothing has changed. */
import type { Errno } from '../kvm-run.ts';

export type KvmResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: Errno };

export function fail(errno: Errno): { readonly ok: false; readonly errno: Errno } {
  return { ok: false, errno };
}

export function ok<T>(value: T): KvmResult<T> {
  return { ok: true, value };
}

export const DONE: KvmResult<undefined> = ok(undefined);
