/** The digest of a machine: all architectural state, local times, devices, console and RAM. */
import { DigestBuilder, visitPeState } from '@worldswitch/cpu';
import type { Machine } from '../machine.ts';

export function machineDigest({ pes, gic, devices, console, ram }: Machine): string {
  const digest = new DigestBuilder();
  const put = (word: number): void => void digest.word(word);
  for (const pe of pes) {
    digest.section('pe').word(pe.number).integer(pe.instructions).integer(pe.clock.time);
    visitPeState(pe.cpu.state, put);
    pe.visitState(put);
  }
  digest.section('gic');
  gic.visitState(put);
  digest.section('devices');
  devices.visitState(put);
  digest.section('console').bytes(console.bytes);
  return digest.section('ram').pages(ram.memory, ram.host, ram.size).hex();
}
