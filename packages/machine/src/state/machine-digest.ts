/** The digest of a machine: all architectural state, local times, devices, console and RAM. */
import { DigestBuilder, DigestVisitor, visitPeState, type Hash, type RamDigest } from '@worldswitch/cpu';
import type { Machine } from '../machine.ts';

export function machineDigest(machine: Machine, ram: RamDigest, hash: Hash | null): string {
  const { pes, gic, devices, console, virtioConsole } = machine;
  const digest = new DigestBuilder();
  const put = (word: number): void => void digest.word(word);
  const visitor = new DigestVisitor(digest);
  for (const pe of pes) {
    digest.section('pe').word(pe.number).integer(pe.instructions).integer(pe.clock.time);
    visitPeState(pe.cpu.state, put);
    digest.word(pe.cpu.eventRegister ? 1 : 0);
    pe.visitState(visitor);
  }
  digest.section('gic');
  gic.visitState(visitor);
  digest.section('devices');
  devices.visitState(visitor);
  for (const disk of devices.disks) if (!disk.isReadOnly) disk.addTo(digest.section('disk'), hash);
  console.addTo(digest.section('console'));
  virtioConsole?.addTo(digest.section('virtio-console'));
  ram.addTo(digest.section('ram'), hash);
  return digest.hex();
}
