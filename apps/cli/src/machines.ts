/** The machines that `--machine` names. */
import { PROFILE_NAMES, PROFILES, type Profile } from '@worldswitch/machine';
import { mistake, type Mistake } from './command.ts';
import { loadSuggestion } from './arguments.ts';

export async function readProfile(name: string): Promise<Profile | Mistake> {
  const known = PROFILE_NAMES.find((one) => one === name);
  if (known !== undefined) return PROFILES[known];
  return mistake(`--machine ${name}: the machines are ${PROFILE_NAMES.join(', ')}${await loadSuggestion(name, PROFILE_NAMES)}`);
}
