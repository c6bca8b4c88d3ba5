/** What the modes are called in texts for people: on the page and in the report. */
import type { ModeName } from '@worldswitch/hyp';

export const MODE_TEXT: Readonly<Record<ModeName, string>> = { vhe: 'VHE', nvhe: 'non-VHE' };
