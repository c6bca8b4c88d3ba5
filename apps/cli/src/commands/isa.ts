/** `isa --status`: the rows of the instruction table by feature and status. */
import { FEATURE_NAMES, FEATURES, ROWS, type Feature, type FeatureInfo, type RowStatus } from '@worldswitch/cpu/arch';
import { mistake, type Context, type Document, type Outcome } from '../command.ts';
import { rowStatus, STATUS_NOTE } from '../row-status.ts';

type Counts = Readonly<Record<RowStatus, number>>;

export interface IsaRow extends Counts {
  /** Null for what every core has. */
  readonly feature: string | null;
  readonly since: string;
  readonly title: string;
}

export interface IsaDocument extends Document {
  readonly rows: readonly IsaRow[];
  readonly total: Counts;
  readonly note: string;
}

export function run({ values, operands }: Context): Outcome {
  if (operands.length > 0) return mistake(`isa takes no operand, but got ${operands.join(' ')}`);
  if (!values.has('status')) return mistake('isa needs to know what to print: worldswitch isa --status');
  const rows = [null, ...FEATURE_NAMES].map(describe).filter(({ implemented, unimplemented, undefined: none }) => implemented + unimplemented + none > 0);
  const document: IsaDocument = { schema: 'worldswitch.isa/1', rows, total: countOf(() => true), note: STATUS_NOTE };
  return { document };
}

function describe(feature: Feature | null): IsaRow {
  const info: FeatureInfo | null = feature === null ? null : FEATURES[feature];
  return { feature: feature === null ? null : `FEAT_${feature}`, since: info?.since ?? 'v8.0', title: info?.title ?? 'The base architecture', ...countOf((needed) => needed === feature) };
}

function countOf(includes: (feature: Feature | null) => boolean): Counts {
  const counts: Record<RowStatus, number> = { implemented: 0, unimplemented: 0, undefined: 0 };
  for (const row of ROWS) if (includes(row.feature)) counts[rowStatus(row)]++;
  return counts;
}
